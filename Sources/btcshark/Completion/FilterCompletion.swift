import Dissector
import Fields

/// What a display filter that ends at the cursor can go on with.
struct FilterCompletion {
    /// The complete filters, each with the meaning of what is new in it.
    let words: [(String, String)]

    init(_ text: String) {
        let name = text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0)) }.count
        let before = text.dropLast(name)
        guard !Self.isInString(before) else {
            words = []
            return
        }
        let found =
            switch Self.state(after: before) {
            case .term: Self.fields + [("not", "what follows is not so")]
            // Without a space it may be a file's name.
            case .sign: before.last == " " ? Self.signs : []
            case .value(let field): Self.values(of: field)
            }
        words = found.map { (before + $0.0, $0.1) }
    }

    /// All names of fields, with their meanings.
    static var fields: [(String, String)] {
        Pipeline.declareFields()
        return RecordNames.all.map { ($0, RecordNames.fields(named: $0).first?.declaration.meaning ?? "") }
    }

    // MARK: Where a filter ends

    private enum State {
        /// A field may begin.
        case term
        /// A field or a value is complete.
        case sign
        /// A value of that field.
        case value(String)
    }

    private static let signs = [
        ("and", "both"), ("or", "either"), ("contains", "has these bytes"), ("matches", "has what this pattern is"),
        ("in", "is one of these: {1, 2}"),
    ]
    private static let joining: Set<String> = ["and", "or", "xor", "not"]
    private static let comparing: Set<String> = [
        "eq", "ne", "lt", "le", "gt", "ge", "any_eq", "all_eq", "any_ne", "all_ne", "contains", "matches", "in",
        "bitand",
    ]

    private static func isInString(_ text: Substring) -> Bool {
        var isIn = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
            } else if isIn, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isIn.toggle()
            }
        }
        return isIn
    }

    /// - Parameter text: The filter without the name at its end.
    private static func state(after text: Substring) -> State {
        var field = ""
        var state = State.term
        var rest = text
        while let first = rest.first {
            let word = rest.prefix { $0.isLetter || $0.isNumber || "._".contains($0) }
            if !word.isEmpty {
                rest = rest.dropFirst(word.count)
                if joining.contains(String(word)) {
                    state = .term
                } else if comparing.contains(String(word)) {
                    state = .value(field)
                } else {
                    if case .term = state { field = String(word) }
                    state = .sign
                }
                continue
            }
            rest = rest.dropFirst()
            switch first {
            case "=", "<", ">", "~", "{": state = .value(field)
            case ",": state = .value(field)
            case "&", "|", "^", "(", "!": state = .term
            case " ": break
            default: state = .sign
            }
        }
        return state
    }

    /// The names of the field's values that a filter takes without quotes.
    private static func values(of name: String) -> [(String, String)] {
        Pipeline.declareFields()
        return RecordNames.fields(named: name).flatMap { field -> [(String, String)] in
            guard case .enumeration(let names, _, _) = field.declaration.kind else { return [] }
            return names.entries.filter { $0.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }
                .map { ($0.name, $0.meaning) }
        }
    }
}
