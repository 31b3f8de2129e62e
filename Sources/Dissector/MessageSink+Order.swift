import Reassembly

/// Which streams may yet have records of frames that have gone by: the others wait for them.
extension MessageSink {
    /// The bytes from `offset` on may be a whole message, which more bytes must prove.
    mutating func holdPending(
        at offset: UInt64, _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        let frame = provenance.completion(at: offset &+ 1).frame
        stream.holding.notePending(frame: frame)
        records.hold(id, stream, from: frame)
    }

    /// A segment has come behind a hole.
    ///
    /// - Parameter position: Of the hole.
    mutating func holdBehindHole(_ id: StreamID, at position: UInt64) {
        guard id.index < streams.count, let stream = streams[id.index] else { return }
        switch stream.transport {
        case .other: return
        // What waits for a key, or has none, holds nobody.
        case .v2: if stream.encryption.state != .open { return }
        case .undecided, .v1: break
        }
        stream.holding.noteHeld(frame: frameAtHand.frame, position: position)
        records.hold(id, stream, from: frameAtHand.frame)
    }

    /// All that follows from a frame has been told: hands on the records that wait for nothing else.
    mutating func settle(_ assembler: borrowing StreamAssembler) {
        records.settle(
            find: { streams.indices.contains($0.index) ? streams[$0.index] : nil },
            frame: { $1.holding.lowestFrame(of: $0, in: assembler) })
    }
}
