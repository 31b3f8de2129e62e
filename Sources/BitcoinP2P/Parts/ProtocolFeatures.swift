import Fields

/// What a protocol number promises (protocol.md section 1.1).
enum ProtocolFeatures {
    private static let features: [(since: Int32, name: StaticString)] = [
        (31800, "getheaders"), (60001, "pong"), (60002, "mempool"), (70001, "bloom filters"), (70012, "sendheaders"),
        (70013, "feefilter"), (70014, "compact blocks"), (70016, "wtxid relay and addrv2"), (70017, "feature"),
    ]

    /// `getheaders, pong, mempool`; nothing for numbers before the first of them.
    static func append(_ version: Int32, to text: inout TextBuffer) {
        for feature in features where version >= feature.since {
            if !text.isEmpty { text.append(", ") }
            text.append(feature.name)
        }
    }
}

extension Services {
    private static let serves: [(mask: UInt64, name: StaticString)] = [
        (1 << 3, "witnesses"), (1 << 2, "bloom filters"), (1 << 6, "compact filters"), (1 << 11, "v2 transport"),
        (1 << 12, "utreexo proofs"), (1 << 14, "snapshots of unspent outputs"),
    ]

    /// What the bits imply: `full node: all blocks, witnesses, v2 transport`.
    static func append(_ value: UInt64, to text: inout TextBuffer) {
        if value & 1 != 0 {
            text.append("full node: all blocks")
        } else if value & 1 << 10 != 0 {
            text.append("pruned node: the last 288 blocks")
        } else {
            text.append("client: no blocks")
        }
        for service in serves where value & service.mask != 0 {
            text.append(", ")
            text.append(service.name)
        }
    }
}
