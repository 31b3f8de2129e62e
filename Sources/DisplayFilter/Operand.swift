/// A value as it is written in a filter, before its type is known.
struct Operand {
    indirect enum Form {
        /// A literal, or the name of a field.
        case token(Token)
        case slice(Operand, [Slice])
        case call(Token, [Operand])
        case mask(Operand, Token)
    }

    let form: Form
    /// Bytes of the filter.
    let range: Range<Int>

    /// The literal, or the name of a field, that is all of it.
    var token: Token? {
        if case .token(let token) = form { token } else { nil }
    }
}

/// Bytes of a value: negative positions count from its end.
struct Slice: Equatable {
    /// The first byte.
    let start: Int
    /// nil: up to the end.
    let extent: Extent?

    enum Extent: Equatable {
        case length(Int)
        /// The last byte, itself part of the slice.
        case last(Int)
    }

    /// Which bytes of `count` these are; nil where they are not all there, or are none.
    func range(of count: Int) -> Range<Int>? {
        let first = start < 0 ? start + count : start
        let end =
            switch extent {
            case nil: count
            case .length(let length): first + length
            case .last(let last): (last < 0 ? last + count : last) + 1
            }
        return first >= 0 && first < end && end <= count ? first..<end : nil
    }

    /// The content of a pair of brackets: `0:4`, `0-3`, `2`, `:4`, `4:`, or several with commas between them.
    static func list(_ token: Token) throws(Fault) -> [Slice] {
        var slices: [Slice] = []
        var at = token.range.lowerBound + 1
        for part in token.text.split(separator: 0x2c, omittingEmptySubsequences: false) {
            let range = at..<at + max(1, part.count)
            at += part.count + 1
            guard let slice = Slice(part.filter { $0 != 0x20 }) else {
                throw Fault(range, "A slice is [start:length], [first-last], [index], [:length] or [start:].")
            }
            slices.append(slice)
        }
        return slices
    }

    private init?(_ text: [UInt8]) {
        if let colon = text.firstIndex(of: 0x3a) {
            guard let start = colon == 0 ? 0 : Self.number(text[..<colon]) else { return nil }
            self.start = start
            let rest = text[(colon + 1)...]
            if rest.isEmpty {
                guard colon > 0 else { return nil }
                extent = nil
            } else {
                guard let length = Self.number(rest), length > 0 else { return nil }
                extent = .length(length)
            }
            return
        }
        // A minus at the beginning belongs to the number.
        if let dash = text.dropFirst().firstIndex(of: 0x2d) {
            guard let first = Self.number(text[..<dash]), let last = Self.number(text[(dash + 1)...]) else {
                return nil
            }
            if first >= 0, last >= 0, last < first { return nil }
            (start, extent) = (first, .last(last))
            return
        }
        guard let index = Self.number(text[...]) else { return nil }
        (start, extent) = (index, .length(1))
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        // No message is that long, and sums of such numbers cannot overflow.
        guard let number = Int(String(decoding: text, as: UTF8.self)), number.magnitude <= Int32.max.magnitude else {
            return nil
        }
        return number
    }
}
