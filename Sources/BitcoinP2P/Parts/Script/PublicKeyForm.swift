import Fields

/// How a public key is written down.
enum PublicKeyForm: UInt64 {
    case compressed = 1
    case uncompressed, hybrid, xOnly

    static let names = ValueNames(
        (compressed.rawValue, "compressed", "X and whether Y is odd: 33 bytes"),
        (uncompressed.rawValue, "uncompressed", "X and Y: 65 bytes"),
        (hybrid.rawValue, "hybrid", "X and Y, and whether Y is odd once more: 65 bytes, rare"),
        (xOnly.rawValue, "x-only", "X alone, Y is even: 32 bytes, in taproot"))

    /// By length and first byte, as Core's `CPubKey::ValidSize`; x-only keys have no mark and are not among them.
    init?(_ range: Range<Int>, of bytes: RawSpan) {
        guard range.count == 33 || range.count == 65, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else {
            return nil
        }
        switch (bytes.unsafeLoad(fromUncheckedByteOffset: range.lowerBound, as: UInt8.self), range.count) {
        case (2, 33), (3, 33): self = .compressed
        case (4, 65): self = .uncompressed
        case (6, 65), (7, 65): self = .hybrid
        default: return nil
        }
    }
}
