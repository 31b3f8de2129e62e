import Fields

// Encryption of BIP 151 (closed; BIP 324 took its place). After both sides' `encack` the stream has no messages that can
// be read: a length, a ciphertext and a MAC of 16 bytes each. The messages of BIP 150 (`authchallenge`, `authreply`,
// `authpropose`) exist only in there, so they are no types here.

/// `encinit` (BIP 151): asks to encrypt what the peer will send.
struct EncInit: Payload {
    let message = Field("bitcoin.encinit", "Encinit message", .group, "asks for encryption (BIP 151)")
    let key = Field(
        "bitcoin.encinit.ephemeral_pubkey", "Ephemeral public key", .bytes,
        "a compressed key made for this connection; with the peer's it gives the secret")
    let cipher = Field(
        "bitcoin.encinit.cipher_type", "Cipher type", .enumeration(Self.ciphers, bits: 8), "how to encrypt")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.bytes(key, 33)
        let type = try c.integer(cipher, UInt8.self)
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" ")
        if let name = Self.ciphers.name(of: UInt64(type)) {
            c.sink.info.append(name)
        } else {
            c.sink.info.append("cipher ")
            c.sink.info.append(decimal: UInt64(type))
        }
    }

    static let ciphers = ValueNames(
        (0, "chacha20-poly1305@openssh.com", "ChaCha20 with a Poly1305 MAC, as OpenSSH combines them"))
}

/// `encack` (BIP 151): accepts encryption; with a key of zeros it says that the next cipher key is used from here on.
struct EncAck: Payload {
    let message = Field("bitcoin.encack", "Encack message", .group, "accepts encryption, or changes its key (BIP 151)")
    let key = Field(
        "bitcoin.encack.ephemeral_pubkey", "Ephemeral public key", .bytes,
        "a compressed key made for this connection; all zero to change the cipher's key")
    let rekey = Field(
        "bitcoin.encack.rekey", "Rekey", .boolean, "whether it only says that the next cipher key is used from here on")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let range = try c.bytes(key, 33)
        let isRekey = c.bytes.extracting(range).withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
        c.generate(rekey, isRekey ? 1 : 0)
        if c.sink.wantsInfo, isRekey { c.sink.info.append(" rekey") }
    }
}
