import Fields

// Package relay (BIP 331): transactions that only together pay enough.

/// `sendpackages` (BIP 331): which kinds of package relay the sender speaks. Only between `version` and `verack`.
struct SendPackages: Payload {
    let message = Field("bitcoin.sendpackages", "Sendpackages message", .group, "offers package relay")
    let versions = Field(
        "bitcoin.sendpackages.versions", "Versions", .hexadecimal(bits: 64), "the kinds of package relay, one bit each")
    let packages = Field(
        "bitcoin.sendpackages.versions.pkgtxns", "PKG_RELAY_PKGTXNS", .flag(mask: 1, bits: 64),
        "packages are sent and asked for with getpkgtxns and pkgtxns")
    let ancestors = Field(
        "bitcoin.sendpackages.versions.anc", "PKG_RELAY_ANC", .flag(mask: 2, bits: 64),
        "the ancestors of a transaction can be asked for: ancpkginfo")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let bits = try c.integer(versions, UInt64.self)
        c.parts { c in
            c.sink.leaf(packages, at: c.offset - 8, length: 8, value: bits & 1, flags: .partOfParent)
            c.sink.leaf(ancestors, at: c.offset - 8, length: 8, value: bits >> 1 & 1, flags: .partOfParent)
        }
        guard c.sink.wantsInfo else { return }
        if bits & 1 != 0 { c.sink.info.append(" PKG_RELAY_PKGTXNS") }
        if bits & 2 != 0 { c.sink.info.append(" PKG_RELAY_ANC") }
        if bits & ~3 != 0 || bits == 0 {
            c.sink.info.append(" 0x")
            c.sink.info.append(hexadecimal: bits, digits: 16)
        }
    }
}

/// `ancpkginfo` (BIP 331): a transaction and those not mined that it builds on.
struct AncPkgInfo: Payload {
    let message = Field(
        "bitcoin.ancpkginfo", "Ancpkginfo message", .group,
        "the transactions not yet mined that a transaction builds on")
    let transactions = HashList(
        "bitcoin.ancpkginfo.txns", "Wtxid", many: "wtxids",
        "an ancestor's wtxid; the last one is that of the transaction itself")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let count = try transactions.layout(&c)
        c.info(count, "wtxid", "wtxids")
    }
}

/// `getpkgtxns` (BIP 331): asks for several transactions, all of them or none.
struct GetPkgTxns: Payload {
    let message = Field(
        "bitcoin.getpkgtxns", "Getpkgtxns message", .group, "asks for several transactions in one message, all or none")
    let transactions = HashList(
        "bitcoin.getpkgtxns.txns", "Wtxid", many: "wtxids", limit: 100, "the wtxid of a transaction asked for")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let count = try transactions.layout(&c)
        c.info(count, "wtxid", "wtxids")
    }
}

/// `pkgtxns` (BIP 331): the transactions that `getpkgtxns` asked for, to be judged together.
struct PkgTxns: Payload {
    let message = Field("bitcoin.pkgtxns", "Pkgtxns message", .group, "transactions to be judged together")
    let count = Field(
        "bitcoin.pkgtxns.txns_length", "Number of transactions", .count, "how many transactions follow, at most 100")
    let transaction = Transaction.standard

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let transactions = try c.compactSize(count, of: transaction.message, limit: 100)
        c.info(transactions, "tx", "tx")
        try transaction.list(&c, transactions, context.network)
    }
}
