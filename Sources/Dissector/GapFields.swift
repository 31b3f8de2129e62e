import Fields
import Reassembly

/// What the records tell that are of no message: gaps, and copies and fragments that differ.
struct GapFields: Sendable {
    let gap = Field(
        "bitcoin.gap", "Gap", .group, "bytes of the stream that were not captured; this record is not a message")
    let offset = Field(
        "bitcoin.gap.offset", "Offset", .unsigned(bits: 64),
        "where in the sender's stream it begins: 0 is the first byte of the connection, or the first captured"
    )
    let length = Field("bitcoin.gap.length", "Missing bytes", .unsigned(bits: 64), "how many bytes are missing here")
    let reason = Field(
        "bitcoin.gap.reason", "Reason", .enumeration(Self.reasons, bits: 8), "how it is known that they will not come")

    let copy = Field(
        "bitcoin.retransmission", "Differing retransmission", .group,
        "a copy of bytes that were read before, with other content; this record is not a message")
    let copyOffset = Field(
        "bitcoin.retransmission.offset", "Offset", .unsigned(bits: 64),
        "where in the sender's stream the copy begins, counted as bitcoin.gap.offset is")
    let copyLength = Field(
        "bitcoin.retransmission.length", "Bytes", .unsigned(bits: 64), "how many bytes the copy has")

    let fragments = Field(
        "bitcoin.fragment_conflict", "Differing fragments", .group,
        "fragments of one packet that overlap with other bytes; this record is not a message")
    let fragmentsFrame = Field(
        "bitcoin.fragment_conflict.frame", "Packet completed in frame", .unsigned(bits: 64),
        "the frame that completed the packet; where it is not this record's, this one came too late for it"
    )
    let fragmentsLength = Field(
        "bitcoin.fragment_conflict.length", "Bytes", .unsigned(bits: 32),
        "bytes of the fragment that came too late, or of TCP payload in the packet")

    var all: Set<Field> {
        [
            gap, offset, length, reason, copy, copyOffset, copyLength, fragments, fragmentsFrame, fragmentsLength,
        ]
    }

    private static let reasons = ValueNames(GapReason.allCases.map(\.entry))

    /// The number that stands for a reason.
    static func number(of reason: GapReason) -> UInt64 { reason.entry.0 }
}

extension GapReason {
    /// Number, name and meaning in the field's enumeration.
    fileprivate var entry: (UInt64, String, String) {
        switch self {
        case .acknowledged: (0, "acknowledged", "the other side has acknowledged them")
        case .timeout: (1, "timeout", "they did not come within the time allowed, and nobody acknowledged them")
        case .cut: (2, "snap length", "the snap length cut them off")
        case .limit: (3, "memory limit", "what follows could not be held any longer")
        case .jump: (4, "jump", "the sequence numbers have moved on by more than a window")
        case .close: (5, "end", "the stream or the capture ended")
        }
    }
}
