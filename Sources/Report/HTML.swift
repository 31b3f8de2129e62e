import Fields
import Output

/// A page under construction.
///
/// What is written in the program reaches it by ``own(_:)``, which takes no other text; everything else by
/// ``wire(_:cut:)``, ``words(_:)`` or as a number, none of which can be markup.
struct HTML {
    private(set) var text = TextBuffer()

    /// Characters of a text from the wire that are shown, unless said otherwise.
    static let shownCharacters = 48

    /// Markup, and words, as they are written in the program.
    mutating func own(_ markup: StaticString) { text.append(markup) }

    /// Text from the wire as it came, or from who named a file: cut off, and apart from its surroundings however it is
    /// written.
    mutating func wire(_ bytes: [UInt8], cut limit: Int = HTML.shownCharacters) {
        appendWire(bytes, limit) { $0.length(of: bytes.count) }
    }

    /// Text from the wire that is safe to print: its escapes are shown, and not counted.
    mutating func wire(_ safe: TextBuffer, cut limit: Int = HTML.shownCharacters) {
        appendWire(safe.bytes, limit) { html in
            var came = TextBuffer()
            came.append(unescaping: safe.bytes.span.bytes)
            html.length(of: came.count)
        }
    }

    /// The same of a text that was cut before.
    mutating func wire(cut safe: TextBuffer, to limit: Int) { appendWire(safe.bytes, limit) { $0.own("…") } }

    private mutating func appendWire(_ bytes: [UInt8], _ limit: Int, orElse tell: (inout HTML) -> Void) {
        own("<bdi dir=ltr class=wire>")
        let isWhole = append(escaping: bytes, limit)
        own("</bdi>")
        guard !isWhole else { return }
        own("<span class=cut>")
        tell(&self)
        own("</span>")
    }

    private mutating func length(of count: Int) {
        own("… ")
        own(decimal: UInt64(count))
        own(" bytes")
    }

    /// What we have put together ourselves of numbers and words: it is escaped all the same.
    mutating func words(_ string: String) { _ = append(escaping: Array(string.utf8), .max) }
    mutating func words(_ buffer: TextBuffer) { _ = append(escaping: buffer.bytes, .max) }

    mutating func own(decimal value: UInt64) { text.append(decimal: value) }

    /// A place or a length in a picture, to a tenth or, where the picture is stretched, a hundredth.
    mutating func own(length value: Double, decimals: Int = 1) { text.append(length: value, decimals: decimals) }

    /// The path of a picture: letters and numbers.
    mutating func own(path: PicturePath) { text.append(path.text) }

    /// The style sheet, which is ours; in its element nothing is escaped.
    mutating func own(style sheet: TextBuffer) { text.append(sheet) }

    /// Data that no browser runs: JSON in which nothing can end its element.
    mutating func data(_ json: TextBuffer) {
        for byte in json.bytes {
            switch byte {
            case 0x3c: text.append("\\u003c")
            case 0x3e: text.append("\\u003e")
            case 0x26: text.append("\\u0026")
            default: text.append(ascii: byte)
            }
        }
    }

    /// - Returns: Whether all of it was written.
    private mutating func append(escaping bytes: [UInt8], _ limit: Int) -> Bool {
        var place = 0
        var shown = 0
        while place < bytes.count {
            guard shown < limit else { return false }
            shown += 1
            let byte = bytes[place]
            switch byte {
            case 0x26: own("&amp;")
            case 0x3c: own("&lt;")
            case 0x3e: own("&gt;")
            case 0x22: own("&quot;")
            case 0x27: own("&#39;")
            // Texts that are safe to print have escapes already.
            case 0x5c: text.append(ascii: byte)
            default:
                let length = TextBuffer.printableLength(bytes.span.bytes, at: place)
                guard length > 0 else {
                    text.append("\\x")
                    text.append(hexadecimal: UInt64(byte), digits: 2)
                    break
                }
                text.bytes.append(contentsOf: bytes[place..<place + length])
                place += length - 1
            }
            place += 1
        }
        return true
    }
}

extension TextBuffer {
    /// A number of a picture, without zeros at its end.
    mutating func append(length value: Double, decimals: Int) {
        let scale = decimals == 1 ? 10.0 : 100.0
        let units = Int((min(max(value, -1e9), 1e9) * scale).rounded())
        if units < 0 { append("-") }
        let magnitude = units.magnitude
        append(decimal: UInt64(magnitude) / UInt64(scale))
        var (rest, width) = (UInt64(magnitude) % UInt64(scale), decimals == 1 ? 1 : 2)
        guard rest > 0 else { return }
        if width == 2, rest % 10 == 0 {
            rest /= 10
            width = 1
        }
        append(".")
        append(decimal: rest, width: width)
    }
}

/// The `d` of a path.
struct PicturePath {
    private(set) var text = TextBuffer()

    var isEmpty: Bool { text.isEmpty }

    /// A bar that stands on a line, or hangs from it.
    ///
    /// - Parameters:
    ///   - y: Of the line. It grows to below.
    ///   - height: Less than 0 stands.
    mutating func bar(x: Double, y: Double, width: Double, height: Double) {
        command(0x4d, x, y)
        text.append("h")
        text.append(length: width, decimals: 2)
        text.append("v")
        text.append(length: height, decimals: 1)
        text.append("h")
        text.append(length: -width, decimals: 2)
        text.append("z")
    }

    mutating func line(x: Double, from top: Double, to bottom: Double) {
        command(0x4d, x, top)
        text.append("V")
        text.append(length: bottom, decimals: 1)
    }

    mutating func line(y: Double, from left: Double, to right: Double) {
        command(0x4d, left, y)
        text.append("H")
        text.append(length: right, decimals: 2)
    }

    private mutating func command(_ letter: UInt8, _ x: Double, _ y: Double) {
        text.append(ascii: letter)
        text.append(length: x, decimals: 2)
        text.append(" ")
        text.append(length: y, decimals: 1)
    }
}
