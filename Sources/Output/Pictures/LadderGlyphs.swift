import Fields

/// The characters of pictures in text: those for boxes, or ASCII.
struct LadderGlyphs: Sendable {
    let isASCII: Bool

    var bar: StaticString { isASCII ? "|" : "│" }
    var waitBar: StaticString { isASCII ? ":" : "┊" }
    var to: StaticString { isASCII ? "->" : "→" }
    var from: StaticString { isASCII ? "<-" : "←" }
    /// A column wide.
    var shortTo: StaticString { isASCII ? ">" : "→" }
    var shortFrom: StaticString { isASCII ? "<" : "←" }
    var headRight: StaticString { isASCII ? ">" : "▶" }
    var headLeft: StaticString { isASCII ? "<" : "◀" }
    var answers: StaticString { isASCII ? "^" : "↩" }
    var asksFor: StaticString { isASCII ? "?" : "↪" }
    var ellipsis: StaticString { isASCII ? ".." : "…" }

    func line(isMany: Bool) -> StaticString {
        if isASCII { return isMany ? "=" : "-" }
        return isMany ? "═" : "─"
    }

    func piece(_ piece: LadderBrackets.Piece) -> StaticString {
        switch piece {
        case .none: " "
        case .begin: isASCII ? "." : "┌"
        case .pass: bar
        case .join: isASCII ? "|" : "├"
        case .end: isASCII ? "'" : "└"
        }
    }

    func mark(_ severity: Severity) -> StaticString {
        switch severity {
        case .error: isASCII ? "!!" : "■"
        case .warning: isASCII ? "!" : "▲"
        case .note, .chat: isASCII ? "*" : "●"
        }
    }

    /// Of eight heights; the least is seen, too.
    func height(_ height: Int) -> StaticString {
        let names: [StaticString] =
            isASCII
            ? [".", ":", "-", "=", "+", "*", "%", "#"] : ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        return names[min(max(height, 1), names.count) - 1]
    }
}

/// A line of a terminal, which does not wrap: what has no room is cut off.
struct LadderLine {
    let glyphs: LadderGlyphs
    private let width: Int
    private(set) var text = TextBuffer()
    /// Columns that are taken.
    private(set) var column = 0

    init(_ glyphs: LadderGlyphs, width: Int) {
        self.glyphs = glyphs
        self.width = width
    }

    mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { bytes in append(Array(bytes)) }
    }

    mutating func append(_ buffer: TextBuffer) { append(buffer.bytes) }

    mutating func append(_ string: String) { append(Array(string.utf8)) }

    mutating func append(decimal value: UInt64) {
        var number = TextBuffer()
        number.append(decimal: value)
        append(number)
    }

    /// What changes colours, and takes no room.
    mutating func append(escape body: (inout TextBuffer) -> Void) { body(&text) }

    mutating func pad(to column: Int) {
        let wanted = min(column, width)
        if wanted > self.column {
            text.append(spaces: wanted - self.column)
            self.column = wanted
        }
    }

    mutating func append(rightAlignedTo end: Int, _ buffer: TextBuffer) {
        pad(to: end - Self.width(of: glyphs.plain(buffer.bytes)))
        append(buffer)
    }

    /// UTF-8 that is safe to print.
    private mutating func append(_ bytes: [UInt8]) {
        let scalars = String(decoding: glyphs.plain(bytes), as: UTF8.self).unicodeScalars
        let left = width - column
        guard scalars.reduce(0, { $0 + $1.screenColumns }) > left else {
            for scalar in scalars { append(scalar) }
            return
        }
        // Cut off in sight, where there is room to say so.
        let mark = "\(glyphs.ellipsis)".unicodeScalars
        let end = mark.count <= left ? width - mark.count : width
        for scalar in scalars {
            guard column + scalar.screenColumns <= end else { break }
            append(scalar)
        }
        if end < width { for scalar in mark { append(scalar) } }
        column = width
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        column += scalar.screenColumns
        text.append(String(scalar))
    }

    mutating func end(into output: inout TextBuffer) {
        while text.bytes.last == 0x20 { text.bytes.removeLast() }
        output.append(text)
        output.append("\n")
        text.removeAll()
        column = 0
    }

    static func width(of bytes: [UInt8]) -> Int { ScreenSteps(bytes[...]).reduce(0) { $0 + $1.columns } }
}

extension LadderGlyphs {
    /// The same in the characters there are: what we write ourselves becomes ASCII that looks alike, all else an escape.
    func plain(_ bytes: [UInt8]) -> [UInt8] {
        guard isASCII, bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var text = TextBuffer()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "…": text.append("..")
            case "×": text.append("x")
            case "µ": text.append("u")
            case "→": text.append("->")
            case "←": text.append("<-")
            case "–": text.append("-")
            default:
                if scalar.isASCII {
                    text.append(String(scalar))
                } else {
                    for byte in String(scalar).utf8 {
                        text.append("\\x")
                        text.append(hexadecimal: UInt64(byte), digits: 2)
                    }
                }
            }
        }
        return text.bytes
    }
}
