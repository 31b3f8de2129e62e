import Fields

/// What is remarked on the place of a message in its conversation.
struct ConductRemarks: Sendable {
    static let standard = ConductRemarks()

    let versionRepeated = Remark(
        "bitcoin.version.repeated", .warning, .sequence,
        "A redundant version message, the second of this side: receivers ignore or refuse it")
    let messageBeforeVersion = Remark(
        "bitcoin.message.before_version", .warning, .sequence,
        "A non-version message before version handshake: receivers ignore it")
    let negotiationAfterVerack = Remark(
        "bitcoin.message.after_verack", .warning, .sequence,
        "Received after verack, but belongs between version and verack: receivers disconnect")
    let pongWithoutPing = Remark("bitcoin.pong.without_ping", .note, .sequence, "Answers no ping that was seen")
    let ownNonce = Remark(
        "bitcoin.version.own_nonce", .note, .sequence,
        "Has a nonce that came from the receiver's side: a node that has connected to self disconnects")
    let otherNetwork = Remark(
        "bitcoin.magic.other_network", .warning, .sequence,
        "Wrong MessageStart, the magic of another network than before on this connection: receivers disconnect")
    let getaddrByResponder = Remark(
        "bitcoin.getaddr.by_responder", .warning, .sequence,
        "Sent by the side that was connected to: receivers ignore getaddr from outbound connections")
    let bloomNotOffered = Remark(
        "bitcoin.bloom.not_offered", .warning, .sequence,
        "Received despite not offering bloom services: receivers disconnect")
    let mempoolNotOffered = Remark(
        "bitcoin.mempool.not_offered", .warning, .sequence,
        "A mempool request with bloom filters disabled: receivers disconnect, unless they permit it to this peer")
    let blockFilterNotOffered = Remark(
        "bitcoin.filter_type.not_offered", .warning, .sequence,
        "Requested unsupported block filter type, or the receiver serves none: receivers disconnect")
    let positionBeyondBlock = Remark(
        "bitcoin.getblocktxn.out_of_bounds", .warning, .sequence,
        "Out-of-bounds tx indices: the receiver's block has fewer transactions, and receivers disconnect")
}
