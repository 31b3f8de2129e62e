/// What stands around bytes where they are copied from: the marks of Markdown and of quoted mail, `<Buffer …>`,
/// `data=`.
enum PastedWrapping {
    /// - Throws: Where the text says that bytes are left out.
    static func removed(from text: [UInt8]) throws(PasteProblem) -> [UInt8] {
        let inner = try buffer(unquoted(unfenced(text[...])))
        return unnamed(Array(inner))
    }

    /// Without backticks, one or three, and the name of a language after three.
    private static func unfenced(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.first == 0x60, text.last == 0x60 else { return text }
        let ticks = text.prefix { $0 == 0x60 }.count
        guard text.count > 2 * ticks, text.suffix(ticks).allSatisfy({ $0 == 0x60 }) else { return text }
        let inner = text.dropFirst(ticks).dropLast(ticks)
        guard ticks >= 3, let end = inner.firstIndex(of: 0x0a) else { return inner }
        return inner[end...]
    }

    /// Without `>` at the beginning of each line, if it is at each.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.first == 0x3e else { return text }
        var inner: [UInt8] = []
        for line in text.split(separator: 0x0a) where line.contains(where: { $0 > 0x20 }) {
            guard line.first == 0x3e else { return text }
            inner.append(contentsOf: line.dropFirst())
            inner.append(0x0a)
        }
        return inner[...]
    }

    private static func buffer(_ text: ArraySlice<UInt8>) throws(PasteProblem) -> ArraySlice<UInt8> {
        let start = Array("<Buffer ".utf8)
        guard text.starts(with: start), text.last == 0x3e else { return text }
        let inner = text.dropFirst(start.count).dropLast()
        guard !inner.contains(0x2e) else { throw PasteProblem("bytes are left out where ... stands") }
        return inner
    }

    /// Without a name and `=` before hexadecimal digits. At the end of base64 stands `=` too, but no digit after it.
    private static func unnamed(_ text: [UInt8]) -> [UInt8] {
        guard let sign = text.prefix(100).firstIndex(of: 0x3d) else { return text }
        let name = text[..<sign].reversed().drop { $0 == 0x20 }
        let isName = name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x5f }
        let value = text[(sign + 1)...].drop { $0 == 0x20 }
        let hasDigits =
            value.count > 1 && value.prefix(2).allSatisfy { HexadecimalText.digit($0) != nil || $0 | 0x20 == 0x78 }
        guard isName, !name.isEmpty, hasDigits, (try? HexadecimalText.read(Array(value))) != nil else { return text }
        return Array(value)
    }
}
