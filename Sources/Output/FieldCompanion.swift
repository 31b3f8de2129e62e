import Fields

/// What `-e` asks for beside a value, in other words: `NAME.name`, `NAME.epoch`, as the keys of ndjson.
public enum FieldCompanion: String, Sendable, CaseIterable {
    /// The name of an enumeration's value.
    case name
    /// The seconds since 1970 of a time.
    case epoch

    /// Whether values of a kind have it.
    public func fits(_ kind: Kind) -> Bool {
        switch (self, kind) {
        case (.name, .enumeration), (.epoch, .seconds), (.epoch, .nanoseconds): true
        default: false
        }
    }

    /// Appends it; false where the node has none: an unknown value, or one that was cut off.
    func append(_ node: Node, _ kind: Kind, to text: inout TextBuffer) -> Bool {
        if node.flags.contains(.truncated) { return false }
        switch (self, kind) {
        case (.name, .enumeration(let names, _, _)):
            guard let name = names.name(of: node.value) else { return false }
            text.append(name)
        case (.epoch, .seconds): text.append(decimal: Int(Int64(bitPattern: node.value)))
        case (.epoch, .nanoseconds):
            TimeText.append(nanoseconds: Int64(bitPattern: node.value), decimals: 9, to: &text)
        default: return false
        }
        return true
    }
}
