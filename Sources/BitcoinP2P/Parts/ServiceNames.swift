import Fields

/// The names and letters by which people write what a node serves: the bits of `services` (protocol.md section 4.3).
public enum ServiceNames {
    /// The letters of Core's `-netinfo`: network, bloom, witness, compact filters, limited, v2.
    private static let letters: [(bit: UInt64, letter: Character)] = [
        (0, "n"), (2, "b"), (3, "w"), (6, "c"), (10, "l"), (11, "2"),
    ]

    /// Whether a value of that field is made of these bits.
    public static func areMeant(by name: String) -> Bool { name == "services" || name.hasSuffix(".services") }

    /// The letters of the bits that are set, with `u` where others are.
    public static func letters(of services: UInt64) -> String {
        let set = letters.filter { services >> $0.bit & 1 != 0 }
        let others = services & ~letters.reduce(0) { $0 | 1 << $1.bit }
        return String(set.map(\.letter)) + (others != 0 ? "u" : "")
    }

    /// The number of names with `|`, `+`, commas or white space between them, with or without `NODE_`, or of letters;
    /// nil of anything else.
    public static func value(of text: String) -> UInt64? {
        let words = text.split { "|+,".contains($0) || $0.isWhitespace }
        guard !words.isEmpty else { return nil }
        var value: UInt64 = 0
        for word in words {
            guard let bits = bits(of: String(word)) else { return nil }
            value |= bits
        }
        return value
    }

    /// All names, for suggestions.
    public static var all: [String] { Services.names.map(\.label) }

    private static func bits(of word: String) -> UInt64? {
        let name = word.uppercased()
        let known = Services.names.first { $0.label.uppercased() == name || $0.label.uppercased() == "NODE_" + name }
        if let known { return 1 << UInt64(known.bit) }
        var value: UInt64 = 0
        for character in word {
            guard let bit = letters.first(where: { $0.letter == character })?.bit else { return nil }
            value |= 1 << bit
        }
        // A number, and no letter.
        return value == 1 << 11 ? nil : value
    }
}
