/// The directions in use, in a dense array whose places are used again.
@usableFromInline struct HalfPool: Sendable {
    @usableFromInline var halves: ContiguousArray<HalfStream> = []
    private var free: ContiguousArray<Int32> = []
    @usableFromInline var deadlines = DeadlineQueue()
    /// The memory of all directions.
    @usableFromInline private(set) var footprint = 0
    /// The ends of a list of the directions that hold memory, by when they last held on to bytes.
    @usableFromInline private(set) var idlest: Int32 = -1
    private var busiest: Int32 = -1

    @usableFromInline init() {}

    /// The directions in use.
    @usableFromInline var count: Int { halves.count - free.count }
}

// Invariants: footprint is the sum of `accounted`; a direction is in the list exactly if `accounted` > 0; a direction
// has a deadline exactly if it has a hole.
extension HalfPool {
    @usableFromInline mutating func insert(_ half: HalfStream) -> Int {
        guard let place = free.popLast() else {
            halves.append(half)
            return halves.count - 1
        }
        halves[Int(place)] = half
        return Int(place)
    }

    @usableFromInline mutating func remove(_ index: Int) {
        deadlines.set(index, nil)
        footprint -= halves[index].accounted
        unlink(index)
        // The old one's memory goes now, not when the place is used again.
        let old = halves[index].stream
        halves[index] = HalfStream(stream: old, origin: SequenceNumber(0), next: 0, maximumEntries: 0)
        free.append(Int32(index))
    }

    /// Brings the books up to date after a direction has changed, but for its deadline. True where that is to be set.
    @inlinable mutating func update(_ index: Int) -> Bool {
        let footprint = halves[index].footprint
        let isQuiet = halves[index].ordered && halves[index].pending.isEmpty
        if footprint != halves[index].accounted || !isQuiet { account(index, footprint) }
        return !halves[index].ordered || deadlines.earliest != .max
    }

    @usableFromInline mutating func setDeadline(_ index: Int, _ limits: Limits) {
        deadlines.set(index, halves[index].deadline(limits))
    }

    /// Puts off what was due of a direction and could not be done.
    @usableFromInline mutating func putOff(_ index: Int, _ context: borrowing AssemblyContext) {
        if deadlines.earliest <= context.now { deadlines.set(index, context.now &+ max(context.limits.grace, 1)) }
    }

    @usableFromInline mutating func account(_ index: Int, _ size: Int) {
        footprint += size - halves[index].accounted
        halves[index].accounted = size
        if size == 0 {
            unlink(index)
        } else if busiest != index {
            unlink(index)
            halves[index].inList = true
            halves[index].idler = busiest
            halves[index].busier = -1
            if busiest >= 0 { halves[Int(busiest)].busier = Int32(index) } else { idlest = Int32(index) }
            busiest = Int32(index)
        }
    }

    private mutating func unlink(_ index: Int) {
        guard halves[index].inList else { return }
        halves[index].inList = false
        let (idler, busier) = (halves[index].idler, halves[index].busier)
        if idler >= 0 { halves[Int(idler)].busier = busier } else { idlest = busier }
        if busier >= 0 { halves[Int(busier)].idler = idler } else { busiest = idler }
    }
}
