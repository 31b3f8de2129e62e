import Fields

/// Every type of message that is known, one row each.
public struct MessageTypes: Sendable {
    /// Building it declares every field, so that the field list needs no input.
    public static let standard = MessageTypes()

    /// The types in the order of their families; the last one stands for a whole family of commands.
    public let types: [MessageType]
    /// Every field that had been declared when all types were built: whatever a payload may hold is among them.
    public let declared: [FieldDeclaration]
    private let index: [Command: Int]
    private let service = MessageType(prefix: "_", .draft, .other, "BIP 36", Service())

    public var fields: MessageFields { .standard }

    private init() {
        let rows: [MessageType] = [
            // Connection
            MessageType("version", .current, .talk, "Satoshi client", Version()),
            MessageType("verack", .current, .talk, "Satoshi client", since: 209, Verack()),
            MessageType("wtxidrelay", .current, .talk, "BIP 339", since: 70016, WtxidRelay()),
            MessageType("sendaddrv2", .current, .addr, "BIP 155", since: 70016, SendAddrV2()),
            MessageType("sendtxrcncl", .current, .talk, "BIP 330", since: 70016, SendTxRcncl()),
            // Addresses
            MessageType("addr", .current, .addr, "Satoshi client", Addr()),
            MessageType("addrv2", .current, .addr, "BIP 155", since: 70016, AddrV2()),
            MessageType("getaddr", .current, .addr, "Satoshi client", GetAddr()),
            // Inventory, blocks and transactions
            MessageType("inv", .current, .ask, "Satoshi client", Inv()),
            MessageType("getdata", .current, .ask, "Satoshi client", GetData()),
            MessageType("notfound", .current, .ask, "BIP 37", since: 70001, NotFound()),
            MessageType("getblocks", .current, .ask, "Satoshi client", GetBlocks()),
            MessageType("getheaders", .current, .header, "Satoshi client", since: 31800, GetHeaders()),
            MessageType("headers", .current, .header, "Satoshi client", since: 31800, Headers()),
            MessageType("block", .current, .block, "Satoshi client", Block()),
            MessageType("tx", .current, .tx, "Satoshi client", Tx()),
            MessageType("mempool", .current, .ask, "BIP 35", since: 60002, Mempool()),
            // Liveness
            MessageType("ping", .current, .talk, "Satoshi client", since: 200, Ping()),
            MessageType("pong", .current, .talk, "BIP 31", since: 60001, Pong()),
            // Bloom filters
            MessageType("filterload", .current, .filter, "BIP 37", since: 70001, FilterLoad()),
            MessageType("filteradd", .current, .filter, "BIP 37", since: 70001, FilterAdd()),
            MessageType("filterclear", .current, .filter, "BIP 37", since: 70001, FilterClear()),
            MessageType("merkleblock", .current, .filter, "BIP 37", since: 70001, MerkleBlock()),
            // Preferences
            MessageType("sendheaders", .current, .header, "BIP 130", since: 70012, SendHeaders()),
            MessageType("feefilter", .current, .talk, "BIP 133", since: 70013, FeeFilter()),
            // Compact blocks
            MessageType("sendcmpct", .current, .talk, "BIP 152", since: 70014, SendCmpct()),
            MessageType("cmpctblock", .current, .block, "BIP 152", since: 70014, CompactBlock()),
            MessageType("getblocktxn", .current, .block, "BIP 152", since: 70014, GetBlockTxn()),
            MessageType("blocktxn", .current, .block, "BIP 152", since: 70014, BlockTxn()),
            // Block filters
            MessageType("getcfilters", .current, .filter, "BIP 157", GetCFilters()),
            MessageType("cfilter", .current, .filter, "BIP 157", CFilter()),
            MessageType("getcfheaders", .current, .filter, "BIP 157", GetCFHeaders()),
            MessageType("cfheaders", .current, .filter, "BIP 157", CFHeaders()),
            MessageType("getcfcheckpt", .current, .filter, "BIP 157", GetCFCheckpt()),
            MessageType("cfcheckpt", .current, .filter, "BIP 157", CFCheckpt()),
            // Notices
            MessageType("alert", .retired, .other, "Satoshi client", since: 311, Alert()),
            MessageType("reject", .retired, .talk, "BIP 61", since: 70002, Reject()),
            // Payments to an IP address
            MessageType("checkorder", .retired, .other, "Satoshi client", CheckOrder()),
            MessageType("submitorder", .retired, .other, "Satoshi client", SubmitOrder()),
            MessageType("reply", .retired, .other, "Satoshi client", Reply()),
            // The marketplace of the first clients
            MessageType("review", .retired, .other, "Satoshi client", Review()),
            MessageType("subscribe", .retired, .other, "Satoshi client", Subscribe()),
            MessageType("sub-cancel", .retired, .other, "Satoshi client", SubCancel()),
            MessageType("publish", .retired, .other, "Satoshi client", Publish()),
            MessageType("pub-cancel", .retired, .other, "Satoshi client", PubCancel()),
            // Transaction reconciliation
            MessageType("reqrecon", .draft, .other, "BIP 330", ReqRecon()),
            MessageType("sketch", .draft, .other, "BIP 330", Sketch()),
            MessageType("reqsketchext", .draft, .other, "BIP 330", ReqSketchExt()),
            MessageType("reconcildiff", .draft, .other, "BIP 330", ReconcilDiff()),
            // Package relay
            MessageType("sendpackages", .draft, .other, "BIP 331", SendPackages()),
            MessageType("ancpkginfo", .draft, .other, "BIP 331", AncPkgInfo()),
            MessageType("getpkgtxns", .draft, .other, "BIP 331", GetPkgTxns()),
            MessageType("pkgtxns", .draft, .other, "BIP 331", PkgTxns()),
            // Negotiation
            MessageType("disabletx", .draft, .other, "BIP 338", since: 70017, DisableTx()),
            MessageType("feature", .draft, .other, "BIP 434", since: 70017, Feature()),
            // Look-ups for clients without a chain
            MessageType("getutxos", .draft, .other, "BIP 64", since: 70003, GetUTXOs()),
            MessageType("utxos", .draft, .other, "BIP 64", since: 70003, UTXOs()),
            MessageType("getoutputs", .draft, .other, "BIP 33", GetOutputs()),
            MessageType("outputs", .draft, .other, "BIP 33", Outputs()),
            MessageType("getspend", .draft, .other, "BIP 33", GetSpend()),
            MessageType("spend", .draft, .other, "BIP 33", Spend()),
            // Encryption before BIP 324; the messages of BIP 150 exist only inside it
            MessageType("encinit", .draft, .other, "BIP 151", EncInit()),
            MessageType("encack", .draft, .other, "BIP 151", EncAck()),
            // Work for a connection, anonymous relay, fraud proofs
            MessageType("challenge", .draft, .other, "BIP 154", Challenge()),
            MessageType("solution", .draft, .other, "BIP 154", Solution()),
            MessageType("dandeliontx", .draft, .other, "BIP 156", DandelionTx()),
            MessageType("getfraud", .draft, .other, "BIP 180", GetFraud()),
            MessageType("fraud", .draft, .other, "BIP 180", Fraud()),
            // Block templates
            MessageType("sendtemplate", .draft, .other, "BIP 153", SendTemplate()),
            MessageType("gettemplate", .draft, .other, "BIP 153", GetTemplate()),
            MessageType("template", .draft, .other, "BIP 153", Template()),
            // Snapshots of unspent outputs
            MessageType("getutxotree", .draft, .other, "BIP 452", since: 70017, GetUTXOTree()),
            MessageType("utxotree", .draft, .other, "BIP 452", since: 70017, UTXOTree()),
            MessageType("getutxoset", .draft, .other, "BIP 452", since: 70017, GetUTXOSet()),
            MessageType("utxoset", .draft, .other, "BIP 452", since: 70017, UTXOSet()),
            // Utreexo
            MessageType("uproof", .draft, .other, "BIP 183", UProof()),
            MessageType("getuproof", .draft, .other, "BIP 183", GetUProof()),
            MessageType("uttls", .draft, .other, "BIP 183", UTTLs()),
            MessageType("getuttls", .draft, .other, "BIP 183", GetUTTLs()),
            MessageType("usummary", .draft, .other, "BIP 183", USummary()),
            MessageType("utreexotx", .draft, .other, "BIP 183", UtreexoTx()),
            MessageType("uroot", .draft, .other, "BIP 183", URoot()),
            MessageType("geturoot", .draft, .other, "BIP 183", GetURoot()),
            // Bitcoin Unlimited: thin blocks
            .foreign("get_xthin", "asks for a block as xthinblock, with a bloom filter of what the sender has"),
            .foreign("xthinblock", "a block as short hashes, with the transactions the peer lacks"),
            .foreign("get_thin", "asks for a block as thinblock"),
            .foreign("thinblock", "a block as hashes, with the transactions the peer lacks"),
            .foreign("get_xblocktx", "asks for the missing transactions of an xthinblock"),
            .foreign("xblocktx", "the missing transactions of an xthinblock"),
            .foreign("filtersizext", "how large a bloom filter the sender takes in get_xthin"),
            // Bitcoin Unlimited: blocks forwarded before they are validated
            .foreign("req_xpedited", "asks for new blocks to be forwarded at once, before they are validated"),
            .foreign("Xb", "a block that is forwarded before it is validated"),
            .foreign("Xt", "a transaction that is forwarded unasked"),
            // Bitcoin Unlimited: Graphene
            .foreign("get_grblk", "asks for a block as grblk"),
            .foreign("grblk", "a block as a bloom filter and an invertible lookup table (Graphene)"),
            .foreign("get_grblktx", "asks for the missing transactions of a Graphene block"),
            .foreign("grblktx", "the missing transactions of a Graphene block"),
            .foreign("get_grrec", "asks for help with a Graphene block that could not be decoded"),
            .foreign("grrec", "more of a Graphene block that could not be decoded"),
            .foreign("get_memsync", "asks for the transactions not yet mined, as a Graphene set"),
            .foreign("memsync", "the transactions not yet mined, as a Graphene set"),
            .foreign("getmemsynctx", "asks for the missing transactions of a memsync"),
            .foreign("memsynctx", "the missing transactions of a memsync"),
            // Bitcoin Unlimited: negotiation and warnings
            .foreign("extversion", "says more than version does: keys and values"),
            .foreign("xupdate", "changes values that extversion gave"),
            .foreign("dsproof-beta", "proves that two transactions spend the same output"),
        ]
        // Declared outside any payload, so nothing else would declare it before it is needed.
        _ = (trailingData, trailingIgnored, Remark.common)
        index = Dictionary(rows.enumerated().map { ($1.command, $0) }, uniquingKeysWith: { first, _ in first })
        types = rows + [service]
        declared = Catalog.declarations
    }

    /// The type of that command. Beside the rows there is one rule: an underscore and a name is a service (BIP 36).
    public subscript(command: Command) -> MessageType? {
        if let row = index[command] { return types[row] }
        return command.byte(0) == 0x5f && command.nameLength > 1 && command.isValid ? service : nil
    }
}

extension MessageType {
    /// A row for a message that is known by its name only. In field names, hyphens become underscores.
    fileprivate static func foreign(_ command: StaticString, _ meaning: String) -> MessageType {
        let name = Command(command).name.lowercased().replacing("-", with: "_")
        return MessageType(command, .foreign, .other, "Bitcoin Unlimited", Foreign(name, meaning))
    }
}
