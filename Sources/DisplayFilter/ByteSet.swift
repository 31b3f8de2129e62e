/// A set of byte values.
struct ByteSet: Sendable {
    private var words: InlineArray<4, UInt64> = [0, 0, 0, 0]

    init() {}

    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { insert(byte) }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    mutating func formUnion(_ other: ByteSet) {
        for index in 0..<4 { words[index] |= other.words[index] }
    }

    var inverted: ByteSet {
        var set = self
        for index in 0..<4 { set.words[index] = ~words[index] }
        return set
    }

    /// With both cases of every letter in it.
    var ignoringCase: ByteSet {
        var set = self
        for letter: UInt8 in 0x61...0x7a where contains(letter) || contains(letter ^ 0x20) {
            set.insert(letter)
            set.insert(letter ^ 0x20)
        }
        return set
    }

    static let all = ByteSet().inverted
    static let digits = ByteSet(0x30...0x39)
    static let spaces = ByteSet([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d])
    static let lower = ByteSet(0x61...0x7a)
    static let upper = ByteSet(0x41...0x5a)
    static let letters = lower.union(upper)
    static let words = letters.union(digits).union(ByteSet([0x5f]))

    private func union(_ other: ByteSet) -> ByteSet {
        var set = self
        set.formUnion(other)
        return set
    }

    /// POSIX's classes, as in `[[:alpha:]]`.
    static let named: [String: ByteSet] = [
        "alpha": letters, "digit": digits, "alnum": letters.union(digits), "upper": upper, "lower": lower,
        "space": spaces, "blank": ByteSet([0x20, 0x09]), "word": words, "cntrl": ByteSet(Array(0...0x1f) + [0x7f]),
        "xdigit": digits.union(ByteSet(Array(0x41...0x46) + Array(0x61...0x66))), "print": ByteSet(0x20...0x7e),
        "graph": ByteSet(0x21...0x7e),
        "punct": ByteSet((0x21...0x7e).filter { !letters.union(digits).contains($0) }),
    ]
}
