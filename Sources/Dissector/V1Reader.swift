import BitcoinP2P
import Reassembly

/// Reads v1 transport: messages with their headers, one after another (protocol.md section 2).
final class V1Reader: TransportReader {
    /// One value: Swift looks at each access to a variable of an object as the program runs.
    private var reading: V1Reading

    /// - Parameters:
    ///   - network: Of the other direction's messages, where it is known.
    ///   - isSynchronised: Whether the first byte is known to begin a header.
    init(_ stream: MessageStream, network: Network? = nil, isSynchronised: Bool) {
        reading = V1Reading(stream, network: network, isSynchronised: isSynchronised)
    }

    var mayRead: Bool { true }

    func receive(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        reading.receive(visit, provenance, into: &outlet)
    }

    func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ reason: GapReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        reading.lose(missing, after: rest, reason, provenance, into: &outlet)
    }

    func close(
        _ rest: RawSpan, endingAt end: UInt64, _ reason: CloseReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        reading.close(rest, endingAt: end, reason, provenance, into: &outlet)
    }
}
