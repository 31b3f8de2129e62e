import BitcoinP2P

/// The secret of a connection, and the initiator's key by which it was found.
struct FoundSecret {
    let key: EllSwiftKey
    let secret: SharedSecret
}
