import Support
import Testing
import _StringProcessing

@testable import DisplayFilter

@Suite struct LinearPatternTests {
    private func isFound(_ pattern: String, _ text: String) throws -> Bool {
        try isFound(pattern, Array(text.utf8))
    }

    private func isFound(_ pattern: String, _ bytes: [UInt8]) throws -> Bool {
        var threads = PatternThreads()
        return try DisplayFilter.LinearPattern(Array(pattern.utf8)).isFound(in: bytes.span.bytes, &threads)
    }

    static let found: [(String, String)] = [
        ("", ""), ("", "abc"), ("b", "abc"), ("B", "abc"), ("abc", "xxABCxx"), ("a.c", "abc"), ("^abc$", "abc"),
        ("^$", ""), ("c$", "abc\n"), ("\\Ac*\\z", "ccc"), ("c\\Z", "c\n"), ("a|b|c", "c"), ("(a|b)c", "xbc"),
        ("x(|y)z", "xz"), ("(?:ab)+$", "ababab"),
        ("a*", ""), ("a+b", "aaab"), ("a?b", "b"), ("a{3}", "aaa"), ("^a{2,3}$", "aaa"), ("^a{2,}$", "aaaaa"),
        ("a{,2}", "a{,2}"), ("a{x}", "a{x}"), ("^a{0}b", "b"), ("a*?b", "aab"), ("[abc]+", "zzb"), ("[^a-y]", "az"),
        ("[a-]", "-"), ("[]a]", "]"), ("[^]a]", "b"), ("[\\d.]+$", "x1.2"), ("[[:digit:]]", "a1"),
        ("\\d\\D\\w\\W\\s\\S", "1aa- x"),
        ("\\bfoo\\b", "a foo b"), ("\\Boo", "foo"), ("\\x41", "A"), ("\\x{41}", "a"), ("\\.", "a.b"), ("\\\\", "\\"),
        ("\\t\\n\\r\\0", "\t\n\r\u{0}"), ("(?i)ABC", "abc"), ("(?-i)abc", "abc"), ("(?-i:a)B", "ab"),
        ("(?-i)[a-c]", "b"),
        ("a(?-i)b", "Ab"), ("(?:(?-i)b)C", "bc"), ("(?s)a.b", "a\nb"), ("(?m)^b$", "a\nb\nc"), ("(?<name>a)", "a"),
        ("(?P<n1>a)b", "ab"), ("ä", "ä"),
        ("ä+$", "ää"), ("(ä|ö)x", "öx"), ("a(b(c(d)?)?)?$", "abc"), ("(a*)*b", "aab"), ("(a|b|ab)*c", "ababc"),
        ("((a)|())+", ""), ("[\\b]", "\u{8}"), ("(a{2}){2}", "aaaa"), ("x{2}{2}", "xxxx"), ("[a\\]b]c", "]c"),
        ("a$|b", "b"),
        ("(^a|b)c", "xbc"), ("^(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)$", "249"), ("[A-Z]x", "bx"), ("(?-i)[^a]", "A"),
        ("/satoshi:", "/Satoshi:"),
    ]

    static let missed: [(String, String)] = [
        ("a", ""), ("abc", "ab"), ("^b", "ab"), ("a$", "ab"), ("a.c", "a\nc"), ("c\\z", "c\n"), ("^a{2,3}$", "aaaa"),
        ("^a{3}$", "aa"), ("[^abc]", "cab"), ("\\d", "abc"), ("\\bfoo\\b", "afoo"), ("\\Bfoo", "foo"),
        ("(?-i)abc", "ABC"),
        ("(?-i:a)b", "Ab"), ("(?-i)[a-c]", "B"), ("(ab)+$", "aba"), ("ä", "Ä"), ("a(?-i)b", "AB"),
        ("(?:(?-i)b)c", "Bc"),
        ("^b$", "a\nb\nc"), ("x{2}{2}", "xxx"), ("[^A]", "a"), ("(a|b)c", "ad"), ("[[:alpha:]]", "123"), ("\\.", "ab"),
    ]

    @Test(arguments: found) func finds(_ pattern: String, _ text: String) throws {
        #expect(try isFound(pattern, text))
    }

    @Test(arguments: missed) func misses(_ pattern: String, _ text: String) throws {
        #expect(try !isFound(pattern, text))
    }

    @Test(arguments: [
        ("a)", 1), ("(a", 0), ("(?=a)", 2), ("(?!a)", 2), ("(?<=a)", 2), ("(?<!a)", 2), ("(a)\\1", 3), ("*", 0),
        ("a|*", 2), ("a**+", 3),
        ("[a", 0), ("[", 0), ("[z-a]", 1), ("[[:nope:]]", 1), ("\\", 0), ("\\q", 0), ("\\x", 0), ("\\x{1234}", 0),
        ("a{1001}", 1), ("a{3,2}", 1), ("[ä]", 1), ("(?", 2), ("(?a)", 2), ("(?<n", 4), ("a{1000}{1000}", 0),
        ("(){1000}{1000}{1000}", 0),
    ]) func refuses(_ pattern: String, _ position: Int) {
        let error = #expect(throws: PatternError.self) { try DisplayFilter.LinearPattern(Array(pattern.utf8)) }
        #expect(error?.position == position, "\(error?.message ?? "")")
    }

    @Test func nestingIsBounded() {
        for pattern in [String(repeating: "(", count: 50_000), "a" + String(repeating: "??", count: 20_000)] {
            #expect(throws: PatternError.self) { try DisplayFilter.LinearPattern(Array(pattern.utf8)) }
        }
    }

    /// Patterns that hold up machines that try one way after the other, over text made for it.
    @Test func hostileTextTakesLinearTime() throws {
        let patterns = [
            "(a*)*b", "(a+)+$b", "(a|a)*b", "(a|aa)+b", "^(([a-z])+.)+[A-Z]b$", "(.*)(.*)(.*)b", "(a?){50}a{50}b",
        ]
        for (index, pattern) in patterns.enumerated() {
            let text = [UInt8](repeating: 0x61, count: index == 0 ? 100_000 : 10_000)
            #expect(try !isFound(pattern, text), "\(pattern)")
            #expect(try isFound(pattern, text + [0x62]) != pattern.contains("$b"), "\(pattern)")
        }
    }

    /// All bytes can be matched, and no sequence of them is anything special.
    @Test func bytesAreNoText() throws {
        #expect(try isFound("\\xff\\xc0", [0x00, 0xff, 0xc0]))
        #expect(try isFound("^.{3}$", [0xff, 0xfe, 0xfd]))
        #expect(try !isFound("a", Array(0x80...0xff)))
    }

    /// Against Swift's own machine, on patterns that both read alike.
    @Test func agreesWithAnotherMachine() throws {
        var random = SeededGenerator(seed: 3)
        let atoms = ["a", "b", "c", "[ab]", "[^a]", ".", "(a|b)", "(ab|c)", "(a*b)", "(b|)"]
        let repeats = ["", "", "", "*", "+", "?", "{2}", "{1,2}"]
        for _ in 0..<300 {
            var pattern = Bool.random(using: &random) ? "" : "^"
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                pattern += (atoms.randomElement(using: &random) ?? "") + (repeats.randomElement(using: &random) ?? "")
            }
            if Bool.random(using: &random) { pattern += "$" }
            let other = try _StringProcessing.Regex<AnyRegexOutput>(pattern)
            for _ in 0..<10 {
                let text = String(
                    (0..<Int.random(in: 0...8, using: &random)).map { _ in "abc".randomElement(using: &random) ?? "a" })
                try #require(try isFound(pattern, text) == (text.firstMatch(of: other) != nil), "\(pattern) in \(text)")
            }
        }
    }
}
