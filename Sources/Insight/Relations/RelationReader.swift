import BitcoinP2P
import Fields

/// Takes out of a message what it asks for, or what it answers: the values of a few declared fields, without a tree.
struct RelationReader: ~Copyable {
    /// What a message is for a relation.
    enum Role {
        case version
        case verack
        /// Stands between `version` and `verack`.
        case negotiation
        case filterload
        case getaddr
        case addresses(count: Field)
        case ping
        case pong
        case inventory(MessageFields.Vectors)
        case getdata
        case notfound
        case getheaders
        case headers
        case tx
        /// A block in one of its forms.
        case block(hash: Field, RequestKind)
        case getblocktxn
        case blocktxn
        case sendcmpct
        case asksFilters(MessageFields.FilterName, RequestKind)
        case filters(MessageFields.FilterName, RequestKind)
    }

    struct Entry {
        let role: Role
        let type: MessageType
        /// The fields that somebody looks at.
        let wanted: FieldSet
        /// What its sender has done by it.
        let deeds: SideState.Deeds
    }

    let fields: MessageFields
    private let entries: [Command: Entry]
    /// `headers`, with the hashes of the headers themselves, which take long to compute.
    let headersByHash: Entry?
    /// `blocktxn`, with the names of its transactions.
    let filledByName: Entry?
    private var picker = FieldPicker()
    /// The message at hand has been read.
    private var hasRead = false
    /// It was read to its end, and all its fields were there.
    private(set) var isComplete = false

    /// - Parameter scope: Only what these look at is read.
    init(_ scope: Relations.Scope, _ types: MessageTypes = .standard) {
        let fields = types.fields
        self.fields = fields
        var entries: [Command: Entry] = [:]
        func add(
            _ command: Command, _ role: Role, _ wanted: Field..., more: KeyValuePairs<Relations.Scope, [Field]> = [:]
        ) {
            guard let type = types[command] else { return }
            var wanted = FieldSet(wanted)
            for (part, fields) in more where !scope.isDisjoint(with: part) { wanted.formUnion(FieldSet(fields)) }
            entries[command] = Entry(role: role, type: type, wanted: wanted, deeds: Self.deeds(of: role))
        }
        add(
            Command("version"), .version, fields.version, fields.services, fields.timestamp, fields.userAgent,
            fields.startHeight, fields.relay, fields.addressText, fields.addressPort)
        add(Command("verack"), .verack)
        for command in [Command("wtxidrelay"), Command("sendaddrv2"), Command("sendtxrcncl")] {
            add(command, .negotiation)
        }
        add(Command("filterload"), .filterload)
        add(Command("getaddr"), .getaddr)
        add(Command("addr"), .addresses(count: fields.addressCount), fields.addressCount)
        add(Command("addrv2"), .addresses(count: fields.addressV2Count), fields.addressV2Count)
        add(Command("ping"), .ping, fields.pingNonce.nonce)
        add(Command("pong"), .pong, fields.pongNonce.nonce)
        add(
            Command("inv"), .inventory(fields.announced), fields.announced.type,
            more: [[.transactions, .blocks]: [fields.announced.hash]])
        add(Command("getdata"), .getdata, fields.wanted.type, fields.wanted.hash)
        add(Command("notfound"), .notfound, fields.notFound.type, fields.notFound.hash)
        add(Command("getheaders"), .getheaders, fields.locatorHash, fields.hashStop)
        add(Command("headers"), .headers, fields.headerCount, fields.previousBlock)
        add(Command("tx"), .tx, fields.txid, fields.wtxid)
        add(
            Command("block"), .block(hash: fields.blockHash, .block), fields.blockHash,
            more: [.blocks: [fields.blockTime, fields.blockCount]])
        add(Command("merkleblock"), .block(hash: fields.merkleBlockHash, .merkleblock), fields.merkleBlockHash)
        add(
            Command("cmpctblock"), .block(hash: fields.compactBlockHash, .cmpctblock), fields.compactBlockHash,
            more: [
                .blocks: [
                    fields.compactBlockTime, fields.compactKey.0, fields.compactKey.1, fields.shortID,
                    fields.prefilledCount,
                ]
            ])
        add(
            Command("getblocktxn"), .getblocktxn, fields.missingOfBlock, more: [.blocks: [fields.missingCount]])
        add(Command("sendcmpct"), .sendcmpct, fields.compactVersion)
        add(Command("blocktxn"), .blocktxn, fields.missingBlockHash)
        for (asks, answers, names, found, kind) in [
            (Command("getcfilters"), Command("cfilter"), fields.getCFilters, fields.cFilter, RequestKind.cfilters),
            (Command("getcfheaders"), Command("cfheaders"), fields.getCFHeaders, fields.cfHeaders, .cfheaders),
            (Command("getcfcheckpt"), Command("cfcheckpt"), fields.getCFCheckpt, fields.cfCheckpt, .cfcheckpt),
        ] {
            add(asks, .asksFilters(names, kind), names.type, names.hash)
            add(answers, .filters(found, kind), found.type, found.hash)
        }
        self.entries = entries
        filledByName = types[Command("blocktxn")].map {
            Entry(role: .blocktxn, type: $0, wanted: FieldSet([fields.wtxid]), deeds: .more)
        }
        headersByHash = types[Command("headers")].map {
            Entry(
                role: .headers, type: $0, wanted: FieldSet([fields.headerCount, fields.headerHash]), deeds: .more)
        }
    }

    private static func deeds(of role: Role) -> SideState.Deeds {
        switch role {
        case .version, .negotiation: []
        case .verack: .verack
        case .getaddr: .getaddr
        case .filterload: [.filterload, .more]
        case .tx: [.transactions, .more]
        default: .more
        }
    }

    /// Nil: the message is of no relation.
    subscript(command: Command) -> Entry? { entries[command] }

    /// Reads the wanted fields of a message; ``count`` of them are then there.
    ///
    /// - Parameter start: Where in `bytes` the payload begins.
    mutating func read(_ bytes: RawSpan, from start: Int, as entry: Entry, _ context: MessageContext) {
        guard !hasRead else { return }
        readAgain(bytes, from: start, as: entry, context)
    }

    /// The next message comes.
    mutating func begin() { hasRead = false }

    /// Reads a message, also one that was read already as another entry.
    mutating func readAgain(_ bytes: RawSpan, from start: Int, as entry: Entry, _ context: MessageContext) {
        hasRead = true
        isComplete = picker.read(entry.type, bytes, from: start, context, wanted: entry.wanted) == .complete
    }

    /// How many values were read.
    var count: Int { picker.tree.nodes.count }

    func field(_ index: Int) -> Field { picker.tree.nodes[index].field }

    func value(_ index: Int) -> UInt64 { picker.tree.nodes[index].value }

    /// Whether all bytes of it were there.
    func isWhole(_ index: Int) -> Bool { !picker.tree.nodes[index].flags.contains(.truncated) }

    /// Whether it was no field of the message, but computed.
    func isGenerated(_ index: Int) -> Bool { picker.tree.nodes[index].flags.contains(.generated) }

    @_lifetime(borrow self, copy message)
    func bytes(_ index: Int, in message: RawSpan) -> RawSpan {
        picker.tree.bytes(of: picker.tree.nodes[index], in: message)
    }

    /// The first value of a field, if it was there.
    func first(_ field: Field) -> Int? {
        picker.tree.nodes.firstIndex { $0.field == field && !$0.flags.contains(.truncated) }
    }
}
