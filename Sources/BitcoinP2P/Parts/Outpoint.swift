import Fields

/// An output by its transaction and its place there; BIP 33 writes inputs so, too (protocol.md section 3.2).
struct Outpoint: Sendable {
    let group: Field
    let hash: Field
    let index: Field

    static var byteCount: Int { 36 }

    init(_ name: String, _ label: String, of what: String = "output", _ meaning: String) {
        group = Field(name, label, .group, meaning, structure: "outpoint")
        hash = Field("\(name).hash", "Hash", .hash, "the txid of the transaction that has this \(what)")
        index = Field("\(name).index", "Index", .unsigned(bits: 32), "which \(what) of that transaction, from 0")
    }

    /// Reads one under its heading.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try c.group(group) { (c) throws(Stop) in try layoutFields(&c) }
    }

    /// Reads `count` of them, an entry each.
    func list(_ c: inout Cursor<some FieldSink & ~Copyable>, _ count: Int) throws(Stop) {
        try c.list(of: group, count, stride: Self.byteCount) { (c, _) throws(Stop) in try layoutFields(&c) }
    }

    /// Adds `4a5e…da33:0` to the summary line, of the outpoint at `start`; nothing where it is cut.
    func appendInfo(_ c: inout Cursor<some FieldSink & ~Copyable>, _ label: StaticString, at start: Int) {
        guard c.sink.wantsInfo, start <= c.end - Self.byteCount,
            let place = c.load(littleEndian: UInt32.self, at: start + 32)
        else { return }
        c.info(label, hash: start..<start + 32)
        c.sink.info.append(ascii: 0x3a)
        c.sink.info.append(decimal: UInt64(place))
    }

    private func layoutFields(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try c.bytes(hash, 32)
        try c.integer(index, UInt32.self)
    }
}
