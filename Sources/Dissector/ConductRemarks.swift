import Fields

/// What is remarked on the place of a message in its conversation.
struct ConductRemarks: Sendable {
    static let standard = ConductRemarks()

    let versionRepeated = Remark(
        "bitcoin.version.repeated", .warning, .sequence,
        breaks: Rule("redundant version message", .ignored, needsWhole: true, isOfPlace: true),
        "A redundant version message, the second of this side: receivers ignore or refuse it")
    let messageBeforeVersion = Remark(
        "bitcoin.message.before_version", .warning, .sequence,
        breaks: Rule(
            "non-version message before version handshake", .ignored, needsWhole: true, isOfPlace: true),
        "A non-version message before version handshake: receivers ignore it")
    let negotiationAfterVerack = Remark(
        "bitcoin.message.after_verack", .warning, .sequence,
        breaks: Rule(
            "{command} received after verack", .disconnect, of: "wtxidrelay", "sendaddrv2", "sendtxrcncl",
            needsWhole: true, isOfPlace: true),
        "Received after verack, but belongs between version and verack: receivers disconnect")
    let pongWithoutPing = Remark("bitcoin.pong.without_ping", .note, .sequence, "Answers no ping that was seen")
    let pingWithoutNonce = Remark(
        "bitcoin.ping.without_nonce", .warning, .sequence,
        breaks: Rule("malformed ping", .ignored, of: "ping"),
        "Both sides speak version 60001 or later, in which a ping has 8 bytes: receivers ignore it")
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
        breaks: Rule(
            "{command} received despite not offering bloom services", .disconnect, of: "filterload", "filteradd",
            "filterclear"),
        "Received despite not offering bloom services: receivers disconnect")
    let mempoolNotOffered = Remark(
        "bitcoin.mempool.not_offered", .warning, .sequence,
        breaks: Rule("mempool request with bloom filters disabled", .disconnect, of: "mempool"),
        "A mempool request with bloom filters disabled: receivers disconnect, unless they permit it to this peer")
    let blockFilterNotOffered = Remark(
        "bitcoin.filter_type.not_offered", .warning, .sequence,
        breaks: Rule("unsupported block filter type", .disconnect, of: "getcfilters", "getcfheaders", "getcfcheckpt"),
        "Requested unsupported block filter type, or the receiver serves none: receivers disconnect")
    let transactionUnwanted = Remark(
        "bitcoin.transaction.unwanted", .warning, .sequence,
        breaks: Rule(
            "{command} sent in violation of protocol", .disconnect, of: Rule.Subject("tx", called: "transaction"),
            "inv",
            needsWhole: true),
        "Transactions sent in violation of protocol, as the receiver wants none by its version: receivers disconnect")
    let positionBeyondBlock = Remark(
        "bitcoin.getblocktxn.out_of_bounds", .warning, .sequence,
        breaks: Rule("getblocktxn with out-of-bounds tx indices", .misbehaving, of: "getblocktxn"),
        "Out-of-bounds tx indices: the receiver's block has fewer transactions, and receivers disconnect")
}
