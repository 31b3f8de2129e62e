import DisplayFilter
import Fields
import Support
import Testing

@Suite struct HostileFilterTests {
    private static let pieces =
        [
            "and", "or", "xor", "not", "&&", "||", "!", "^^", "(", ")", "{", "}", "[", "]", ",", "..", ":", "-", "&",
            "==", "!=", "===", "!==", "<", ">", "<=", ">=", "~", "~=", "in", "contains", "matches", "any", "all", "eq",
            "\"", "'", "\\", "r\"", "\"a\"", "\"(a|b)*c{2,3}\"", "'x'", "0", "1", "-5", "0x10", "0b1", "077", "1.5",
            "256", "99999999999999999999", "1..5", "aa:bb", "aabb", "10.0.0.0/8", "::1", "::/0", "2011-03-28", "MSG_TX",
            "true", "[0:4]", "[-1]", "[1-2,3]", "[:2]", "len(", "count(", "lower(", "string(", "max(", "abs(", "min(",
            "ü", "\u{0}", "\n", "\u{1b}", "#", "nonsense", Hashes.genesis,
        ] + TestFields.names

    /// Whatever the text, it is a filter or an error with a place in it, and a filter can be asked.
    @Test func tokenSoup() throws {
        var random = SeededGenerator(seed: 1)
        let message = sample()
        var filters = 0
        for _ in 0..<20_000 {
            let pieces = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                Self.pieces.randomElement(using: &random) ?? ""
            }
            let text = pieces.joined(separator: Bool.random(using: &random) ? " " : "")
            do throws(FilterError) {
                let filter = try filter(text)
                filters += 1
                let negated = try DisplayFilterTests.filter("not (\(text))")
                let verdict = filter.matches(message.sink.tree, message.bytes.span.bytes)
                guard negated.matches(message.sink.tree, message.bytes.span.bytes) != verdict else {
                    Issue.record("not (\(text)) says the same")
                    return
                }
            } catch {
                try #require(error.position >= 0 && error.position <= text.count && error.length > 0, "\(text)")
                try #require(error.position + error.length <= text.count + 1, "\(text)")
            }
        }
        // Else the soup would show nothing.
        #expect(filters > 300, "\(filters)")
    }

    /// Filters that hold together, cut off or with one character changed.
    @Test func damagedFilters() throws {
        var random = SeededGenerator(seed: 2)
        let message = sample()
        for text in Verdicts.passing + Verdicts.failing {
            for _ in 0..<20 {
                var characters = Array(text)
                let at = Int.random(in: 0..<characters.count, using: &random)
                switch UInt8.random(in: 0..<3, using: &random) {
                case 0: characters.removeSubrange(at...)
                case 1: characters.remove(at: at)
                default: characters[at] = "()[]{}\"'.,:-&!~=<> 09azé\u{7f}".randomElement(using: &random) ?? " "
                }
                let damaged = String(characters)
                do throws(FilterError) {
                    _ = try filter(damaged).matches(message.sink.tree, message.bytes.span.bytes)
                } catch {
                    try #require(error.position + error.length <= damaged.count + 1, "\(damaged)")
                }
            }
        }
    }
}
