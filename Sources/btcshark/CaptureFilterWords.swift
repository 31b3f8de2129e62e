import DisplayFilter
import Dissector
import Fields

/// A capture filter where a display filter is wanted: words such as `port 8333`, which no display filter has.
struct CaptureFilterWords {
    private let text: String
    private let keyword: Substring
    private let value: Substring

    /// Nil where the text is no capture filter.
    init?(_ text: String) {
        let words = text.split { $0.isWhitespace || $0 == "(" || $0 == ")" }
        let keywords: Set<Substring> = ["host", "net", "port", "portrange"]
        for (word, next) in zip(words, words.dropFirst()) where keywords.contains(word) {
            guard next.allSatisfy({ $0.isLetter || $0.isNumber || ".:/-".contains($0) }), !Self.operators.contains(next)
            else { continue }
            self.text = text
            keyword = word
            value = next
            return
        }
        return nil
    }

    private static let operators: Set<Substring> = [
        "eq", "ne", "gt", "lt", "ge", "le", "in", "contains", "matches", "and", "or", "not", "xor",
    ]

    /// Whether a text is a display filter and nothing else: it names fields, such as `tcp.port`.
    static func isDisplayFilter(_ text: String) -> Bool {
        guard let filter = try? Filter(text, resolve: RecordNames.fields(named:), names: { [] }) else { return false }
        return filter.fields.contains { $0.declaration.name.contains(".") } || text.hasPrefix("bitcoin")
    }

    /// What to do.
    func hint(isLive: Bool) -> String {
        if isLive { return "This is a capture filter: give it with -f, as in -f \(text.quotedForShell)" }
        let display: String? =
            switch keyword {
            case "port" where value.allSatisfy(\.isNumber): "tcp.port == \(value)"
            case "host" where value.contains(":"): "ipv6.addr == \(value)"
            case "host" where value.allSatisfy { $0.isNumber || $0 == "." }: "ip.addr == \(value)"
            default: nil
            }
        let instead = display.map { "; the display filter is \($0)" } ?? ""
        return "This is a capture filter, which goes with -i, after -f\(instead)."
    }
}
