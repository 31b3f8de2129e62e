/// What stands beside a value in JSON and says it in other words: `NAME.name` of an enumeration, `NAME.epoch` of a time.
struct Companion {
    let field: Field
    private let isName: Bool

    init?(_ name: BuildValues.Name) {
        guard case .written(let text) = name else { return nil }
        for suffix in [".name", ".epoch"] where text.hasSuffix(suffix) {
            guard let field = Catalog.field(named: String(text.dropLast(suffix.count))) else { continue }
            self.field = field
            isName = suffix == ".name"
            return
        }
        return nil
    }

    func text(of node: Node) -> String {
        switch field.declaration.kind {
        case .enumeration(let names, _, _) where isName: return names.name(of: node.value) ?? ""
        case .nanoseconds:
            var text = TextBuffer()
            TimeText.append(nanoseconds: Int64(bitPattern: node.value), decimals: 9, to: &text)
            return text.string
        default: return String(Int64(bitPattern: node.value))
        }
    }

    func isRight(of node: Node, _ source: BuildValues, _ value: BuildValues.Value) -> Bool {
        guard case .text(let range) = value.content else { return true }
        let given = String(decoding: source.bytes[range], as: UTF8.self)
        return given == text(of: node) || !isName && LeftValues.isSameNumber(given, text(of: node))
    }
}
