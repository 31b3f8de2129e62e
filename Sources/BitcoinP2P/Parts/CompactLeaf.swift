import Fields

/// An unspent output as utreexo sends it: what the receiver cannot tell from the transaction that spends it
/// (protocol.md section 6.20).
struct CompactLeaf: Sendable {
    let group: Field
    let headerCode: Field
    let height: Field
    let isCoinbase: Field
    let amount: Field
    let tag: Field
    let script: VarBytes

    /// Bytes that none has fewer of.
    static var least: Int { 13 }

    init(_ name: String) {
        group = Field(name, "Leaf data", .group, "an output that is spent: what the input does not say of it")
        headerCode = Field(
            "\(name).header_code", "Header code", .unsigned(bits: 32), "twice the height, plus 1 for a coinbase")
        height = Field(
            "\(name).height", "Height", .unsigned(bits: 32), "the height of the block that made the output")
        isCoinbase = Field("\(name).coinbase", "Coinbase", .boolean, "whether a coinbase made the output")
        amount = Field("\(name).amount", "Amount", .amount, "the amount of the output, in satoshi on the wire")
        tag = Field(
            "\(name).script_type", "Script type", .enumeration(Self.types, bits: 8),
            "how to make the output's script from the input; only type 0 has it written out")
        script = VarBytes("\(name).script", "Script", .bytes, "the output's script")
    }

    /// Reads `count` of them, an entry each.
    func list(_ c: inout Cursor<some FieldSink & ~Copyable>, _ count: Int) throws(Stop) {
        try c.list(of: group, count, minimum: Self.least) { (c, _) throws(Stop) in
            let code = try c.integer(headerCode, UInt32.self)
            c.generate(height, UInt64(code >> 1))
            c.generate(isCoinbase, UInt64(code & 1))
            try c.integer(amount, Int64.self)
            if try c.integer(tag, UInt8.self) == 0 { try script.layout(&c) }
        }
    }

    static let types = ValueNames(
        (0, "OTHER", "the script follows"),
        (1, "P2PKH", "pays to the hash of the key in the input"),
        (2, "P2WPKH", "pays to the hash of the key in the witness"),
        (3, "P2SH", "pays to the hash of the script in the input"),
        (4, "P2WSH", "pays to the hash of the script in the witness"))
}

/// Positions in the utreexo forest.
struct UtreexoTargets: Sendable {
    let count: Field
    let target: Field

    init(_ prefix: String) {
        count = Field("\(prefix).targets_length", "Number of targets", .count, "how many positions follow")
        target = Field(
            "\(prefix).targets", "Target", .count, "the position in the forest of an output that is spent")
    }

    @discardableResult
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Int {
        let targets = try c.compactSize(count, of: target, limit: Limits.size)
        try c.values(targets, minimum: 1) { (c, _) throws(Stop) in try c.compactSize(number: target) }
        return targets
    }
}
