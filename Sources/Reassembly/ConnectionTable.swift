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
    private var dormant = Ends()
    private var active = Ends()
    private var closed = Ends()
    /// The slot found last; may be out of range or free.
    @usableFromInline private(set) var last = 0
    @usableFromInline private(set) var count = 0

    @usableFromInline init() {}
}

// Invariants: a connection is in exactly the list it names; `queuedAt` does not fall along a list, and
// queuedAt ≤ lastSeen + 1/16 of the idle time for those not closed.
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

    @inlinable mutating func touch(_ slot: Int, now: Int64, idle: Int64) {
        connections[slot].lastSeen = now
        // Not at every segment: the list would cost more than all else.
        if now - connections[slot].queuedAt > idle / 16 { move(slot, to: connections[slot].list, now: now) }
    }

    @usableFromInline mutating func move(_ slot: Int, to list: Connection.List, now: Int64) {
        unlink(slot)
        append(slot, to: list, now: now)
    }

    /// A connection whose time is up: closed ones after `linger`, others after `idle` and at most a sixteenth.
    @usableFromInline func expired(now: Int64, idle: Int64, linger: Int64) -> Int? {
        if closed.head >= 0, connections[Int(closed.head)].queuedAt + linger <= now { return Int(closed.head) }
        let limit = now - idle - idle / 16
        if dormant.head >= 0, connections[Int(dormant.head)].queuedAt <= limit { return Int(dormant.head) }
        if active.head >= 0, connections[Int(active.head)].queuedAt <= limit { return Int(active.head) }
        return nil
    }

    /// The connection to forget first.
    ///
    /// - Parameter isInUse: One with directions in use is looked for; nil only where none is active either.
    @usableFromInline mutating func dispensable(now: Int64, isInUse: Bool = false) -> Int? {
        if closed.head >= 0, !isInUse || active.head < 0 || connections[Int(closed.head)].isInUse {
            return Int(closed.head)
        }
        let list = dormant.head >= 0 && !isInUse ? Connection.List.dormant : .active
        // One that had a segment since it was queued gets a second chance; each segment gives one at most.
        while true {
            let head = Int(list == .dormant ? dormant.head : active.head)
            guard head >= 0 else { return nil }
            if connections[head].lastSeen <= connections[head].queuedAt { return head }
            move(head, to: list, now: now)
        }
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
        withEnds(of: list) { ends, connections in
            connections[slot].previous = ends.tail
            if ends.tail >= 0 { connections[Int(ends.tail)].following = Int32(slot) } else { ends.head = Int32(slot) }
            ends.tail = Int32(slot)
        }
    }

    private mutating func unlink(_ slot: Int) {
        let (previous, following) = (connections[slot].previous, connections[slot].following)
        withEnds(of: connections[slot].list) { ends, connections in
            if previous >= 0 { connections[Int(previous)].following = following } else { ends.head = following }
            if following >= 0 { connections[Int(following)].previous = previous } else { ends.tail = previous }
        }
        connections[slot].list = .none
    }

    private mutating func withEnds(
        of list: Connection.List, _ body: (inout Ends, inout ContiguousArray<Connection>) -> Void
    ) {
        switch list {
        case .dormant: body(&dormant, &connections)
        case .active: body(&active, &connections)
        case .closed: body(&closed, &connections)
        case .none: break
        }
    }
}
