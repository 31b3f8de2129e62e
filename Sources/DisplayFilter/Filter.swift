import Fields

/// A display filter in Wireshark's language, checked and ready to decide messages.
///
/// A field has as many values as the tree has nodes of it. A comparison holds where any value passes; `!=` holds where
/// there is a value and all differ; `===` and `!==` swap the two; `any` and `all` before the left side say it outright.
/// Nothing holds for a field that is absent, but `not` turns that round. A node whose bytes ended too early is present,
/// equal to nothing.
///
/// Hashes are written, sliced and searched as they are shown, in reversed byte order. Times without a zone are in UTC.
public struct Filter: Sendable {
    private let test: Predicate
    /// Every field that the filter looks at: they decide how much must be dissected.
    public let fields: Set<Field>

    /// Longer filters are refused.
    static let byteLimit = 65_536

    /// - Parameters:
    ///   - resolve: The fields that a name stands for, several for an alias such as `ip.addr`; none for an unknown name.
    ///   - names: All names, from which to suggest those nearest to an unknown one.
    public init(_ text: String, resolve: (String) -> [Field], names: () -> [String]) throws(FilterError) {
        do throws(Fault) {
            let source = Array(text.utf8)
            guard source.count <= Self.byteLimit else {
                throw Fault(Self.byteLimit..<source.count, "A filter has at most \(Self.byteLimit) bytes.")
            }
            let tokens = try Lexer.tokens(of: source)
            var found: [String: [Field]] = [:]
            for token in tokens where token.kind == .word && found[token.string] == nil {
                found[token.string] = resolve(token.string)
            }
            var parser = Parser(tokens, Checker(found.filter { !$0.value.isEmpty }))
            test = try parser.filter()
            fields = parser.checker.used
        } catch {
            throw FilterError(error, in: text, names)
        }
    }

    /// Whether the message passes.
    ///
    /// - Parameters:
    ///   - tree: The message dissected, at least as far as ``fields`` ask for.
    ///   - bytes: The message, to which nodes refer that are not generated.
    public func matches(_ tree: borrowing Tree, _ bytes: RawSpan) -> Bool {
        var scratch = Scratch()
        return test.holds(tree, bytes, &scratch)
    }
}
