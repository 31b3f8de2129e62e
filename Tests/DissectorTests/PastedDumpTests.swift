import Dissector
import Support
import Testing

/// Dumps whose numbers are not bytes in their order.
@Suite struct PastedDumpTests {
    typealias Written = PastedTextTests.Written

    private static let verack = PastedTextTests.verack

    static let dumps: [Written] = [
        // Of xxd -e the text says which byte of a group comes first.
        Written(
            """
            00000000: d9b4bef9 61726576 00006b63 00000000  ....verack......
            00000010: 00000000 e2e0f65d                    ....]...
            """, .dump, verack),
        Written(
            """
            00000000: d9b4bef9 61726576 00006b63 00000000  ....verack......
            00000010: 00000000 e2e0f65d   636261           ....]...abc
            """, .dump, verack + "616263"),
        Written(
            """
            00000000: bef9 d9b4 6576 6172 6b63 0000 0000 0000  ....verack......
            00000010: 0000 0000 f65d e2e0   41                 ....]...A
            """, .dump, verack + "41"),
        Written(
            """
            00000000: 61726576d9b4bef9 0000000000006b63  ....verack......
            00000010: e2e0f65d00000000             0201  ....].....
            """, .dump, verack + "0102"),
        Written("00000000: d9b4bef9     6576  ....ve", .dump, "f9beb4d97665"),
        // Spaces are text, too.
        Written(
            """
            00000000: 62612020 20646320 62612020 20646320    ab cd   ab cd
            00000010: 62612020     3120                      ab 1
            """, .dump, "20206162206364202020616220636420202061622031"),
        Written("00000000: f9beb4d9 76657261 636b0000  ....verack..", .dump, "f9beb4d976657261636b0000"),
        Written("00000000: 00000000 00000000  ........\n00000008: 00000001  ....", .dump, "000000000000000000000001"),
        Written(
            """
            0000000 d9b4bef9 61726576 00006b63 00000000
            0000020 00000000 e2e0f65d 00000041
            0000031
            """, .dump, verack + "41"),
        Written(
            """
            0000000 d9b4bef9 61726576 00006b63 00000000
            0000016 00000000 e2e0f65d
            0000024
            """, .dump, verack),
        Written(
            """
            000000 61726576d9b4bef9 0000000000006b63  >....verack......<
            000010 e2e0f65d00000000                   >....]...<
            000018
            """, .dump, verack),
        Written(
            """
            0000000    bef9    d9b4    6576    6172    6b63    0000    0000    0000
            0000010    0000    0000    f65d    e2e0
            """, .dump, verack),
    ]

    @Test(arguments: dumps) func isRead(_ written: Written) throws {
        let pasted = try PastedText(Array(written.text.utf8))
        #expect(pasted.bytes.hex == written.bytes && pasted.dress == written.dress)
    }

    /// Where the text says nothing, or the same of both, bytes are in their order.
    @Test(arguments: [
        ("00000000: d9b4bef9 61726576", "d9b4bef961726576"),
        ("00000000: d9b4bef9 00000080  ........", "d9b4bef900000080"), ("00000000: 61726576  ?!?!", "61726576"),
        ("00000000: 61726576  vera and more", "61726576"),
    ])
    func groupsAreReadAsTheyStand(_ text: String, _ bytes: String) throws {
        #expect(try PastedText(Array(text.utf8)).bytes.hex == bytes)
    }

    @Test(arguments: [
        ("00000000: 11111001 10111110  ..", "numbers of xxd -b are bits; xxd prints bytes"),
        ("0000000 137371 154664\n0000004", "numbers of od are octal words; od -tx1 prints bytes"),
        ("00000000: 11111001 10111110 10110100", "numbers of xxd -b are bits; xxd prints bytes"),
        ("0000000 371 276 264 331 166\n0000005", "numbers of od -b are octal; od -tx1 prints bytes"),
        ("$ od -b verack\n0000000 371 276", "numbers of od -b are octal; od -tx1 prints bytes"),
        ("000000 371 276 264 331", "numbers of od -b are octal; od -tx1 prints bytes"),
        (
            "0000000 371 276 264 331   v   e   r   a   c   k  \\0  \\0\n0000014",
            "od -c and od -a print characters; od -tx1 prints bytes"
        ),
        ("0000000   y   >   4   Y   v nul  ff\n0000007", "od -c and od -a print characters; od -tx1 prints bytes"),
        ("0000000 249 190  97   0", "numbers of this dump are decimal; od -tx1 prints bytes"),
        ("0000000           3652501241", "numbers of this dump are decimal; od -tx1 prints bytes"),
        ("0000000 nul nul nul", "od -c and od -a print characters; od -tx1 prints bytes"),
        ("0000000 -16647  -9804  25974", "numbers of this dump are decimal; od -tx1 prints bytes"),
        (" 371 276 264 331 166", "numbers of three octal digits are no bytes; od -tx1 prints them"),
        ("249 190 180 217  97   0", "these numbers seem to be decimal; put commas between them, or use od -tx1"),
    ])
    func numbersAreRefused(_ text: String, _ problem: String) {
        #expect(throws: PasteProblem(problem)) { try PastedText(Array(text.utf8)) }
    }

    /// Bytes that look like such numbers.
    @Test(arguments: [
        ("0000000 00 10 20 ff\n0000004", "001020ff"), ("0000000 ff ff\n0000002", "ffff"), ("10 20 30 40", "10203040"),
        ("00000000: 00000000 11111111  ........", "0000000011111111"), ("100200 300400", "100200300400"),
    ])
    func bytesAreNoNumbers(_ text: String, _ bytes: String) throws {
        #expect(try PastedText(Array(text.utf8)).bytes.hex == bytes)
    }

    /// Offsets of `xxd -d` and `od -Ad` are decimal; those of two or three lines are octal numbers too.
    @Test(arguments: [24, 32, 56, 120])
    func decimalOffsets(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8($0 * 7 & 0xff) }
        let lines = stride(from: 0, to: count, by: 16).map { ($0, Array(bytes[$0..<min($0 + 16, count)])) }
        func offset(_ at: Int, _ digits: Int) -> String {
            String(repeating: "0", count: digits - "\(at)".count) + "\(at)"
        }
        let xxd = lines.map { "\(offset($0, 8)): \($1.hex.inPairs(4).joined(separator: " "))  ....\n" }.joined()
        #expect(try PastedText(Array(xxd.utf8)).bytes == bytes)
        let od = lines.map { "\(offset($0, 7)) \($1.hex.inPairs(2).joined(separator: " "))\n" }.joined()
        #expect(try PastedText(Array(od.utf8)).bytes == bytes)
        #expect(try PastedText(Array((od + offset(count, 7)).utf8)).bytes == bytes)
    }
}
