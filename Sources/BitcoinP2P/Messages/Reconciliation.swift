import Fields

// Transaction reconciliation (BIP 330), negotiated by `sendtxrcncl`. Core 28.1 knows the negotiation only.

/// `reqrecon` (BIP 330): begins a round of reconciliation by saying how large the sender's set is.
struct ReqRecon: Payload {
    let message = Field(
        "bitcoin.reqrecon", "Reqrecon message", .group, "asks for a sketch of the transactions the peer would announce")
    let setSize = Field(
        "bitcoin.reqrecon.set_size", "Set size", .unsigned(bits: 16), "how many transactions the sender would announce")
    let q = Field(
        "bitcoin.reqrecon.q", "Q", .unsigned(bits: 16), "how much the sets are expected to differ, times 32767")
    let coefficient = Field(
        "bitcoin.reqrecon.q.coefficient", "Coefficient", .decimal, "the part of both sets that is expected to differ")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let size = try c.integer(setSize, UInt16.self)
        let scaled = try c.integer(q, UInt16.self)
        if c.keepsFields {
            var text = TextBuffer()
            Self.append(scaled, to: &text)
            c.generate(coefficient, Double(Self.parts(scaled)) / 10_000, shownAs: text)
        }
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" set of ")
        c.sink.info.append(decimal: UInt64(size))
        c.sink.info.append(" q ")
        Self.append(scaled, to: &c.sink.info)
    }

    /// Ten-thousandths.
    private static func parts(_ scaled: UInt16) -> UInt64 { (UInt64(scaled) * 10_000 + 16_383) / 32_767 }

    /// `0.1000`
    private static func append(_ scaled: UInt16, to text: inout TextBuffer) {
        let parts = parts(scaled)
        text.append(decimal: parts / 10_000)
        text.append(ascii: 0x2e)
        text.append(decimal: parts % 10_000, width: 4)
    }
}

/// `sketch` (BIP 330): a sketch of a set, from which the difference to another set can be computed.
struct Sketch: Payload {
    let message = Field("bitcoin.sketch", "Sketch message", .group, "a sketch of a set of transactions")
    let length = Field(
        "bitcoin.sketch.skdata.length", "Sketch data length", .count, "how many bytes follow: four for each element")
    let data = Field(
        "bitcoin.sketch.skdata", "Sketch data", .bytes,
        "elements of GF(2^32): sums of the first, third, fifth … power of each short id")
    let capacity = Field(
        "bitcoin.sketch.capacity", "Capacity", .unsigned(bits: 64), "how many differences it can resolve at most")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let size = try c.compactSize(length, bytesOf: data, limit: Limits.size)
        if c.sink.wantsInfo {
            c.sink.info.append(" capacity ")
            c.sink.info.append(decimal: size / 4)
        }
        try c.bytes(data, size)
        c.generate(capacity, UInt64(size / 4))
    }
}

/// `reconcildiff` (BIP 330): ends a round: which transactions the sender wants.
struct ReconcilDiff: Payload {
    let message = Field(
        "bitcoin.reconcildiff", "Reconcildiff message", .group, "ends a reconciliation: what the sender lacks")
    let success = Field(
        "bitcoin.reconcildiff.success", "Success", .boolean, "whether the difference could be computed; if not, flood")
    let count = Field(
        "bitcoin.reconcildiff.ask_shortids_length", "Number of short ids", .count, "how many short ids follow")
    let shortID = Field(
        "bitcoin.reconcildiff.ask_shortids", "Short id", .hexadecimal(bits: 32),
        "a transaction that the sender wants: SipHash-2-4 of its wtxid, keyed by both salts")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let isSuccess = try c.integer(success, UInt8.self) != 0
        if c.sink.wantsInfo { c.sink.info.append(isSuccess ? " success" : " failure") }
        let ids = try c.compactSize(count, of: shortID, limit: Limits.size)
        c.info(ids, "short id", "short ids")
        try c.values(ids, stride: 4) { (c, _) throws(Stop) in try c.integer(shortID, UInt32.self) }
    }
}
