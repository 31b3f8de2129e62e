import BitcoinP2P
import Fields

/// What a `field=value` word of `build` can go on with.
struct BuildCompletion {
    /// The complete words, each with its meaning.
    let words: [(String, String)]

    init(of type: MessageType, _ text: String) {
        let entries = MessageOutline(of: type, network: .mainnet).entries
        guard let equals = text.firstIndex(of: "=") else {
            words = entries.map { (Self.path($0, like: text) + "=", $0.field.declaration.meaning) }
            return
        }
        let path = Self.withoutPlaces(text[..<equals])
        guard let field = entries.first(where: { Self.names(path, $0) })?.field,
            case .enumeration(let names, _, _) = field.declaration.kind
        else {
            words = []
            return
        }
        words = names.entries.filter { $0.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }
            .map { (text[...equals] + $0.name, $0.meaning) }
    }

    /// The entry's path, with the places in lists that were written: `item[0]/`.
    private static func path(_ entry: MessageOutline.Entry, like text: String) -> String {
        let written = text.split(separator: "/", omittingEmptySubsequences: false)
        let steps = entry.path.split(separator: "/")
        return steps.enumerated().map { place, step in
            guard place < written.count - 1, withoutPlaces(written[place]) == step else { return String(step) }
            return String(written[place])
        }.joined(separator: "/")
    }

    /// Groups are named in full there, the field perhaps by a longer name.
    private static func names(_ path: String, _ entry: MessageOutline.Entry) -> Bool {
        if path == entry.path { return true }
        let (written, own) = (path.split(separator: "/"), entry.path.split(separator: "/"))
        guard let last = written.last, written.dropLast() == own.dropLast() else { return false }
        let name = entry.field.declaration.name
        return name == last || name.hasSuffix(".\(last)")
    }

    private static func withoutPlaces(_ text: Substring) -> String {
        var isPlace = false
        return String(
            text.filter { character in
                if character == "[" { isPlace = true }
                defer { if character == "]" { isPlace = false } }
                return !isPlace
            })
    }
}
