import Fields

/// The names of fields as JSON keys, made once: `,"name":`, each to be written at once.
struct JSONKeys {
    /// All keys in one, and where that of each name ends.
    private let text: [UInt8]
    private let ends: [Int]
    /// Of each name whether a key with `_raw` after it is free. Beside `tcp.seq` Wireshark has a field `tcp.seq_raw`.
    let hasRaw: [Bool]

    init(_ names: [String]) {
        let all = Set(names)
        hasRaw = names.map { !all.contains($0 + "_raw") }
        var text = TextBuffer()
        ends = names.map { name in
            text.append(",\"")
            text.append(jsonContents: name.utf8)
            text.append("\":")
            return text.count
        }
        self.text = text.bytes
    }

    /// Where in the text the key `index` is, with the comma before it.
    fileprivate func range(_ index: Int) -> Range<Int> { (index > 0 ? ends[index - 1] : 0)..<ends[index] }

    fileprivate var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get { text.span.bytes }
    }
}

extension TextBuffer {
    /// The key `index` of `keys`.
    ///
    /// - Parameter hasComma: Another member is before it.
    mutating func append(_ keys: borrowing JSONKeys, _ index: Int, after hasComma: Bool = false) {
        let range = keys.range(index)
        append(utf8: keys.bytes.extracting(hasComma ? range : range.lowerBound + 1..<range.upperBound))
    }

    /// The key `index` of `keys`, with `suffix` after its name.
    mutating func append(_ keys: borrowing JSONKeys, _ index: Int, _ suffix: StaticString) {
        let range = keys.range(index)
        // Neither the comma nor the quote and colon at its end.
        append(utf8: keys.bytes.extracting(range.lowerBound + 1..<range.upperBound - 2))
        append(suffix)
        append("\":")
    }
}
