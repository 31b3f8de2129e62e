import Fields

/// The question that `getblocks` and `getheaders` ask (protocol.md section 6.6): hashes the sender knows, newest first
/// and thinning toward genesis; the first one that the receiver has in its chain is where the answer begins.
struct BlockLocator: Sendable {
    let limits = LimitRemarks()

    let version: Field
    let count: Field
    let hashStart: Field
    let hashStop: Field

    init(_ prefix: String) {
        version = Field(
            "\(prefix).version", "Protocol version", .unsigned(bits: 32),
            "the sender's protocol version; receivers ignore it")
        count = Field("\(prefix).count", "Count", .count, "how many locator hashes follow, at most 101")
        hashStart = Field(
            "\(prefix).hash_start", "Starting hash", .hash, "a block that the sender has: the answer begins after it")
        hashStop = Field(
            "\(prefix).hash_stop", "Stopping hash", .hash, "the last block wanted; all zero for as many as possible")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try c.integer(version, UInt32.self)
        let hashes = try c.compactSize(count, of: hashStart, limit: 101, over: limits.locator)
        if hashes > 0, c.left >= 32 { c.info(" from ", hash: c.offset..<c.offset + 32) }
        if c.sink.wantsInfo, hashes != 1 {
            c.sink.info.append(hashes == 0 ? " " : ", ")
            c.sink.info.append(hashes, "hash", "hashes")
        }
        try c.values(hashes, stride: 32) { (c, _) throws(Stop) in try c.bytes(hashStart, 32) }
        let stop = try c.bytes(hashStop, 32)
        if !isZero(c.bytes.extracting(stop)) { c.info(" to ", hash: stop) }
    }

    private func isZero(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
    }
}
