import Fields
import Support
import Testing

/// Text from the wire never reaches a terminal as it came.
@Suite struct WireTextTests {
    private func wire(_ bytes: [UInt8]) -> String { text { $0.append(wire: bytes.span.bytes) } }
    private func wire(_ text: String) -> String { wire(Array(text.utf8)) }

    /// Each byte of `text` as `\x…`.
    private func escaped(_ text: String) -> String {
        text.utf8.map { "\\x" + (($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined()
    }

    @Test(arguments: ["/Satoshi:28.1.0/", "ünïcödé", "日本語", "שלום", "₿ × → …", "😀", "", " ~"])
    func printableTextStays(_ text: String) { #expect(wire(text) == text) }

    @Test func controlCharacters() {
        let named: [UInt8: String] = [0x09: "\\t", 0x0a: "\\n", 0x0d: "\\r"]
        for byte in UInt8(0)...0x1f { #expect(wire([byte]) == named[byte] ?? escaped(String(UnicodeScalar(byte)))) }
        #expect(wire([0x7f]) == "\\x7f")
        for value in UInt32(0x80)...0x9f {
            let scalar = String(UnicodeScalar(value)!)
            #expect(wire(scalar) == escaped(scalar), "C1 in UTF-8")
            #expect(wire([UInt8(value)]) == "\\x" + String(value, radix: 16), "C1 in one byte")
        }
    }

    @Test func backslash() {
        #expect(wire("\\") == "\\\\")
        #expect(wire("\\x1b") == "\\\\x1b", "an escape that somebody sends is not taken for ours")
    }

    @Test func terminalEscapes() {
        #expect(wire("\u{1b}[31mred\u{1b}[0m") == "\\x1b[31mred\\x1b[0m")
        #expect(wire("\u{1b}]0;title\u{7}") == "\\x1b]0;title\\x07")
        #expect(wire([0x9b, 0x33, 0x31, 0x6d]) == "\\x9b31m", "CSI in one byte")
        #expect(wire("a\u{8}b\rc") == "a\\x08b\\rc")
    }

    @Test func invalidUTF8() {
        #expect(wire([0xff, 0xfe, 0x41]) == "\\xff\\xfeA")
        #expect(wire([0x80]) == "\\x80", "a continuation alone")
        #expect(wire([0xc3]) == "\\xc3", "cut")
        #expect(wire([0xe2, 0x82]) == "\\xe2\\x82", "cut")
        #expect(wire([0xc3, 0x41]) == "\\xc3A", "what follows is not swallowed")
        #expect(wire([0xf0, 0x9f, 0x98, 0x41]) == "\\xf0\\x9f\\x98A")
        #expect(wire([0xc0, 0xaf]) == "\\xc0\\xaf", "overlong /")
        #expect(wire([0xe0, 0x80, 0xaf]) == "\\xe0\\x80\\xaf", "overlong /")
        #expect(wire([0xf0, 0x80, 0x80, 0xaf]) == "\\xf0\\x80\\x80\\xaf", "overlong /")
        #expect(wire([0xc1, 0xbf]) == "\\xc1\\xbf", "overlong DEL")
        #expect(wire([0xed, 0xa0, 0x80]) == "\\xed\\xa0\\x80", "surrogate")
        #expect(wire([0xed, 0xbf, 0xbf]) == "\\xed\\xbf\\xbf", "surrogate")
        #expect(wire([0xf4, 0x90, 0x80, 0x80]) == "\\xf4\\x90\\x80\\x80", "beyond U+10FFFF")
        #expect(wire([0xf5, 0x80, 0x80, 0x80]) == "\\xf5\\x80\\x80\\x80")
    }

    /// Characters that change how their neighbours are shown, or are not seen at all.
    @Test(
        arguments: [
            0x00ad,  // soft hyphen
            0x034f,  // combining grapheme joiner
            0x061c,  // Arabic letter mark
            0x115f, 0x3164, 0xffa0,  // Hangul fillers
            0x180e,  // Mongolian vowel separator
            0x200b, 0x200c, 0x200d, 0x2060, 0xfeff,  // zero width
            0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,  // directions
            0x2028, 0x2029,  // line and paragraph separator
            0xe000, 0xf8ff, 0x10fffd,  // private use
            0xfdd0, 0xfffe, 0x1ffff, 0x10ffff,  // noncharacters
            0xfe0f, 0xe0100,  // variation selectors
            0xe0041,  // tag
        ] as [UInt32])
    func invisibleCharacters(_ value: UInt32) throws {
        let scalar = String(try #require(UnicodeScalar(value)))
        #expect(wire("a" + scalar + "b") == "a" + escaped(scalar) + "b")
    }

    /// Plain text is taken in pieces: a byte that is not plain is seen wherever it stands.
    @Test func everyByteAtEveryPlace() {
        let plain = Array("abcdefghijklmnopqrstuvw".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in plain.indices {
                var bytes = plain
                bytes[place] = byte
                let (before, after) = (plain[..<place], plain[(place + 1)...])
                #expect(wire(bytes) == wire(Array(before)) + wire([byte]) + wire(Array(after)))
            }
        }
    }

    @Test func randomBytesComeOutPrintableAndCanBeReadBack() throws {
        var generator = SeededGenerator(seed: 2)
        for round in 0..<3_000 {
            var bytes = generator.bytes(Int(generator.next() % 40))
            if round % 2 == 0 {
                // Mostly well-formed text, with damage.
                var text = ""
                for _ in 0..<20 {
                    let value = UInt32(truncatingIfNeeded: generator.next() >> (generator.next() % 24))
                    if let scalar = UnicodeScalar(value & 0x1f_ffff) { text.unicodeScalars.append(scalar) }
                }
                bytes = Array(text.utf8)
                if !bytes.isEmpty { bytes[Int(generator.next() % UInt64(bytes.count))] ^= 1 << (generator.next() % 8) }
            }
            var buffer = TextBuffer()
            buffer.append(wire: bytes.span.bytes)
            try #require(String(validating: buffer.bytes, as: UTF8.self) != nil, "\(bytes)")
            for scalar in buffer.string.unicodeScalars {
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                    Issue.record("U+\(String(scalar.value, radix: 16)) of \(bytes)")
                default: break
                }
            }
            try #require(unescape(buffer.bytes) == bytes)
        }
    }

    /// The reverse of escaping.
    private func unescape(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(0x0a)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "r"): bytes.append(0x0d)
            case UInt8(ascii: "\\"): bytes.append(0x5c)
            case UInt8(ascii: "x"):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: return nil
            }
        }
        return bytes
    }
}
