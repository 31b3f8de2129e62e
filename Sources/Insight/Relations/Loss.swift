/// Something that was dropped since there was no room for it, or that would have taken too long to find out: figures are
/// partial from then on.
public struct Loss: Sendable {
    public enum Kind: Sendable, CaseIterable {
        case connections
        case pings
        case requests
        case transactions
        case blocks
        case shortIDs
        case violations

        /// What there was too much of.
        public var words: StaticString {
            switch self {
            case .connections: "more connections than are remembered"
            case .pings: "more pings waited than are remembered"
            case .requests: "more requests waited than are remembered"
            case .transactions: "more transactions at once than are remembered"
            case .blocks: "more blocks, or sides that had to do with them, than are remembered"
            case .shortIDs: "finding transactions of short ids would have taken too long"
            case .violations: "more violations than are remembered"
            }
        }
    }

    public let kind: Kind
    /// Of the first one, in nanoseconds since 1970; in a ``View`` since the first frame.
    public let time: Int64
}

extension View {
    /// What makes figures partial that depend on all connections and on what is named.
    func losses(of kinds: Set<Loss.Kind>) -> [Loss] {
        losses.filter { $0.kind == .connections || kinds.contains($0.kind) }
    }
}

extension [Loss] {
    /// From when on figures are partial; nil: they are complete.
    var completeUntil: Int64? { map(\.time).min() }

    /// A sentence; nil where nothing was lost.
    package var sentence: String? {
        guard let until = completeUntil else { return nil }
        let tenths = Swift.max(0, until) / 100_000_000
        let words = map { "\($0.kind.words)" }.joined(separator: ", and ")
        return "From \(tenths / 10).\(tenths % 10) s on figures are partial: \(words)."
    }
}
