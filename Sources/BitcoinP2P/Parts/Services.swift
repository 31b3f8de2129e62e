import Fields

/// The bits by which a node says what it serves (protocol.md section 4.3): claims that nobody authenticates.
struct Services: Sendable {
    // Those that Wireshark has fields for are always shown, the others where they are set.
    private let common: [(field: Field, mask: UInt64)]
    private let others: [(field: Field, mask: UInt64)]
    private let known: UInt64
    private let unknown = Field(
        "bitcoin.services.unknown", "Unknown services", .hexadecimal(bits: 64), "service bits that have no name here")

    init() {
        let bits = Self.names.map { bit, name, label, meaning in
            let mask = UInt64(1) << UInt64(bit)
            return (field: Field("bitcoin.services.\(name)", label, .flag(mask: mask, bits: 64), meaning), mask: mask)
        }
        let commonMask: UInt64 = 0xc5f
        common = bits.filter { $0.mask & commonMask != 0 }
        others = bits.filter { $0.mask & commonMask == 0 }
        known = bits.reduce(0) { $0 | $1.mask }
    }

    /// Shows each bit of `value` under the integer of `count` bytes that was just read.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, of value: UInt64, bytes count: Int) {
        c.parts { c in
            c.flags(common, of: value, bytes: count)
            for bit in others where value & bit.mask != 0 {
                c.sink.leaf(bit.field, at: c.offset - count, length: count, value: 1, flags: .partOfParent)
            }
            if value & ~known != 0 {
                c.sink.leaf(
                    unknown, at: c.offset - count, length: count, value: value & ~known, flags: .partOfParent)
            }
        }
    }

    static let names: [(bit: Int, name: String, label: String, meaning: String)] = [
        (0, "network", "NODE_NETWORK", "serves all blocks of the chain"),
        (1, "getutxo", "NODE_GETUTXO", "answers getutxos (BIP 64, Bitcoin XT)"),
        (2, "bloom", "NODE_BLOOM", "serves peers that set a bloom filter (BIP 111)"),
        (3, "witness", "NODE_WITNESS", "serves transactions and blocks with witnesses (BIP 144)"),
        (4, "xthin", "NODE_XTHIN", "serves xthin blocks (Bitcoin Unlimited)"),
        (5, "cash", "NODE_BITCOIN_CASH", "follows the Bitcoin Cash chain"),
        (
            6, "compactfilters", "NODE_COMPACT_FILTERS",
            "serves basic block filters (BIP 157); Graphene blocks on Bitcoin Cash"
        ),
        (7, "segwit2x", "NODE_2X", "followed the Segwit2x fork of 2017"),
        (8, "cf", "NODE_CF", "serves compact filters on Bitcoin Cash (Bitcoin Unlimited)"),
        (
            10, "networklimited", "NODE_NETWORK_LIMITED",
            "serves at least the last 288 blocks (BIP 159)"
        ),
        (11, "p2pv2", "NODE_P2P_V2", "accepts the encrypted transport (BIP 324)"),
        (12, "utreexo", "NODE_UTREEXO", "serves utreexo proofs (BIP 183 draft)"),
        (
            13, "utreexoarchive", "NODE_UTREEXO_ARCHIVE",
            "serves utreexo proofs of all blocks (BIP 183 draft)"
        ),
        (14, "utxoset", "NODE_UTXO_SET", "shares snapshots of unspent outputs (BIP 452 draft)"),
        (24, "utreexoexperiment", "utreexo experiment", "unregistered: utreexo experiments of 2023"),
        (26, "replacebyfee", "NODE_REPLACE_BY_FEE", "relays every replacement (Bitcoin Knots)"),
        (
            27, "reduceddata", "NODE_REDUCED_DATA", "of Bitcoin Knots since 2025; NODE_BIP148 in 2017"
        ),
        (29, "librerelay", "NODE_LIBRE_RELAY", "relays what others hold back (Libre Relay)"),
    ]
}
