import Fields

/// The list that `inv`, `getdata` and `notfound` carry (protocol.md section 6.5).
struct Inventory: Sendable {
    let inventoryTypeUnknown = Remark(
        "bitcoin.inv.type.unknown", .warning, .protocol, "No inventory type of this number is known")

    private let tooMany: Remark

    let count: Field
    let item: Field
    let type: Field
    let hash: Field
    /// Who announced an entry before; nil of lists that announce nothing.
    let announcement: AnnouncementFields?

    /// - Parameters:
    ///   - tooMany: What is remarked on more entries than receivers accept.
    ///   - tellsAnnouncements: Who announced an entry before may be told.
    init(_ prefix: String, over tooMany: Remark = .common.countOverLimit, tellsAnnouncements: Bool = false) {
        self.tooMany = tooMany
        announcement = tellsAnnouncements ? AnnouncementFields() : nil
        count = Field("\(prefix).count", "Count", .count, "how many inventory vectors follow, at most 50,000")
        item = Field("\(prefix).item", "Inventory vector", .group, "one transaction or block", structure: "inv_vect")
        type = Field(
            "\(prefix).type", "Type", .enumeration(InventoryType.names, bits: 32), "what the hash identifies")
        hash = Field("\(prefix).hash", "Data hash", .hash, "a txid, wtxid or block hash, by the type above")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ earlier: Earlier) throws(Stop) {
        let entries = try c.compactSize(count, of: item, limit: 50_000, over: tooMany)
        let start = c.offset
        if c.sink.wantsInfo { appendInfo(&c, entries, from: start) }
        try c.list(of: item, entries, stride: 36) { (c, index) throws(Stop) in
            let value = try c.integer(type, UInt32.self)
            if !InventoryType.names.hasName(UInt64(value)) { c.annotate(inventoryTypeUnknown) }
            try c.bytes(hash, 32)
            if index < earlier.announcements.count, let announcement, let first = earlier.announcements[index] {
                announcement.append(first, to: &c.sink)
            }
        }
    }

    /// `35 × MSG_WTX`, or how many of each type, in the order of their first; of a single one its hash, too.
    private func appendInfo(_ c: inout Cursor<some FieldSink & ~Copyable>, _ entries: Int, from start: Int) {
        let present = min(entries, c.left / 36)
        var runs = InlineArray<4, (type: UInt32, count: Int)>(repeating: (0, 0))
        var used = 0
        var others = 0
        for index in 0..<present {
            guard let type = c.load(littleEndian: UInt32.self, at: start + index * 36) else { break }
            var slot = 0
            while slot < used, runs[slot].type != type { slot += 1 }
            if slot < used {
                runs[slot].count += 1
            } else if used < runs.count {
                runs[used] = (type, 1)
                used += 1
            } else {
                others += 1
            }
        }
        if used == 0 {
            c.sink.info.append(" ")
            c.sink.info.append(count: entries)
        }
        for slot in 0..<used {
            c.sink.info.append(slot == 0 ? " " : ", ")
            c.sink.info.append(decimal: runs[slot].count)
            c.sink.info.append(" × ")
            InventoryType.append(runs[slot].type, to: &c.sink.info)
        }
        if entries == 1, present == 1 { c.info(" ", hash: start + 4..<start + 36) }
        if others > 0 {
            c.sink.info.append(", ")
            c.sink.info.append(others, "other", "others")
        }
    }
}

/// What an inventory vector's hash identifies.
enum InventoryType {
    static let names = ValueNames(
        (0, "ERROR", "nothing; not used"),
        (1, "MSG_TX", "a transaction, by its txid"),
        (2, "MSG_BLOCK", "a block, by its hash"),
        (3, "MSG_FILTERED_BLOCK", "a block as merkleblock (BIP 37)"),
        (4, "MSG_CMPCT_BLOCK", "a block as cmpctblock (BIP 152)"),
        (5, "MSG_WTX", "a transaction, by its wtxid (BIP 339)"),
        (6, "MSG_PKGTXNS", "a package of transactions (BIP 331)"),
        (7, "MSG_ANCPKGINFO", "the ancestors of a transaction, by its wtxid (BIP 331)"),
        (0x94a0, "MSG_DOUBLESPENDPROOF", "a proof of a double spend (Bitcoin Unlimited)"),
        (0x4000_0001, "MSG_WITNESS_TX", "a transaction with its witness, by its txid (BIP 144)"),
        (0x4000_0002, "MSG_WITNESS_BLOCK", "a block with its witnesses (BIP 144)"),
        (0x4000_0003, "MSG_FILTERED_WITNESS_BLOCK", "reserved, unused (BIP 144)"),
        (0x0100_0001, "MSG_UTREEXO_TX", "a transaction with its utreexo proof (BIP 183 draft)"),
        (0x4100_0001, "MSG_WITNESS_UTREEXO_TX", "the same with its witness (BIP 183 draft)"))

    static func append(_ type: UInt32, to text: inout TextBuffer) {
        if let name = names.name(of: UInt64(type)) {
            text.append(name)
        } else {
            text.append("type 0x")
            text.append(hexadecimal: UInt64(type), digits: 8)
        }
    }
}
