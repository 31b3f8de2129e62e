import Reassembly

/// What a stream has that may become records of frames that have gone by.
struct Holding {
    /// The frame with which it stands among ``HoldingStreams``; the highest number where it does not.
    private var listedFrame = UInt64.max
    /// The lowest frame of a message that may be whole among the bytes that were delivered and not consumed; the highest
    /// number where none may be.
    private var pendingFrame = UInt64.max
    /// The lowest frame that brought bytes after a hole, or a lower one; and where the hole was when that was looked up.
    private var heldFrame = UInt64.max
    private var position = UInt64.max
    /// How many pieces after the hole may be looked at.
    private var credit = 0
    private static let creditStep = 1024

    /// Lists it with a frame, unless it is listed with a lower one.
    mutating func list(frame: UInt64) -> Bool {
        guard frame < listedFrame else { return false }
        listedFrame = frame
        return true
    }

    func isListed(frame: UInt64) -> Bool { listedFrame == frame }

    mutating func unlist() { listedFrame = .max }

    /// Bytes were left that may hold a whole message, the first of them from `frame`.
    mutating func notePending(frame: UInt64) { pendingFrame = frame }

    /// The bytes that were left are offered again, or gone.
    mutating func forgetPending() { pendingFrame = .max }

    /// Bytes have come after a hole at `position`.
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
