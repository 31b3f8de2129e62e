import Fields

/// What is remarked on the place of a message in its conversation.
struct ConductRemarks: Sendable {
    static let standard = ConductRemarks()

    let versionRepeated = Remark(
        "bitcoin.version.repeated", .warning, .sequence,
        "The second version message of this side: receivers ignore or refuse it")
    let messageBeforeVersion = Remark(
        "bitcoin.message.before_version", .warning, .sequence,
        "Sent before this side's version message: receivers ignore it")
    let negotiationAfterVerack = Remark(
        "bitcoin.message.after_verack", .warning, .sequence, "Belongs between version and verack: receivers disconnect")
    let pongWithoutPing = Remark("bitcoin.pong.without_ping", .note, .sequence, "Answers no ping that was seen")
}
