import Fields

/// Looks for an identifier in messages, one after another, whatever the field.
///
/// A message's bytes are searched as they are; what does not stand in them, such as a txid, is computed where a message may
/// have it. Only a message in which something is found is dissected, to say where.
public struct MessageSearch: ~Copyable {
    /// The fields that are looked at by name.
    private struct Named {
        let txid: Field
        let wtxid: Field
        let shortID: Field
        let ownShortID: Field
        /// Hashes that layouts compute.
        let hashes: FieldSet

        init() {
            let identity = Transaction.standard.identity
            (txid, wtxid) = (identity.txid, identity.wtxid)
            let compact = CompactBlock()
            (shortID, ownShortID) = (compact.shortID, compact.prefilledShortID)
            hashes = FieldSet([
                txid, wtxid, Block().header.hash, Headers().header.hash, MerkleBlock().header.hash,
                compact.header.hash, Template().header.hash, CFilter().hash, CFHeaders().header,
            ])
        }
    }

    private static let compactBlock = Command("cmpctblock")
    /// Header and nonce, of which the key of the short ids is made.
    private static let keyedBytes = 88
    /// More matches in one message are not looked at.
    private static let matchLimit = 1 << 18

    private let types: MessageTypes
    private let fields = Named()
    private let patterns: [BytePattern]
    private let shortID: UInt64?
    private var names: SoughtNames
    /// What is computed to be compared.
    private let computed: FieldSet
    private var matches: [PlaceFinder.Match] = []
    private var picker = FieldPicker()
    private var tree = Tree()
    /// Of the last message in which it was found.
    public private(set) var places = Places()

    /// - Parameter others: Other names that are known of it, and where those are noted that messages tell.
    public init(_ identifier: Identifier, _ others: OtherNames? = nil, _ types: MessageTypes = .standard) {
        self.types = types
        var (hash, shortID, patterns) = (Hash256?.none, UInt64?.none, [BytePattern]())
        switch identifier.form {
        case .hash(let name): hash = name
        case .script(let script): patterns = [BytePattern(script)]
        case .node(let forms): patterns = forms
        case .shortID(let id): shortID = id
        }
        names = SoughtNames(hash, others)
        self.shortID = shortID
        self.patterns = patterns
        computed = hash != nil ? fields.hashes : shortID != nil ? FieldSet([fields.ownShortID]) : FieldSet()
    }

    /// Whether it occurs in a message; ``places`` then say where.
    ///
    /// - Parameters:
    ///   - bytes: Header and payload as far as they were captured.
    ///   - start: Where in them the payload begins.
    ///   - isSound: Its checksum is right, as far as it has one: else it teaches no names.
    public mutating func finds(
        in command: Command, _ bytes: RawSpan, from start: Int, _ context: MessageContext, isSound: Bool = true
    ) -> Bool {
        places.removeAll()
        matches.removeAll(keepingCapacity: true)
        guard start <= bytes.byteCount else { return false }
        let type = types[command]
        let isNamed = type.map { compare($0, bytes, from: start, context, learns: isSound) } ?? false
        for pattern in patterns { search(pattern, in: bytes, from: start) }
        for name in names.names { search(name.pattern, in: bytes, from: start, relation: name.relation) }
        if command == Self.compactBlock { searchShortIDs(in: bytes, from: start) }
        guard isNamed || !matches.isEmpty else { return false }
        var kept = Tree()
        swap(&kept, &tree)
        kept.removeAll()
        var sink = TreeSink(kept, wantsInfo: false)
        type?.dissect(bytes, from: start, context, into: &sink)
        let whole = sink.tree
        findPlaces(in: whole, bytes, from: start)
        tree = whole
        return isNamed || !places.isEmpty
    }

    /// Compares what is computed of the message.
    private mutating func compare(
        _ type: MessageType, _ bytes: RawSpan, from start: Int, _ context: MessageContext, learns: Bool
    ) -> Bool {
        guard !computed.isDisjoint(with: type.fields) else { return false }
        picker.read(type, bytes, from: start, context, wanted: computed)
        var isFound = false
        var txid: Hash256?
        for index in picker.tree.nodes.indices {
            let node = picker.tree.nodes[index]
            if let shortID {
                if node.value == shortID { isFound = true }
            } else if let hash = Hash256(picker.tree.bytes(of: node, in: bytes), at: 0) {
                // A wtxid is computed just after its txid.
                if node.field == fields.txid {
                    txid = hash
                } else if node.field != fields.wtxid {
                    if names.first(hash) != nil { isFound = true }
                } else if !learns {
                    if names.first(hash) != nil || txid.flatMap({ names.first($0) }) != nil { isFound = true }
                } else if let txid, names.receive(txid: txid, wtxid: hash) {
                    isFound = true
                }
            }
        }
        return isFound
    }

    private mutating func search(
        _ pattern: BytePattern, in bytes: RawSpan, from start: Int, field: Field? = nil, relation: StaticString? = nil
    ) {
        pattern.forEachMatch(in: bytes, from: start) { place in
            let range = place + pattern.value.lowerBound..<place + pattern.value.upperBound
            matches.append(
                PlaceFinder.Match(range: range, isField: pattern.isField, field: field, relation: relation))
            return matches.count < Self.matchLimit
        }
    }

    /// Searches the short ids of a `cmpctblock`, also for those that the block gives the names.
    private mutating func searchShortIDs(in bytes: RawSpan, from start: Int) {
        func pattern(_ id: UInt64) -> BytePattern {
            BytePattern(field: (0..<6).map { UInt8(truncatingIfNeeded: id >> UInt64($0 * 8)) })
        }
        guard bytes.byteCount - start >= Self.keyedBytes else { return }
        let first = start + Self.keyedBytes
        if let shortID { search(pattern(shortID), in: bytes, from: first, field: fields.shortID) }
        guard !names.names.isEmpty else { return }
        let key = ShortIDKey(bytes.extracting(start..<first))
        for name in names.names {
            search(
                pattern(key.shortID(name.hash)), in: bytes, from: first, field: fields.shortID,
                relation: name.shortIDRelation)
        }
    }

    /// Matches that stand where they mean nothing have no place.
    private mutating func findPlaces(in tree: borrowing Tree, _ bytes: RawSpan, from start: Int) {
        let (fields, names, shortID) = (fields, names, shortID)
        var finder = PlaceFinder(matches, payload: start)
        finder.find(in: tree)
        finder.write(tree, to: &places) { node, tree in
            if node.field == fields.ownShortID { return node.value == shortID ? .some(nil) : nil }
            guard fields.hashes.contains(node.field) else { return nil }
            return Hash256(tree.bytes(of: node, in: bytes), at: 0).flatMap { names.first($0) }.map(\.relation)
        }
    }
}
