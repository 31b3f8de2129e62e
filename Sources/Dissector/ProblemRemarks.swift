import Fields

/// What is remarked on a message as a whole: on its bytes, how they came, and what is missing.
struct ProblemRemarks: Sendable {
    /// The payload of such a message.
    let unknown: Field
    let commandUnknown: Remark
    let messageCut = Remark(
        "bitcoin.message.cut", .warning, .reassembly, "Only the first {n} bytes of the payload could be dissected")
    let bytesMissing = Remark(
        "bitcoin.bytes.missing", .warning, .reassembly, "{n} bytes of this stream were not captured")
    let bytesSkipped = Remark(
        "bitcoin.bytes.skipped", .warning, .reassembly,
        "{n} bytes of this stream were skipped, as no message began there")
    let memoryLimit = Remark(
        "bitcoin.memory.limit", .warning, .reassembly,
        "A limit of memory was reached, and what was kept of this stream was given up: see --memory-limit")
    let segmentConflict = Remark(
        "bitcoin.segment.conflict", .warning, .reassembly,
        "Frame {n} brought other bytes for the same place: what receivers read is shown, as far as that is known")
    let segmentConflictOtherRight = Remark(
        "bitcoin.segment.conflict_other_right", .warning, .reassembly,
        "Frame {n} brought other bytes for the same place: with them the checksum would be right")
    let segmentConflictOtherWrong = Remark(
        "bitcoin.segment.conflict_other_wrong", .warning, .reassembly,
        "Frame {n} brought other bytes for the same place: with them the checksum would be wrong")
    let segmentDelivered = Remark(
        "bitcoin.segment.other_copy", .warning, .reassembly,
        "This copy differs from bytes that were read before it: which of them the receiver has is not certain")
    let segmentDoubtful = Remark(
        "bitcoin.segment.doubtful", .warning, .reassembly,
        "Bytes are of a segment that receivers drop; but the other side acknowledged them, and no other copy came")
    let fragmentsDiffer = Remark(
        "bitcoin.fragments.differ", .warning, .reassembly,
        "Fragments of a packet overlap and differ: which of them the receiver used cannot be known")
    let secretWrong = Remark(
        "bitcoin.v2.secret.wrong", .error, .checksum,
        "The secret in the key log is not this connection's, its network is not known, or no garbage terminator was sent"
    )
    let garbageTooLong = Remark(
        "bitcoin.v2.garbage.over_limit", .error, .protocol,
        "More than the 4095 bytes of garbage that receivers accept: they disconnect")
    let terminatorMissing = Remark(
        "bitcoin.v2.terminator.missing", .warning, .protocol,
        "The sender closed the connection without its garbage terminator, though the secret is right")
    let unanswered = Remark(
        "bitcoin.v2.unanswered", .note, .protocol,
        "The other side has said nothing before the connection was closed: peers that speak only v1 do so")
    let packetNotAuthentic = Remark(
        "bitcoin.v2.packet.not_authentic", .error, .checksum,
        "The packet does not authenticate: it was damaged, or is not what was sent")

    init() {
        unknown = Field(
            "bitcoin.command.unknown", "Unknown command", .group, "a message of a type that is not known here")
        commandUnknown = Remark(
            "bitcoin.command.unknown", .note, .protocol, field: unknown,
            "No message of this name is known: receivers ignore it")
    }
}
