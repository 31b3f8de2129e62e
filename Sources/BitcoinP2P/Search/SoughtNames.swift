import Fields

/// The names under which a transaction or block is looked for: the one that was given, and others that the capture shows
/// to be of the same transaction.
struct SoughtNames {
    /// What a name is to the one that was given.
    enum Role: Sendable {
        case given, txid, wtxid
    }

    struct Name: Sendable {
        let hash: Hash256
        let pattern: BytePattern
        let role: Role

        fileprivate init(_ hash: Hash256, _ role: Role) {
            self.hash = hash
            self.role = role
            pattern = BytePattern(hash.bytes.withUnsafeBytes { Array($0) })
        }

        /// What it is to the first name; nil of the first itself.
        var relation: StaticString? {
            switch role {
            case .given: nil
            case .txid: "its txid"
            case .wtxid: "its wtxid"
            }
        }

        /// What a short id is that is made of it.
        var shortIDRelation: StaticString {
            switch role {
            case .given: "of this transaction"
            case .txid: "of its txid"
            case .wtxid: "of its wtxid"
            }
        }
    }

    /// A peer may give a transaction any number of witnesses, and so of other names.
    private static let limit = 8

    private(set) var names: [Name]
    private let others: OtherNames?

    /// - Parameter others: What is known of them, and where they are noted.
    init(_ hash: Hash256?, _ others: OtherNames?) {
        names = hash.map { [Name($0, .given)] + (others?.names ?? []) } ?? []
        self.others = others
    }

    /// The name that these bytes are.
    func first(_ hash: Hash256) -> Name? { names.first { $0.hash == hash } }

    /// Takes both names of a transaction; answers whether it is the one looked for.
    mutating func receive(txid: Hash256, wtxid: Hash256) -> Bool {
        let (hasID, hasWitnessID) = (first(txid) != nil, first(wtxid) != nil)
        if hasID, !hasWitnessID { learn(Name(wtxid, .wtxid)) }
        if !hasID, hasWitnessID { learn(Name(txid, .txid)) }
        return hasID || hasWitnessID
    }

    private mutating func learn(_ name: Name) {
        guard names.count < Self.limit else { return }
        names.append(name)
        others?.note(name)
    }
}
