/// A word or sign of a filter.
struct Token {
    enum Kind: Equatable {
        /// The name of a field or function, or a value without quotes.
        case word
        /// A value in double quotes; ``Token/text`` is what it stands for.
        case string
        /// One byte in single quotes.
        case character
        /// What stands between brackets.
        case slice
        case comparison(Comparison)
        case contains, matches, membership
        case and, or, xor, not
        /// `&`: the bits that two numbers share.
        case mask
        case open, close, openSet, closeSet, comma, dots
        case end
    }

    let kind: Kind
    /// Bytes of the filter.
    let range: Range<Int>
    /// The content of a word, string, character or slice.
    var text: [UInt8] = []
    /// Where in the filter a string has an escape that no string has, such as `\d`: patterns have it.
    var strangeEscape: Range<Int>?
    /// The content stands in the filter as it is, from that many bytes after its beginning; nil where it had escapes.
    var contentOffset: Int?

    var string: String { String(decoding: text, as: UTF8.self) }
    var isLiteral: Bool { kind == .word || kind == .string || kind == .character }
}

/// A comparison as it is written. With several values on a side `equal`, `less` and the like hold where any pair does.
enum Comparison {
    case equal, notEqual, allEqual, anyNotEqual, less, lessOrEqual, greater, greaterOrEqual

    /// What is asked of a pair of values.
    var relation: Relation {
        switch self {
        case .equal, .allEqual: .equal
        case .notEqual, .anyNotEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }

    /// Of how many pairs it is asked, where the filter does not say.
    var quantifier: Quantifier {
        switch self {
        case .notEqual, .allEqual: .all
        default: .any
        }
    }
}

/// What holds between two values.
enum Relation {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    /// Not only equality.
    var isOfOrder: Bool { self != .equal && self != .notEqual }

    /// The same, said of the values the other way round.
    var mirrored: Relation {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

/// How many of the values must pass; neither holds where there is none.
enum Quantifier {
    case any, all
}
