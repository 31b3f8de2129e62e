import Reassembly

/// The streams that may yet have a record of a frame that has gone by, and the lowest such frame.
///
/// These are streams with bytes behind a hole, those in which the next message is searched for, and those whose last
/// bytes may be a message with a header of 20 bytes: see ``Holding``.
struct HoldingStreams {
    private struct Holder: Comparable {
        let frame: UInt64
        let stream: StreamID

        static func < (left: Holder, right: Holder) -> Bool { left.frame < right.frame }
    }

    /// Entries whose stream is listed with another frame by now are passed over.
    private var holders = MinHeap<Holder>()

    var isEmpty: Bool { holders.isEmpty }

    /// Lists a stream with the lowest frame that a record of it may have.
    mutating func insert(_ id: StreamID, _ stream: MessageStream, from frame: UInt64) {
        guard frame < stream.holding.listedFrame else { return }
        stream.holding.listedFrame = frame
        holders.insert(Holder(frame: frame, stream: id))
    }

    /// The lowest frame that a coming record may have; nil where none can have one that has gone by.
    ///
    /// - Parameters:
    ///   - find: A stream that is not closed.
    ///   - frame: The lowest that a coming record of a stream may have by now; the highest number where it holds nobody.
    mutating func lowestFrame(
        find: (StreamID) -> MessageStream?, frame: (StreamID, MessageStream) -> UInt64
    ) -> UInt64? {
        // Terminates: each entry that does not end the loop goes, and one that is added ends it or has a higher frame.
        while let holder = holders.first {
            guard let stream = find(holder.stream), stream.holding.listedFrame == holder.frame else {
                _ = holders.removeFirst()
                continue
            }
            let lowest = frame(holder.stream, stream)
            if lowest <= holder.frame { return holder.frame }
            _ = holders.removeFirst()
            stream.holding.listedFrame = .max
            if lowest < .max { insert(holder.stream, stream, from: lowest) }
        }
        return nil
    }

    mutating func removeAll() { holders.removeAll() }
}

/// What a stream has that may become records of frames that have gone by.
struct Holding {
    /// The frame with which it stands among ``HoldingStreams``; the highest number where it does not.
    fileprivate var listedFrame = UInt64.max
    /// The lowest frame of a message that may be whole among the bytes that were delivered and not consumed; the highest
    /// number where none may be.
    private var pendingFrame = UInt64.max
    /// The lowest frame that brought bytes behind a hole, or a lower one; and where the hole was when that was looked up.
    private var heldFrame = UInt64.max
    private var position = UInt64.max
    /// So many pieces behind the hole may be looked at.
    private var credit = 0
    private static let creditStep = 1024

    /// Bytes were left that may hold a whole message, the first of them from `frame`.
    mutating func notePending(frame: UInt64) { pendingFrame = frame }

    /// The bytes that were left are offered again, or gone.
    mutating func forgetPending() { pendingFrame = .max }

    /// Bytes have come behind a hole at `position`.
    mutating func noteHeld(frame: UInt64, position: UInt64) {
        guard heldFrame == .max else { return }
        heldFrame = frame
        self.position = position
    }

    /// The lowest frame that a coming record may have.
    ///
    /// Looking it up costs as much as there are pieces. So that is done only when the hole has moved, and paid from what
    /// each call earns: until then a lower frame does as well.
    mutating func lowestFrame(of id: StreamID, in assembler: borrowing StreamAssembler) -> UInt64 {
        guard let position = assembler.holePosition(of: id) else {
            heldFrame = .max
            return pendingFrame
        }
        if position != self.position || heldFrame == .max {
            credit += Self.creditStep
            if credit >= assembler.heldPieces(of: id) {
                credit = 0
                self.position = position
                heldFrame = assembler.lowestHeldFrame(of: id) ?? .max
            }
        }
        return min(heldFrame, pendingFrame)
    }
}
