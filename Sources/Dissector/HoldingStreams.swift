import Reassembly

/// The streams that may yet have a record of a frame that has gone by, and the lowest such frame.
///
/// These are streams with bytes after a hole, those in which the next message is searched for, and those whose last
/// bytes may be a message with a header of 20 bytes: see ``Holding``.
struct HoldingStreams {
    private struct Holder: Comparable {
        let frame: UInt64
        let stream: StreamID

        static func < (left: Holder, right: Holder) -> Bool { left.frame < right.frame }
    }

    private struct Entry {
        let connection: UInt64
        var holding = Holding()
    }

    /// By the index of the stream, since it is looked up with each segment.
    private var entries: ContiguousArray<Entry?> = []
    /// Entries whose stream is listed with another frame by now are skipped.
    private var holders = MinHeap<Holder>()

    /// Bytes of a stream were left that may hold a whole message, the first of them from `frame`.
    mutating func notePending(_ id: StreamID, from frame: UInt64) {
        add(id)
        entries[id.index]?.holding.notePending(frame: frame)
        list(id, from: frame)
    }

    /// The bytes of a stream that were left are offered again, or gone.
    mutating func forgetPending(_ id: StreamID) { if has(id) { entries[id.index]?.holding.forgetPending() } }

    /// Bytes of a stream have come after a hole at `position`.
    mutating func noteHeld(_ id: StreamID, from frame: UInt64, at position: UInt64) {
        add(id)
        entries[id.index]?.holding.noteHeld(frame: frame, position: position)
        list(id, from: frame)
    }

    mutating func remove(_ id: StreamID) { if has(id) { entries[id.index] = nil } }

    private func has(_ id: StreamID) -> Bool {
        id.index < entries.count && entries[id.index]?.connection == id.connection
    }

    private mutating func add(_ id: StreamID) {
        if has(id) { return }
        while entries.count <= id.index { entries.append(nil) }
        entries[id.index] = Entry(connection: id.connection)
    }

    /// Lists a stream that is here with the lowest frame that a record of it may have.
    private mutating func list(_ id: StreamID, from frame: UInt64) {
        if entries[id.index]?.holding.list(frame: frame) == true { holders.insert(Holder(frame: frame, stream: id)) }
    }

    /// The lowest frame that a coming record may have; nil where none can have one that has gone by.
    mutating func lowestFrame(in assembler: borrowing StreamAssembler) -> UInt64? {
        // Terminates: each entry that does not end the loop goes, and one that is added ends it or has a higher frame.
        while let holder = holders.first {
            let id = holder.stream
            guard has(id), entries[id.index]?.holding.isListed(frame: holder.frame) == true else {
                _ = holders.removeFirst()
                continue
            }
            let lowest = entries[id.index]?.holding.lowestFrame(of: id, in: assembler) ?? .max
            if lowest <= holder.frame { return holder.frame }
            _ = holders.removeFirst()
            entries[id.index]?.holding.unlist()
            if lowest < .max { list(id, from: lowest) } else { entries[id.index] = nil }
        }
        return nil
    }

    mutating func removeAll() {
        entries.removeAll()
        holders.removeAll()
    }
}
