/// What one side of a v2 connection needs to agree on keys with the other (BIP 324; protocol.md sections 11.1 and 11.4).
///
/// It sends ``opening``; the responder waits first for a byte that does not begin a v1 message. When the other side's
/// first 64 bytes are there, ``agree(with:)`` gives the keys: ``Agreement/sealer`` encrypts what this side sends, first
/// the version packet. A ``V2Framer`` opens what the other side sends, from its first byte on, with a ``V2Session`` of
/// ``Agreement/schedule`` and the other side's role.
public struct V2Handshake: Sendable {
    /// Of this side.
    public let role: KeySchedule.Role
    public let network: Network
    /// What this side sends first.
    public let key: EllSwiftKey
    /// What it sends next: bytes without meaning.
    public let garbage: [UInt8]
    private let privateKey: EphemeralPrivateKey

    /// What only the two sides know.
    public struct Agreement: Sendable {
        /// With the initiator's key it is what a key log has of the connection.
        public let secret: SharedSecret
        public let schedule: KeySchedule
        /// Encrypts what this side sends.
        public var sealer: V2Sealer
    }

    /// A handshake with a new private key.
    ///
    /// - Parameters:
    ///   - garbage: 0 to 4095 bytes; nil for random ones, random in number.
    ///   - generator: Chooses private key, encoding and garbage: nobody else may know what it gives.
    public init(
        _ role: KeySchedule.Role, on network: Network, garbage: [UInt8]? = nil,
        using generator: inout some RandomNumberGenerator
    ) throws(V2SealingError) {
        let privateKey = EphemeralPrivateKey(using: &generator)
        let key = privateKey.publicKey(using: &generator)
        try self.init(
            role, on: network, privateKey: privateKey, key: key,
            garbage: garbage ?? Self.randomGarbage(using: &generator))
    }

    /// A handshake with a new private key from the operating system.
    public init(
        _ role: KeySchedule.Role, on network: Network, garbage: [UInt8]? = nil
    ) throws(V2SealingError) {
        var generator = SystemRandomNumberGenerator()
        try self.init(role, on: network, garbage: garbage, using: &generator)
    }

    /// A handshake with a key that is there already.
    ///
    /// - Parameters:
    ///   - key: An encoding of the private key's public key.
    ///   - garbage: 0 to 4095 bytes.
    public init(
        _ role: KeySchedule.Role, on network: Network, privateKey: EphemeralPrivateKey, key: EllSwiftKey,
        garbage: [UInt8]
    ) throws(V2SealingError) {
        guard garbage.count <= V2Framer.garbageLimit else { throw .garbageTooLong(garbage.count) }
        self.role = role
        self.network = network
        self.privateKey = privateKey
        self.key = key
        self.garbage = garbage
    }

    private static func randomGarbage(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        let count = Int.random(in: 0...V2Framer.garbageLimit, using: &generator)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// The bytes that this side sends before it knows anything of the other: key and garbage.
    public var opening: [UInt8] { key.bytes + garbage }

    /// The keys of the connection.
    ///
    /// - Parameter theirs: The first 64 bytes of the other side: any bytes are a key, so whether they are one that the
    ///   other side knows shows only at its garbage terminator.
    public func agree(with theirs: EllSwiftKey) throws(V2SealingError) -> Agreement {
        let secret = privateKey.secret(with: theirs, ours: key, as: role)
        let schedule = KeySchedule(secret: secret, network: network)
        return Agreement(
            secret: secret, schedule: schedule, sealer: try V2Sealer(schedule[role], garbage: garbage))
    }
}
