import Fields

/// `addr`: addresses of nodes, at most 1000, each with the time it was last seen (without it before version 31402).
struct Addr: Payload {
    let limits = LimitRemarks()
    let message = Field("bitcoin.addr", "Address message", .group, "addresses of nodes that others may connect to")
    let count = Field("bitcoin.addr.count", "Count", .count, "how many addresses follow, at most 1000")
    let entry = Field("bitcoin.addr.address", "Address", .group, "one node", structure: "net_addr")
    let timestamp = Field(
        "bitcoin.addr.timestamp", "Address timestamp", .seconds, "when the node was last seen, as peers tell each other"
    )
    let address = NetworkAddress()

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let entries = try c.compactSize(count, of: entry, limit: 1000, over: limits.entries)
        // Old peers leave the time out; only the number of bytes tells.
        let bare = NetworkAddress.byteCount
        let isTimed = c.comes(
            timestamp, in: entry, made: true, whereRead: entries == 0 || c.left / bare != entries || c.left % bare != 0)
        if c.sink.wantsInfo {
            if entries == 1 {
                address.appendInfo(&c, at: c.offset + (isTimed ? 4 : 0))
            } else {
                c.info(entries, "address", "addresses")
            }
        }
        try c.list(of: entry, entries, stride: isTimed ? bare + 4 : bare) { (c, _) throws(Stop) in
            let mark = c.mark
            if isTimed { try c.integer(timestamp, UInt32.self) }
            try address.layout(&c, in: mark)
        }
    }
}
