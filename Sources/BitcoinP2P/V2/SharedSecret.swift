/// What the two sides of a v2 connection have computed from their keys (BIP 324: `ecdh_secret`), 32 bytes.
///
/// It is not printable on purpose: anybody who has it can read the connection.
public struct SharedSecret: Sendable, Equatable {
    public static let byteCount = 32
    let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}

/// The 64 bytes with which a side of a v2 connection begins: its public key, encoded so that it looks random.
public struct EllSwiftKey: Sendable, Hashable {
    public static let byteCount = 64
    private let words: SIMD8<UInt64>

    /// The key at the beginning of `bytes`, or nil where there are fewer than 64.
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.byteCount else { return nil }
        var words = SIMD8<UInt64>()
        for index in 0..<8 {
            words[index] = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index * 8, as: UInt64.self)
        }
        self.words = words
    }
}
