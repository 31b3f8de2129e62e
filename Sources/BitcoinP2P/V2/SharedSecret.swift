import Crypto

/// What the two sides of a v2 connection have computed from their keys (BIP 324: `ecdh_secret`), 32 bytes.
///
/// It is not printable on purpose: anybody who has it and the connection's first bytes can read the connection.
public struct SharedSecret: Sendable, Equatable {
    public static let byteCount = 32
    /// For key logs and the derivation of keys only.
    public let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A digest has 32 bytes.
    init(_ digest: SHA256.Digest) { bytes = Array(digest) }
}
