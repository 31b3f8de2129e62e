import Crypto

/// The private key that one side of a v2 connection makes for that connection (BIP 324).
///
/// For nothing else: the arithmetic is not constant-time, and the memory is not cleared.
public struct EphemeralPrivateKey: Sendable {
    public static let byteCount = 32
    private static let tag = Array(SHA256.hash(data: Array("bip324_ellswift_xonly_ecdh".utf8)))

    /// 1 to n − 1.
    private let scalar: UInt256

    /// A random key. The generator must be one that nobody can predict, but in tests.
    public init(using generator: inout some RandomNumberGenerator) {
        while true {
            if let key = Self(UInt256.random(using: &generator)) {
                self = key
                return
            }
        }
    }

    /// A random key, from the operating system.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// The key of these 32 bytes, big-endian; nil unless there are 32 and their number is 1 to n − 1.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, let number = UInt256(bigEndian: bytes.span.bytes) else { return nil }
        self.init(number)
    }

    private init?(_ scalar: UInt256) {
        guard !scalar.isZero, scalar < Secp256k1.order else { return nil }
        self.scalar = scalar
    }

    /// x of the public key.
    var x: FieldElement { Secp256k1.multiply(Secp256k1.generator, by: scalar) }

    /// The public key in one of its many encodings, which `generator` chooses (BIP 324: `ellswift_create`).
    public func publicKey(using generator: inout some RandomNumberGenerator) -> EllSwiftKey {
        ElligatorSwift.encode(x, using: &generator)
    }

    /// What both sides compute, each with its own private key (BIP 324: `v2_ecdh`; protocol.md section 11.4).
    ///
    /// - Parameters:
    ///   - theirs: What the other side sent.
    ///   - ours: What this side sent: the secret depends on the encoding, not only on the key.
    ///   - role: Of this side: the initiator's bytes come first.
    public func secret(with theirs: EllSwiftKey, ours: EllSwiftKey, as role: KeySchedule.Role) -> SharedSecret {
        let x = Secp256k1.multiply(theirs.x, by: scalar)
        let keys = role == .initiator ? [ours, theirs] : [theirs, ours]
        var hash = SHA256()
        hash.update(data: Self.tag)
        hash.update(data: Self.tag)
        for key in keys { hash.update(data: key.bytes) }
        hash.update(data: x.value.bigEndian)
        return SharedSecret(hash.finalize())
    }
}
