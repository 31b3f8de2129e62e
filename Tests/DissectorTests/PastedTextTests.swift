import Dissector
import Support
import Testing

/// Bytes as programs print them, and as people paste that.
@Suite struct PastedTextTests {
    /// One text for each way in which bytes are written.
    struct Written: CustomTestStringConvertible {
        let text: String
        let dress: PastedText.Dress
        let bytes: String
        var parts = 1
        var testDescription: String { text }

        init(_ text: String, _ dress: PastedText.Dress, _ bytes: String = "f9beb4d9", parts: Int = 1) {
            self.text = text
            self.dress = dress
            self.bytes = bytes
            self.parts = parts
        }
    }

    static let verack = "f9beb4d976657261636b000000000000000000005df6e0e2"

    static let hexadecimal: [Written] = [
        Written("`f9beb4d9`", .hexadecimal), Written("```\nf9beb4d9\n```", .hexadecimal),
        Written("```hex\nf9be\nb4d9\n```", .hexadecimal, parts: 2), Written("> f9beb4d9", .hexadecimal),
        Written("> f9be\n> b4d9", .hexadecimal, parts: 2), Written("<Buffer f9 be b4 d9>", .hexadecimal),
        Written("data=f9beb4d9", .hexadecimal), Written("raw_tx = 0xf9beb4d9", .hexadecimal),
        Written("F9h BEh B4h D9h", .hexadecimal), Written("F9h,BEh,\nB4h,D9h", .hexadecimal, parts: 2),
        Written("f9beb4d9", .hexadecimal), Written("F9BEB4D9", .hexadecimal), Written("f9 be b4 d9", .hexadecimal),
        Written("f9:be:b4:d9", .hexadecimal), Written("f9-be-b4-d9", .hexadecimal),
        Written("f9,be,b4,d9", .hexadecimal), Written("0xf9, 0xbe, 0xb4, 0xd9,", .hexadecimal),
        Written("0xf9 0xbe 0xb4 0xd9", .hexadecimal), Written("0xf9beb4d9", .hexadecimal),
        Written("0x1, 0x0, 0xb", .hexadecimal, "01000b"), Written("0:1:f", .hexadecimal, "00010f"),
        Written("\\xf9\\xbe\\xb4\\xd9", .hexadecimal), Written("\\xf9beb4d9", .hexadecimal),
        Written("f9b\neb4d\n9", .hexadecimal), Written("f9be\r\nb4d9\r\n", .hexadecimal, parts: 2),
        Written("\u{feff}f9\u{a0}be\u{200b}b4 d9", .hexadecimal), Written("b'f9beb4d9'", .hexadecimal),
        Written("bytes.fromhex('f9be b4d9')", .hexadecimal), Written("“f9beb4d9”", .hexadecimal),
        Written("[\"f9be\", \"b4d9\"]", .hexadecimal, parts: 2),
        Written("{\"hex\": \"f9beb4d9\"}", .hexadecimal),
        Written("{\"txid\": \"00\", \"size\": 4, \"hex\": \"f9beb4d9\", \"chain\": \"main\"}", .hexadecimal),
        Written("[\"f9beb4d9\"].pack(\"H*\")", .hexadecimal), Written("'f9beb4d9'.decode('hex')", .hexadecimal),
        Written("Buffer.from(\"f9beb4d9\", \"hex\")", .hexadecimal),
        Written("bytes.fromhex('f9be') + bytes.fromhex('b4d9')", .hexadecimal, parts: 2),
        Written("F9 BE   - the first half\nB4 D9   - \"the rest\"\n", .hexadecimal, parts: 2),
        Written(
            "Message Header:\n F9 BE  - Main network magic bytes\n B4 D9  - \"verack\" command\n", .hexadecimal,
            parts: 2),
        Written("version message:\n\nf9be\nPayload 1:\nb4d9", .hexadecimal, parts: 2),
        Written("f9:be:\nb4:d9:\n", .hexadecimal, parts: 2), Written("0xf9:0xbe:\n0xb4:0xd9", .hexadecimal, parts: 2),
        Written("f9be ........... half\n| b4d9 ......... rest", .hexadecimal, parts: 2),
        Written("# magic\nf9beb4d9 // mainnet", .hexadecimal), Written("10, 20", .hexadecimal, "1020"),
    ]

    static let others: [Written] = [
        Written("b'\\xf9\\xbe\\xb4\\xd9'", .literal),
        Written("\\xf9\\xbeverack\\x00", .literal, "f9be76657261636b00"),
        Written("b'\\xf9\\xbe' b'ver'", .literal, "f9be766572", parts: 2),
        Written("payload = b\"\\x00\\n\\\\\\\"\\t\"", .literal, "000a5c2209"),
        Written("char m[] = \"\\xf9\\xbe\"\n  \"\\264\\0\";", .literal, "f9beb400", parts: 2),
        Written("b'\\xf9ver' + b'\\x00' * 6", .literal, "f9766572000000000000", parts: 2),
        Written("(b'\\xf9'\n  b'v' + b'\\x00\\x01'*2)", .literal, "f97600010001", parts: 3),
        Written("\"\\xf9\" \\\n  \"v\" /* don't */", .literal, "f976", parts: 2),
        Written("a = b'\\xf9' # it's\nb = b'v'", .literal, "f976", parts: 2),
        Written("s.send(b'\\xf9')\ns.send(b'v')", .literal, "f976", parts: 2),
        Written("\"\\xf9\" . \"v\"", .literal, "f976", parts: 2),
        Written("{\"data\": \"\\u00f9v\"}", .literal, "f976"),
        Written("\\x41 \\x42 C", .literal, "41422043"),
        Written("{ 0xf9, 0xbe, 0xb4, 0xd9 }", .array), Written("[249, 190, 180, 217]", .array),
        Written("249, 190, 180, 217", .array), Written("{ (byte)0xf9, -66, -76, -39 }", .array),
        Written("b'\\x07/a[2]{1}/'", .literal, "072f615b325d7b317d2f"), Written("[f9, be, b4, d9]", .array),
        Written("{ 'v', 'e', 0 }", .array, "766500"),
        Written("new byte[] { (byte) 0xf9, (byte) 0xbe, (byte)0xb4, (byte) -39 }", .array),
        Written("let a: [u8; 4] = [0xf9u8, 0xbe, 0xb4, 0xd9];", .array),
        Written(
            "unsigned char m[] = {\n  0xf9, 0xbe, /* 0x00 */\n  0xb4, 0xd9 // end\n};\nunsigned int m_len = 4;", .array),
        Written("+b602XZlcmFjawAAAAAAAAAAAABd9uDi", .base64, verack),
        Written("+b602XZl\ncmFjawAAAAAAAAAAAABd9uDi\n", .base64, verack, parts: 2),
        Written("-b602Q", .base64), Written("+b602Q==", .base64),
    ]

    static let dumps: [Written] = [
        Written(
            """
            00000000: f9be b4d9 7665 7261 636b 0000 0000 0000  ....verack......
            00000010: 0000 0000 5df6 e0e2                      ....]...
            """, .dump, verack),
        Written(
            """
            00000000  f9 be b4 d9 76 65 72 61  63 6b 00 00 00 00 00 00  |....verack......|
            00000010  00 00 00 00 5d f6 e0 e2                           |....]...|
            00000018
            """, .dump, verack),
        Written(
            """
            0000000 bef9 d9b4 6576 6172 6b63 0000 0000 0000
            0000010 0000 0000 f65d e2e0
            0000018
            """, .dump, verack),
        Written(
            """
            0000000 f9 be b4 d9 76 65 72 61 63 6b 00 00 00 00 00 00
            0000020 00 00 00 00 5d f6 e0 e2
            0000030
            """, .dump, verack),
        Written(
            """
            0000  f9 be b4 d9 76 65 72 61 63 6b 00 00 00 00 00 00   ....verack......
            0010  00 00 00 00 5d f6 e0 e2                           ....]...
            """, .dump, verack),
        Written(
            """
            12:00:00 IP 10.0.0.1.8333 > 10.0.0.2.40000: Flags [P.], length 2
            \t0x0000:  f9be b4d9 7665  ....ve
            \t0x0006:  7261            ra
            12:00:01 IP 10.0.0.1.8333 > 10.0.0.2.40000: Flags [.], length 0
            \t0x0000:  00ff            ..
            """, .dump, "f9beb4d97665726100ff", parts: 2),
        Written(
            """
            00000000  61 62 63 64 65 66 30 31  32 33 34 35 36 37 38 39  |abcdef0123456789|
            *
            00000030  61 62                                             |ab|
            00000032
            """, .dump, String(repeating: "61626364656630313233343536373839", count: 3) + "6162"),
        Written("0x7ffe1000:\t0xf9\t0xbe\n0x7ffe1002:\t0xb4\t0xd9\n", .dump),
        Written("> ```\n> 0000  f9 be b4 d9  ....\n> ```", .dump),
        Written("00000000: 6162 6364  abcd\n00000004: 6162       ab\n", .dump, "616263646162"),
    ]

    @Test(arguments: hexadecimal + others + dumps)
    func isRead(_ written: Written) throws {
        let pasted = try PastedText(Array(written.text.utf8))
        #expect(pasted.bytes.hex == written.bytes)
        #expect(pasted.dress == written.dress)
        #expect(pasted.parts.count == written.parts)
        // From a file it is the same.
        let read = try PastedText(input: Array((written.text + "\n").utf8))
        #expect(read.bytes == pasted.bytes && read.parts == pasted.parts)
    }

    @Test(arguments: [
        ("", "there are no bytes"), (" \n", "there are no bytes"),
        ("f9be zz", "character 6: 'z' is not a hexadecimal digit"),
        ("f9be\nb4 q!", "line 2, character 4: 'q' is not a hexadecimal digit"),
        ("f9b", "an odd number of hexadecimal digits"),
        ("f9b, eb4d9!", "character 4: an odd number of hexadecimal digits ends before this"),
        ("b'\\xf9", "character 2: this string has no end"), ("\"\\q\"", "character 2: no byte is written like this"),
        ("{ 256 }", "character 1: '{' is not a hexadecimal digit"),
        ("0x", "character 2: 'x' is not a hexadecimal digit"),
        ("é", "character 1: byte 0xc3 is not a hexadecimal digit"),
        (
            "00000000: f9be  ..\n00000010: f9be  ..",
            "line 2: its offset is 16 more than the one before, and there are 2 bytes between them"
        ),
        (
            "00000000: f9be  ..\n*\nfffffffe: 00  .",
            "line 3: the dump stands for more than 64 MiB"
        ),
        ("Message Header f9:\nbe", "line 1, character 1: 'M' is not a hexadecimal digit"),
        ("Message Header:", "character 1: 'M' is not a hexadecimal digit"),
        ("<Buffer f9 be ... 74 more bytes>", "bytes are left out where ... stands"),
        ("f9beb4d976...5df6e0e2", "character 11: bytes are left out where ... stands"),
        ("f9be...........", "character 5: bytes are left out where ... stands"),
        ("f9 be ...\nb4", "line 1, character 7: bytes are left out where ... stands"),
        ("f9be ... 5df6 e0e2", "character 6: bytes are left out where ... stands"),
        ("...5df6", "character 1: bytes are left out where ... stands"),
        ("f9be…5df6", "character 5: bytes are left out where … stands"),
        ("0000  f9 be …  Magic\n0003  76  v", "line 1: bytes are left out where … stands; --full shows all"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ problem: String) {
        #expect(throws: PasteProblem(problem)) { try PastedText(Array(text.utf8)) }
    }

    /// What adds bytes to a string, or changes them, is no string: its bytes are not known.
    @Test(arguments: [
        "b'\\xf9' + bytes(6)", "b'\\xf9' + bytes([0, 0])", "bytes(6) + b'\\xf9'", "b'\\xf9' + pad + b'v'",
        "b'\\xf9'.ljust(12, b'\\x00')",
        "b'\\xf9'*n", "6*b'\\x00'", "(b'\\xf9' b'v')*6", "b'\\xf9' b'v'*6", "b'\\xf9'*2*3", "b'\\xf9'\n + pad + b'v'",
        "'\\xf9' % 5, 'v'", "b'\\x00'*99999999999999999999",
    ])
    func bytesBesideStringsAreRefused(_ text: String) {
        #expect(throws: PasteProblem.self) { try PastedText(Array(text.utf8)) }
    }

    @Test func oneOfSeveralStringsIsSaid() throws {
        let one = try PastedText(Array("{\"a\": \"xy\", \"hex\": \"f9beb4d9\"}".utf8))
        #expect(one.note == "of 2 strings the one that is hexadecimal was read")
        #expect(try PastedText(Array("[\"f9be\", \"b4d9\"]".utf8)).note == nil)
        for (text, which) in [("\"f9beb4d9\"", "2"), ("\"verack\"", "none")] {
            let second = which == "2" ? "\"00000000\"" : "\"x\""
            #expect(
                throws: PasteProblem("of 2 strings that may be bytes \(which) are hexadecimal; paste one alone")
            ) { try PastedText(Array("{\"a\": \(text), \"b\": \(second)}".utf8)) }
        }
    }

    /// Bytes of a message with its header, and whatever is no text, are what they are.
    @Test func rawBytes() throws {
        for bytes in [[UInt8](hex: Self.verack), [0, 1, 2], [0x31, 0x32, 0xff], Array("hello, world!\n".utf8)] {
            let pasted = try PastedText(input: bytes)
            #expect(pasted.bytes == bytes && pasted.dress == .raw && pasted.parts == [0..<bytes.count])
        }
        #expect(throws: PasteProblem("there are no bytes")) { try PastedText(input: []) }
        // A payload may have some digits.
        #expect(try PastedText(input: Array("1234567".utf8)).dress == .raw)
        #expect(try PastedText(input: Array("3132".utf8)).bytes == [0x31, 0x32])
    }

    /// A digit is missing: that is no base64, and from a file no bytes as they are.
    @Test(arguments: [
        (String(verack.dropLast()), "an odd number of hexadecimal digits"),
        ("343433333232313", "an odd number of hexadecimal digits"),
        ("f9:be:b4:d9:", nil), ("f9be b4d9 7", "an odd number of hexadecimal digits"),
        ("3434333332323131\n343433333232313\n3434333332323131", "line 2: an odd number of hexadecimal digits"),
        ("343\n434\n33333", "an odd number of hexadecimal digits in 3 of 3 lines, line 1 is the first"),
        ("0xf9be\n0xb4d97", "an odd number of hexadecimal digits ends before this"),
        ("f9beb4d9,765", "an odd number of hexadecimal digits"),
    ])
    func digitsThatAreNoBytes(_ text: String, _ problem: String?) {
        for isInput in [false, true] {
            do {
                let pasted = isInput ? try PastedText(input: Array(text.utf8)) : try PastedText(Array(text.utf8))
                #expect(problem == nil && pasted.dress == .hexadecimal)
            } catch {
                #expect(problem.map { "\(error)".hasSuffix($0) } == true, "\(error)")
            }
        }
    }

    // MARK: There and back

    @Test(arguments: BytesWriter.allCases)
    func writtenBytesAreReadAgain(_ writer: BytesWriter) throws {
        var random = SeededGenerator(seed: UInt64(writer.rawValue.utf8.reduce(0) { $0 &+ Int($1) }))
        for round in 0..<300 {
            let count = Int.random(in: 1...(round % 10 == 0 ? 300 : 40), using: &random)
            var bytes = random.bytes(count)
            // Text, digits and repeated lines are what may be misread.
            if round % 3 == 1 { bytes = bytes.map { 0x20 + $0 % 0x5f } }
            if round % 3 == 2 { bytes = bytes.map { [0x61, 0x30, 0x20, 0x0a][Int($0 % 4)] } }
            if round % 7 == 0 { bytes += [UInt8](repeating: 0, count: 64) + [1] }
            // Two are read as hexadecimal whatever they are meant for, and one that has no escape is no literal.
            guard writer.isDistinct(bytes) else { continue }
            let text = writer.text(bytes)
            let read = try PastedText(Array(text.utf8)).bytes
            guard read != bytes else { continue }
            Issue.record("\(bytes.hex) was read as \(read.hex) from \(text)")
            return
        }
    }

    /// Whatever is pasted is read or refused, and never becomes more than the limit.
    @Test func hostileTexts() {
        var random = SeededGenerator(seed: 23)
        let seeds = (Self.hexadecimal + Self.others + Self.dumps).map { Array($0.text.utf8) }
        for _ in 0..<5000 {
            let first = mutated(seeds[Int.random(in: 0..<seeds.count, using: &random)], &random)
            let second = random.chance(30) ? seeds[Int.random(in: 0..<seeds.count, using: &random)] : []
            guard let pasted = try? PastedText(input: first + second) else { continue }
            #expect(
                pasted.parts.first?.lowerBound ?? 0 == 0 && pasted.parts.last?.upperBound ?? 0 == pasted.bytes.count)
            let isInOrder = zip(pasted.parts, pasted.parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
            #expect(isInOrder && pasted.parts.allSatisfy { !$0.isEmpty })
        }
    }

    /// Texts of a megabyte that would be costly for who looks at each place from the beginning again.
    @Test(arguments: [
        "'", "\"\\x00\" ", "{", "[", "{1}", "/*", "\\", "\\x", "0x", "\n", "f\n", "00000000\n", "0000: 00\n", "*\n",
        "A", "=",
        "#", "- ", ".", ":", "0000  00 00\n", "'f9'", "\"", "1,", "b'", "… ",
    ])
    func longTexts(_ piece: String) {
        let text = Array(String(repeating: piece, count: (1 << 20) / piece.utf8.count).utf8)
        _ = try? PastedText(text)
        _ = try? PastedText(input: text + [0x3d])
    }
}

/// How the tests write bytes, as other programs do.
enum BytesWriter: String, CaseIterable {
    case plain, groups, commas, escapes, python, c, decimals, xxd, hexdump, octal, base64, wrapped

    /// Whether the text can be distinguished from all others.
    func isDistinct(_ bytes: [UInt8]) -> Bool {
        switch self {
        // Hexadecimal wins.
        case .base64: bytes.count > 12 && PastedTextTests.isNoHexadecimal(text(bytes))
        case .python: bytes.contains { !(0x20..<0x7f).contains($0) } && PastedTextTests.isNoHexadecimal(text(bytes))
        case .octal: bytes.count > 16
        default: true
        }
    }

    func text(_ bytes: [UInt8]) -> String {
        func digits(_ byte: UInt8) -> String { [byte].hex }
        switch self {
        case .plain: return bytes.hex
        case .groups: return bytes.map(digits).joined(separator: " ")
        case .commas: return bytes.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
        case .escapes: return bytes.map { "\\x" + digits($0) }.joined()
        case .python:
            let inside = bytes.map { byte in
                switch byte {
                case 0x27, 0x5c: "\\" + String(UnicodeScalar(byte))
                case 0x20..<0x7f: String(UnicodeScalar(byte))
                default: "\\x" + digits(byte)
                }
            }
            return "b'" + inside.joined() + "'"
        case .c:
            return "unsigned char data[] = {\n  " + bytes.map { "0x" + digits($0) }.joined(separator: ", ") + "\n};\n"
        case .decimals: return "[" + bytes.map { "\($0)" }.joined(separator: ", ") + "]"
        case .xxd: return dump(bytes, digits: 8, colon: ":") { $0.hex.inPairs(4).joined(separator: " ") }
        case .hexdump: return hexdump(bytes)
        case .octal:
            return lines(bytes).map { at, line in
                String(repeating: "0", count: 7 - String(at, radix: 8).count) + String(at, radix: 8) + " "
                    + line.hex.inPairs(2).joined(separator: " ") + "\n"
            }.joined()
        case .base64: return PastedTextTests.base64(bytes)
        case .wrapped: return bytes.hex.inPairs(61).joined(separator: "\n")
        }
    }

    private func lines(_ bytes: [UInt8]) -> [(Int, [UInt8])] {
        stride(from: 0, to: bytes.count, by: 16).map { ($0, Array(bytes[$0..<min($0 + 16, bytes.count)])) }
    }

    private func offset(_ at: Int, _ digits: Int) -> String {
        String(repeating: "0", count: digits - String(at, radix: 16).count) + String(at, radix: 16)
    }

    private func shown(_ line: [UInt8]) -> String {
        line.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
    }

    private func dump(_ bytes: [UInt8], digits: Int, colon: String, _ hex: ([UInt8]) -> String) -> String {
        lines(bytes).map { at, line in
            let groups = hex(line)
            return
                "\(offset(at, digits))\(colon) \(groups)\(String(repeating: " ", count: 39 - groups.count))  \(shown(line))\n"
        }.joined()
    }

    /// As `hexdump -C` does it: lines like the one before them are one `*`.
    private func hexdump(_ bytes: [UInt8]) -> String {
        var text = ""
        var before: [UInt8] = []
        var isLeftOut = false
        for (at, line) in lines(bytes) {
            if line == before {
                if !isLeftOut { text += "*\n" }
                isLeftOut = true
                continue
            }
            (before, isLeftOut) = (line, false)
            let pairs = line.hex.inPairs(2)
            let groups = pairs.prefix(8).joined(separator: " ") + "  " + pairs.dropFirst(8).joined(separator: " ")
            text += "\(offset(at, 8))  \(groups)\(String(repeating: " ", count: 50 - groups.count)) |\(shown(line))|\n"
        }
        return text + offset(bytes.count, 8) + "\n"
    }
}

extension String {
    /// Pieces of that number of characters.
    func inPairs(_ count: Int) -> [String] {
        let characters = Array(self)
        return stride(from: 0, to: characters.count, by: count).map {
            String(characters[$0..<Swift.min($0 + count, characters.count)])
        }
    }
}

extension PastedTextTests {
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let value = (group + [0, 0]).prefix(3).reduce(0) { $0 << 8 | Int($1) }
            for place in 0..<4 {
                text.append(place > group.count ? "=" : alphabet[value >> (18 - 6 * place) & 63])
            }
        }
        return text
    }

    /// Whether a text has a letter that no hexadecimal digit is.
    static func isNoHexadecimal(_ text: String) -> Bool {
        let inside = text.hasPrefix("b'") ? text.dropFirst(2).dropLast() : text[...]
        return !inside.allSatisfy { $0.isHexDigit || " ,:;-_.|#/".contains($0) }
    }
}
