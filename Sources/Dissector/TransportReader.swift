import Reassembly

/// Reads one direction of a connection as its transport has it: bytes become messages and losses.
///
/// Bytes are offered again, with those that follow, until they are consumed.
protocol TransportReader: AnyObject {
    /// Whether bytes that are held after a hole may become messages.
    var mayRead: Bool { get }

    /// Takes the bytes that are in order and not consumed.
    func receive(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand

    /// Bytes will never come.
    ///
    /// - Parameter rest: The bytes right before, which ``receive(_:_:into:)`` has left.
    func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ reason: GapReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet)

    /// The direction has ended.
    ///
    /// - Parameter rest: Its last bytes, which ``receive(_:_:into:)`` has left.
    func close(
        _ rest: RawSpan, endingAt end: UInt64, _ reason: CloseReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet)
}

/// Bytes that a reader is offered.
struct Visit: ~Escapable {
    /// What comes after the bytes at hand.
    enum Phase { case going, gap, end }

    let bytes: RawSpan
    /// Of the first of them, in the stream.
    let offset: UInt64
    let phase: Phase

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at offset: UInt64, _ phase: Phase) {
        self.bytes = bytes
        self.offset = offset
        self.phase = phase
    }

    var isLast: Bool { phase != .going }
    var end: UInt64 { offset &+ UInt64(bytes.byteCount) }
}
