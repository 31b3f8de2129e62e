import Fields

/// The names of fields as the beginnings of JSON keys, made once: a quote and the name, without the quote after it, so
/// that a suffix can follow.
struct JSONKeys {
    let names: [[UInt8]]
    /// Of each name whether a key with `_raw` after it is free. Beside `tcp.seq` Wireshark has a field `tcp.seq_raw`.
    let hasRaw: [Bool]

    init(_ names: [String]) {
        let all = Set(names)
        hasRaw = names.map { !all.contains($0 + "_raw") }
        self.names = names.map { name in
            var text = TextBuffer()
            text.append("\"")
            text.append(jsonContents: name.utf8)
            return text.bytes
        }
    }
}

extension TextBuffer {
    /// The key `index` of `keys`, with `suffix` after its name.
    mutating func append(_ keys: JSONKeys, _ index: Int, _ suffix: StaticString = "") {
        bytes.append(contentsOf: keys.names[index])
        append(suffix)
        append("\":")
    }
}
