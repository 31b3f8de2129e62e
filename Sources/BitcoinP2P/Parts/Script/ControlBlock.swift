import Fields

/// How a taproot output is shown to hide a script: version of the script, inner key, and the merkle path (BIP 341).
struct ControlBlock: Sendable {
    let block = Field(
        "bitcoin.tx.in.control_block", "Control block", .bytes, "proves that the output's key hides this script")
    let leafVersion = Field(
        "bitcoin.tx.in.control_block.leaf_version", "Leaf version",
        .enumeration(ControlBlock.versions, bits: 8, hexadecimal: true), "by which rules the script is run")
    let parity = Field(
        "bitcoin.tx.in.control_block.parity", "Output key parity", .unsigned(bits: 8),
        "the lowest bit of the same byte: whether Y of the output's key is odd")
    let internalKey = Field(
        "bitcoin.tx.in.control_block.internal_key", "Internal key", .bytes,
        "the key that the scripts were added to; x-only")
    let node = Field(
        "bitcoin.tx.in.control_block.merkle_node", "Merkle path node", .bytes,
        "what this step up the tree of scripts is hashed with", repeats: true)

    static let versions = ValueNames((0xc0, "tapscript", "the rules of BIP 342"))

    /// Whether it can be one: 33 bytes and up to 128 nodes, and a first byte that no script and no key of version 0 can
    /// begin with, chosen so by BIP 341.
    static func isOne(_ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        guard range.count >= 33, range.count <= 33 + 32 * 128, (range.count - 33) % 32 == 0, range.lowerBound >= 0,
            range.upperBound <= bytes.byteCount
        else { return false }
        switch bytes.unsafeLoad(fromUncheckedByteOffset: range.lowerBound, as: UInt8.self) & 0xfe {
        case 0xc0...0xfe, 0x66, 0x7e, 0x80, 0x84, 0x96, 0x98, 0xba, 0xbc, 0xbe: return true
        default: return false
        }
    }

    /// The script's rules, masked out of the first byte.
    static func version(_ range: Range<Int>, _ bytes: RawSpan) -> UInt8 {
        guard range.lowerBound >= 0, range.lowerBound < bytes.byteCount else { return 0 }
        return bytes.unsafeLoad(fromUncheckedByteOffset: range.lowerBound, as: UInt8.self) & 0xfe
    }

    /// - Parameter range: Of which ``isOne(_:_:)`` is true.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>) {
        let start = range.lowerBound
        let first = c.load(littleEndian: UInt8.self, at: start) ?? 0
        c.part(block, range) { c in
            c.part(leafVersion, start..<start &+ 1, value: UInt64(first & 0xfe))
            c.part(parity, start..<start &+ 1, value: UInt64(first & 1))
            c.part(internalKey, start &+ 1..<start &+ 33)
            var at = start &+ 33
            while range.upperBound &- at >= 32 {
                c.part(node, at..<at &+ 32)
                at &+= 32
            }
        }
    }
}
