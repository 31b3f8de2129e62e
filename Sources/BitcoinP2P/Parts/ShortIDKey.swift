import Crypto
import Fields

/// What the short ids of one compact block are made with (BIP 152, protocol.md section 10.3).
public struct ShortIDKey: Sendable {
    let sipHash: SipHash

    /// - Parameters:
    ///   - k0: The halves of the key, as fields of the message have them.
    public init(k0: UInt64, k1: UInt64) { sipHash = SipHash(k0: k0, k1: k1) }

    /// - Parameter bytes: The header and, after it, the nonce: 88 bytes.
    init(_ bytes: RawSpan) {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        let digest = Hash256(hasher.finalize()).bytes
        // A hash has 32 bytes.
        sipHash = SipHash(
            k0: UInt64(littleEndian: digest.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self)),
            k1: UInt64(littleEndian: digest.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt64.self)))
    }

    /// The six bytes that stand for a txid or wtxid.
    public func shortID(_ name: Hash256) -> UInt64 { sipHash.hash(name.bytes) & 0xffff_ffff_ffff }
}
