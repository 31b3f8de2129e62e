/// The 64 bytes with which a side of a v2 connection begins: its public key, encoded so that it looks random.
public struct EllSwiftKey: Sendable, Hashable {
    public static let byteCount = 64
    /// The bytes in order, eight in a word.
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

    /// The key that these two numbers are.
    init(u: FieldElement, t: FieldElement) {
        var words = SIMD8<UInt64>()
        for index in 0..<4 {
            words[index] = u.value.words[3 - index].bigEndian
            words[index + 4] = t.value.words[3 - index].bigEndian
        }
        self.words = words
    }

    /// The 64 bytes as they are sent.
    public var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

    /// x of the point that the key stands for: any 64 bytes stand for one.
    var x: FieldElement {
        // Each is four words, the highest first.
        let u = UInt256(words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
        let t = UInt256(words[4].bigEndian, words[5].bigEndian, words[6].bigEndian, words[7].bigEndian)
        return ElligatorSwift.decode(u: FieldElement(u), t: FieldElement(t))
    }
}
