// What of the streams has come ahead of its turn: nothing of it is delivered yet, but its frames have gone by.
extension StreamAssembler {
    /// Whether any stream has a hole, or bytes set aside that may soon be used. Where none has, no bytes are ahead of their
    /// turn.
    @inlinable public var hasHoles: Bool { pool.deadlines.earliest != .max }

    /// The first offset that a stream has neither delivered nor declared missing, where bytes after a hole are held;
    /// nil where none are, or the stream has ended.
    public func holePosition(of stream: StreamID) -> UInt64? {
        guard let half = halfWithHole(stream) else { return nil }
        return pool.halves[half].next
    }

    /// The lowest frame that brought bytes of a stream that are held after a hole. Looks at every segment of them.
    public func lowestHeldFrame(of stream: StreamID) -> UInt64? {
        guard let half = halfWithHole(stream) else { return nil }
        let held = pool.halves[half].store.lowestFrame ?? .max
        return min(held, pool.halves[half].suspects.lowestFrame ?? .max)
    }

    /// About how many segments ``lowestHeldFrame(of:)`` would look at, at most.
    public func heldPieces(of stream: StreamID) -> Int {
        guard let half = halfWithHole(stream) else { return 0 }
        return pool.halves[half].store.count
    }

    private func halfWithHole(_ stream: StreamID) -> Int? {
        guard table.connections.indices.contains(stream.slot) else { return nil }
        let connection = table.connections[stream.slot]
        guard connection.list != .none, connection.number == stream.connection else { return nil }
        let half = Int(connection[stream.direction].half)
        guard half >= 0, !pool.halves[half].store.isEmpty || pool.halves[half].mayBeSoundUntil != nil else {
            return nil
        }
        return half
    }
}
