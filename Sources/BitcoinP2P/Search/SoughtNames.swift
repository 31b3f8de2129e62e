import Fields

/// The names under which a transaction or block is looked for: the one that was given, and others that the capture shows
/// to be of the same transaction.
struct SoughtNames {
    struct Name {
        let hash: Hash256
        let pattern: BytePattern
        /// What it is to the first name; nil of the first itself.
        let relation: StaticString?
        /// What a short id is that is made of it.
        let shortIDRelation: StaticString

        fileprivate init(_ hash: Hash256, _ relation: StaticString?, _ shortIDRelation: StaticString) {
            self.hash = hash
            self.relation = relation
            self.shortIDRelation = shortIDRelation
            pattern = BytePattern(hash.bytes.withUnsafeBytes { Array($0) })
        }
    }

    /// A peer may give a transaction any number of witnesses, and so of other names.
    private static let limit = 8

    private(set) var names: [Name]

    init(_ hash: Hash256?) { names = hash.map { [Name($0, nil, "of this transaction")] } ?? [] }

    /// The name that these bytes are.
    func first(_ hash: Hash256) -> Name? { names.first { $0.hash == hash } }

    /// Takes both names of a transaction; answers whether it is the one looked for.
    mutating func receive(txid: Hash256, wtxid: Hash256) -> Bool {
        let (hasID, hasWitnessID) = (first(txid) != nil, first(wtxid) != nil)
        if hasID, !hasWitnessID { learn(Name(wtxid, "its wtxid", "of its wtxid")) }
        if !hasID, hasWitnessID { learn(Name(txid, "its txid", "of its txid")) }
        return hasID || hasWitnessID
    }

    private mutating func learn(_ name: Name) {
        if names.count < Self.limit { names.append(name) }
    }
}
