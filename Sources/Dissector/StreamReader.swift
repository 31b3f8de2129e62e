import Reassembly

/// Who reads a direction: one of the readers there are, so that none is called through a table.
enum StreamReader {
    case undecided
    case v1(V1Reader)
    case v2(V2Reader)
    case other(OtherReader)

    var transport: MessageConnection.Transport {
        switch self {
        case .undecided: .undecided
        case .v1: .v1
        case .v2: .v2
        case .other: .other
        }
    }

    /// It reads messages.
    var isBitcoin: Bool {
        switch self {
        case .v1, .v2: true
        case .undecided, .other: false
        }
    }

    /// Whether bytes that are held after a hole may become messages.
    var mayRead: Bool {
        switch self {
        case .undecided: true
        case .v1(let reader): reader.mayRead
        case .v2(let reader): reader.mayRead
        case .other(let reader): reader.mayRead
        }
    }

    func receive(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        switch self {
        case .undecided: Demand(consumed: 0, minimum: visit.bytes.byteCount + 1)
        case .v1(let reader): reader.receive(visit, provenance, into: &outlet)
        case .v2(let reader): reader.receive(visit, provenance, into: &outlet)
        case .other(let reader): reader.receive(visit, provenance, into: &outlet)
        }
    }

    /// Bytes will never come. What is lost while nobody reads is the caller's to note.
    func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ reason: GapReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        switch self {
        case .undecided: break
        case .v1(let reader): reader.lose(missing, after: rest, reason, provenance, into: &outlet)
        case .v2(let reader): reader.lose(missing, after: rest, reason, provenance, into: &outlet)
        case .other(let reader): reader.lose(missing, after: rest, reason, provenance, into: &outlet)
        }
    }

    func close(
        _ rest: RawSpan, endingAt end: UInt64, _ reason: CloseReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        switch self {
        case .undecided: break
        case .v1(let reader): reader.close(rest, endingAt: end, reason, provenance, into: &outlet)
        case .v2(let reader): reader.close(rest, endingAt: end, reason, provenance, into: &outlet)
        case .other(let reader): reader.close(rest, endingAt: end, reason, provenance, into: &outlet)
        }
    }
}
