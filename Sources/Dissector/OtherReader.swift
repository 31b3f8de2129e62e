import Reassembly

/// Counts the bytes of a direction that is not Bitcoin's.
final class OtherReader: TransportReader {
    private let stream: MessageStream
    private var byteCount: UInt64 = 0

    init(_ stream: MessageStream) { self.stream = stream }

    var mayRead: Bool { false }

    func receive(
        _ visit: borrowing Visit, _: borrowing Provenance, into _: inout MessageOutlet
    ) -> Demand {
        byteCount &+= UInt64(visit.bytes.byteCount)
        return Demand(consumed: visit.bytes.byteCount)
    }

    func lose(
        _ missing: Range<UInt64>, after _: RawSpan, _ reason: GapReason, _: borrowing Provenance,
        into _: inout MessageOutlet
    ) {
        stream.lose(missing.upperBound &- missing.lowerBound, reason)
    }

    func close(
        _ rest: RawSpan, endingAt _: UInt64, _: CloseReason, _: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        let count = byteCount &+ UInt64(rest.byteCount)
        outlet.count { $0.bytes.ofOtherProtocols &+= count }
    }
}
