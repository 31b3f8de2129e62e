import Dissection

/// Every type of message that is known, one row each.
public struct Registry: Sendable {
    /// Building it declares every field, so that the field list needs no input.
    public static let standard = Registry()

    public let types: [MessageType]
    private let index: [Command: Int]

    private init() {
        types = [
            MessageType("version", .current, "Satoshi client", Version()),
            MessageType("verack", .current, "Satoshi client", Verack()),
            MessageType("wtxidrelay", .current, "BIP 339", WtxidRelay()),
            MessageType("sendaddrv2", .current, "BIP 155", SendAddrV2()),
            MessageType("sendtxrcncl", .current, "BIP 330", SendTxRcncl()),
            MessageType("addr", .current, "Satoshi client", Addr()),
            MessageType("addrv2", .current, "BIP 155", AddrV2()),
            MessageType("getaddr", .current, "Satoshi client", GetAddr()),
            MessageType("inv", .current, "Satoshi client", Inv()),
            MessageType("getdata", .current, "Satoshi client", GetData()),
            MessageType("notfound", .current, "BIP 37", NotFound()),
            MessageType("getblocks", .current, "Satoshi client", GetBlocks()),
            MessageType("getheaders", .current, "Satoshi client", GetHeaders()),
            MessageType("headers", .current, "Satoshi client", Headers()),
            MessageType("block", .current, "Satoshi client", Block()),
            MessageType("tx", .current, "Satoshi client", Tx()),
            MessageType("mempool", .current, "BIP 35", Mempool()),
            MessageType("ping", .current, "Satoshi client", Ping()),
            MessageType("pong", .current, "BIP 31", Pong()),
            MessageType("filterload", .current, "BIP 37", FilterLoad()),
            MessageType("filteradd", .current, "BIP 37", FilterAdd()),
            MessageType("filterclear", .current, "BIP 37", FilterClear()),
            MessageType("merkleblock", .current, "BIP 37", MerkleBlock()),
            MessageType("sendheaders", .current, "BIP 130", SendHeaders()),
            MessageType("feefilter", .current, "BIP 133", FeeFilter()),
            MessageType("sendcmpct", .current, "BIP 152", SendCmpct()),
            MessageType("cmpctblock", .current, "BIP 152", CompactBlock()),
            MessageType("getblocktxn", .current, "BIP 152", GetBlockTxn()),
            MessageType("blocktxn", .current, "BIP 152", BlockTxn()),
            MessageType("getcfilters", .current, "BIP 157", GetCFilters()),
            MessageType("cfilter", .current, "BIP 157", CFilter()),
            MessageType("getcfheaders", .current, "BIP 157", GetCFHeaders()),
            MessageType("cfheaders", .current, "BIP 157", CFHeaders()),
            MessageType("getcfcheckpt", .current, "BIP 157", GetCFCheckpt()),
            MessageType("cfcheckpt", .current, "BIP 157", CFCheckpt()),
        ]
        index = Dictionary(types.enumerated().map { ($1.command, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(command: Command) -> MessageType? { index[command].map { types[$0] } }
}
