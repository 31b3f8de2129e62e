import Crypto

/// A double SHA-256, in wire order.
struct Hash: BitwiseCopyable, Sendable {
    var words: InlineArray<4, UInt64>

    static let zero = Hash(words: InlineArray(repeating: 0))

    /// The first four bytes as they stand on the wire.
    var checksum: UInt32 { UInt32(truncatingIfNeeded: UInt64(littleEndian: words[0])).littleEndian }

    /// As a number, it is below the target of bits 207fffff: its highest bit is 0.
    var meetsEasiestTarget: Bool { UInt64(littleEndian: words[3]) >> 63 == 0 }

    /// The hash of the ranges' bytes, one behind the other.
    static func double(_ bytes: borrowing Bytes, _ ranges: Range<Int>...) -> Hash {
        var inner = SHA256()
        for range in ranges { bytes.read(range) { inner.update(bufferPointer: $0) } }
        return second(inner)
    }

    /// The parent of two nodes of a merkle tree.
    static func parent(_ left: Hash, _ right: Hash) -> Hash {
        var inner = SHA256()
        withUnsafeBytes(of: (left, right)) { inner.update(bufferPointer: $0) }
        return second(inner)
    }

    /// The two words that key the short ids of a compact block (BIP 152): of a single SHA-256 of header and nonce.
    static func shortIDKey(_ header: [UInt8], nonce: UInt64) -> (UInt64, UInt64) {
        var hash = SHA256()
        header.withUnsafeBytes { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: nonce.littleEndian) { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { digest in
            (
                UInt64(littleEndian: digest.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    private static func second(_ inner: SHA256) -> Hash {
        var outer = SHA256()
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes { $0.loadUnaligned(as: Hash.self) }
    }

    /// The root over `leaves`, which are used up.
    static func merkleRoot(_ leaves: inout [Hash]) -> Hash {
        var width = leaves.count
        guard width > 0 else { return .zero }
        while width > 1 {
            for index in 0..<(width + 1) / 2 {
                leaves[index] = parent(leaves[2 * index], leaves[min(2 * index + 1, width - 1)])
            }
            width = (width + 1) / 2
        }
        return leaves[0]
    }
}
