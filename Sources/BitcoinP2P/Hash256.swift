import Crypto

/// A 32-byte hash in wire order; Bitcoin shows it reversed.
public struct Hash256: Sendable, BitwiseCopyable {
    @usableFromInline var storage: InlineArray<32, UInt8>

    /// 32 zero bytes, which stand for no hash.
    static var zero: Hash256 { Hash256() }

    private init() { storage = InlineArray(repeating: 0) }

    @usableFromInline
    init(_ digest: SHA256.Digest) {
        // A SHA-256 digest has 32 bytes.
        storage = digest.withUnsafeBytes { $0.loadUnaligned(as: InlineArray<32, UInt8>.self) }
    }

    /// The 32 bytes at `offset`, or nil where there are fewer.
    public init?(_ bytes: RawSpan, at offset: Int) {
        guard offset >= 0, offset <= bytes.byteCount - 32 else { return nil }
        storage = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: InlineArray<32, UInt8>.self)
    }

    /// One SHA-256 of bytes that are no message's.
    public static func single(_ bytes: RawSpan) -> Hash256 {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Hash256(hasher.finalize())
    }

    /// The 32 bytes, borrowed from this value.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { storage.span.bytes }
    }

    /// The first four bytes as a number that can be compared with a checksum read in wire order.
    public var checksum: UInt32 {
        UInt32(storage[0]) << 24 | UInt32(storage[1]) << 16 | UInt32(storage[2]) << 8 | UInt32(storage[3])
    }
}

extension Hash256: Hashable {
    public static func == (left: Hash256, right: Hash256) -> Bool {
        var difference: UInt64 = 0
        for index in 0..<4 { difference |= left.word(index) ^ right.word(index) }
        return difference == 0
    }

    /// Peers choose hashes: so that none can choose two of one digest, the hasher's seed is secret.
    public func hash(into hasher: inout Hasher) { for index in 0..<4 { hasher.combine(word(index)) } }

    /// - Parameter index: 0 to 3; there are 32 bytes.
    private func word(_ index: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 8, as: UInt64.self)
    }
}

/// SHA-256 of SHA-256, over bytes that need not lie together: checksum, block hash, txid.
public struct DoubleSHA256 {
    private var inner = SHA256()

    public init() {}

    public mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { inner.update(bufferPointer: $0) }
    }

    public consuming func finalize() -> Hash256 {
        let digest = inner.finalize()
        var outer = SHA256()
        digest.withUnsafeBytes { outer.update(bufferPointer: $0) }
        return Hash256(outer.finalize())
    }

    public static func hash(_ bytes: RawSpan) -> Hash256 {
        var hasher = DoubleSHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }
}
