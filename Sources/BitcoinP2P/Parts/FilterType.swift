import Fields

/// Which compact block filter the messages of BIP 157 speak of (protocol.md section 6.12).
struct FilterType: Sendable {
    let type: Field

    init(_ prefix: String) {
        type = Field(
            "\(prefix).filter_type", "Filter type", .enumeration(Self.names, bits: 8), "which kind of block filter")
    }

    /// Reads the type and answers whether it is the basic one.
    @discardableResult
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Bool {
        let value = try c.integer(type, UInt8.self)
        guard c.sink.wantsInfo else { return value == 0 }
        if value == 0 {
            c.sink.info.append(" basic")
        } else {
            c.sink.info.append(" type ")
            c.sink.info.append(decimal: UInt64(value))
        }
        return value == 0
    }

    static let names = ValueNames((0, "BASIC", "every output script and every script spent (BIP 158)"))
}

/// The range of blocks that `getcfilters` and `getcfheaders` ask for.
struct FilterRange: Sendable {
    let type: FilterType
    let startHeight: Field
    let stopHash: Field

    init(_ prefix: String) {
        type = FilterType(prefix)
        startHeight = Field(
            "\(prefix).start_height", "Start height", .unsigned(bits: 32), "the height of the first block asked for")
        stopHash = Field("\(prefix).stop_hash", "Stop hash", .hash, "the hash of the last block asked for")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try type.layout(&c)
        let height = try c.integer(startHeight, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" from height ")
            c.sink.info.append(decimal: UInt64(height))
        }
        c.info(" to ", hash: try c.bytes(stopHash, 32))
    }
}
