/// The connections remembered, in slots that are used again, found by their key and listed by age.
@usableFromInline struct ConnectionTable: Sendable {
    /// The two ends of a list of connections, oldest first.
    private struct Ends: Sendable {
        var head: Int32 = -1
        var tail: Int32 = -1
    }

    @usableFromInline var connections: ContiguousArray<Connection> = []
    private var free: ContiguousArray<Int32> = []
    private var index = FlowIndex()
    /// By list.
    private var ends = [Ends](repeating: Ends(), count: Connection.List.allCases.count)
    /// The slot found last; may be out of range or free.
    @usableFromInline private(set) var last = 0
    @usableFromInline private(set) var count = 0

    @usableFromInline init() {}
}

// Invariants: a connection is in exactly the list it names; `queuedAt` does not fall along a list.
extension ConnectionTable {
    @inlinable mutating func find(_ key: FlowKey) -> Int? {
        // Segments come in bursts; freed slots have the list `none`.
        if last < connections.count, connections[last].key == key, connections[last].list != .none { return last }
        return lookUp(key)
    }

    @usableFromInline mutating func lookUp(_ key: FlowKey) -> Int? {
        guard let slot = index.find(key, FlowIndex.hash(key), in: connections) else { return nil }
        last = slot
        return slot
    }

    @usableFromInline mutating func insert(_ connection: Connection, now: Int64) -> Int {
        let slot: Int
        if let place = free.popLast() {
            slot = Int(place)
            connections[slot] = connection
        } else {
            slot = connections.count
            connections.append(connection)
        }
        index.insert(slot, FlowIndex.hash(connection.key))
        append(slot, to: .dormant, now: now)
        connections[slot].lastSeen = now
        count += 1
        last = slot
        return slot
    }

    @usableFromInline mutating func remove(_ slot: Int) {
        unlink(slot)
        index.remove(slot, FlowIndex.hash(connections[slot].key))
        free.append(Int32(slot))
        count -= 1
    }

    /// Puts another connection with the same key into a slot.
    @usableFromInline mutating func replace(_ slot: Int, with connection: Connection, now: Int64) {
        unlink(slot)
        connections[slot] = connection
        append(slot, to: .dormant, now: now)
        connections[slot].lastSeen = now
    }

    @inlinable mutating func touch(_ slot: Int, now: Int64) {
        connections[slot].lastSeen = now
    }

    @usableFromInline mutating func move(_ slot: Int, to list: Connection.List, now: Int64) {
        unlink(slot)
        append(slot, to: list, now: now)
    }

    /// The connection to forget first: of the first list that has one, the idlest.
    ///
    /// - Parameter isInUse: Only those with directions in use.
    @usableFromInline mutating func dispensable(now: Int64, isInUse: Bool = false) -> Int? {
        for list in Connection.List.allCases where list != .none {
            if isInUse, list == .dormant { continue }
            if let slot = idlest(of: list, now: now, isInUse: isInUse) { return slot }
        }
        return nil
    }

    /// One that had a segment since it was queued gets a second chance; each segment gives one at most.
    private mutating func idlest(of list: Connection.List, now: Int64, isInUse: Bool) -> Int? {
        while ends[Int(list.rawValue)].head >= 0 {
            let head = Int(ends[Int(list.rawValue)].head)
            if isInUse, !connections[head].isInUse {
                // Of closed ones few are in use: those that a RST has closed.
                if list == .closed { return nil }
                move(head, to: .dormant, now: now)
                continue
            }
            if connections[head].lastSeen <= connections[head].queuedAt { return head }
            move(head, to: list, now: now)
        }
        return nil
    }

    /// The slots in use, by number of their connection.
    @usableFromInline func slots() -> [Int] {
        connections.indices.filter { connections[$0].list != .none }
            .sorted { connections[$0].number < connections[$1].number }
    }

    private mutating func append(_ slot: Int, to list: Connection.List, now: Int64) {
        connections[slot].list = list
        connections[slot].queuedAt = now
        connections[slot].following = -1
        let tail = ends[Int(list.rawValue)].tail
        connections[slot].previous = tail
        if tail >= 0 {
            connections[Int(tail)].following = Int32(slot)
        } else {
            ends[Int(list.rawValue)].head = Int32(slot)
        }
        ends[Int(list.rawValue)].tail = Int32(slot)
    }

    private mutating func unlink(_ slot: Int) {
        let (previous, following) = (connections[slot].previous, connections[slot].following)
        let list = Int(connections[slot].list.rawValue)
        if previous >= 0 { connections[Int(previous)].following = following } else { ends[list].head = following }
        if following >= 0 { connections[Int(following)].previous = previous } else { ends[list].tail = previous }
        connections[slot].list = .none
    }
}
