import Fields

/// `alert` (since 311, retired): a message to all users, signed with a key that a few people held.
///
/// The key is void since 2017. Core still sends one fixed alert to old peers: the final one, which no other can replace.
struct Alert: Payload {
    let message = Field("bitcoin.alert", "Alert message", .group, "a message to users, signed with the alert key")
    let payloadLength = Field(
        "bitcoin.alert.payload.length", "Payload length", .count, "how many bytes the signed part has")
    let payload = Field("bitcoin.alert.payload", "Payload", .group, "the alert itself: what is signed")
    let version = Field("bitcoin.alert.version", "Version", .signed(bits: 32), "the format of the alert: 1")
    let relayUntil = Field("bitcoin.alert.relay_until", "Relay until", .seconds, "nodes pass it on until then")
    let expiration = Field("bitcoin.alert.expiration", "Expiration", .seconds, "it is in force until then")
    let id = Field(
        "bitcoin.alert.id", "ID", .signed(bits: 32), "the number of this alert; 2147483647 for the final one")
    let isFinal = Field(
        "bitcoin.alert.is_final", "Final alert", .boolean,
        "whether it is the last one for ever: its number is the greatest there is, so it overrides all others")
    let cancel = Field(
        "bitcoin.alert.cancel", "Cancel", .signed(bits: 32), "alerts up to this number are cancelled")
    let setCancelCount = Field(
        "bitcoin.alert.set_cancel_length", "Number of cancelled alerts", .count, "how many further numbers follow")
    let setCancel = Field(
        "bitcoin.alert.set_cancel", "Cancelled alert", .signed(bits: 32), "the number of an alert that is cancelled")
    let minVer = Field(
        "bitcoin.alert.min_ver", "Minimal version", .signed(bits: 32), "it concerns clients from this version on")
    let maxVer = Field(
        "bitcoin.alert.max_ver", "Maximal version", .signed(bits: 32), "it concerns clients up to this version")
    let setSubVerCount = Field(
        "bitcoin.alert.set_sub_ver_length", "Number of user agents", .count, "how many user agents follow")
    let setSubVer = VarBytes(
        "bitcoin.alert.set_sub_ver", "User agent", .text, "a user agent that it concerns; all, where none is listed")
    let priority = Field("bitcoin.alert.priority", "Priority", .signed(bits: 32), "which alert is shown first")
    let comment = VarBytes("bitcoin.alert.comment", "Comment", .text, "a remark for developers, not shown to users")
    let statusBar = VarBytes("bitcoin.alert.status_bar", "Status bar", .text, "what users are shown")
    let reserved = VarBytes("bitcoin.alert.reserved", "Reserved", .text, "not used")
    let remainder = Field(
        "bitcoin.alert.payload.remainder", "Further data", .bytes, "what a newer version of the format may have added")
    let signature = VarBytes(
        "bitcoin.alert.signature", "Signature", .bytes,
        "ECDSA over the payload's double SHA-256, as DER, without a sighash byte")
    let signatureR = Field("bitcoin.alert.signature.r", "R", .bytes, "the first number of the signature")
    let signatureS = Field("bitcoin.alert.signature.s", "S", .bytes, "the second number of the signature")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let length = try c.compactSize(extent: payloadLength, limit: Limits.size)
        var isComplete = true
        try c.group(payload) { (c) throws(Stop) in
            isComplete = try c.within(length, remainder: remainder) { (c) throws(Stop) in try layoutPayload(&c) }
        }
        let range = try signature.layout(&c)
        layoutDER(&c, range)
        if !isComplete { throw Stop() }
    }

    private func layoutPayload(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try c.integer(version, Int32.self)
        try c.integer(relayUntil, Int64.self)
        try c.integer(expiration, Int64.self)
        let number = try c.integer(id, Int32.self)
        if number == .max { c.generate(isFinal, 1) }
        if c.sink.wantsInfo {
            c.sink.info.append(number == .max ? " final alert" : " ")
            if number != .max { c.sink.info.append(decimal: Int(number)) }
        }
        try c.integer(cancel, Int32.self)
        let cancelled = try c.compactSize(setCancelCount, of: setCancel, limit: Limits.size)
        try c.values(cancelled, stride: 4) { (c, _) throws(Stop) in try c.integer(setCancel, Int32.self) }
        try c.integer(minVer, Int32.self)
        try c.integer(maxVer, Int32.self)
        let agents = try c.compactSize(setSubVerCount, of: setSubVer.value, limit: Limits.size)
        try c.values(agents, minimum: 1) { (c, _) throws(Stop) in try setSubVer.layout(&c) }
        try c.integer(priority, Int32.self)
        try comment.layout(&c)
        c.info(quoting: try statusBar.layout(&c))
        try reserved.layout(&c)
    }

    /// Shows the two numbers under the signature: `30 length 02 length R 02 length S`. Nothing where it is not such.
    private func layoutDER(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>) {
        guard c.keepsFields else { return }
        let bytes = c.bytes
        func number(at start: Int) -> Range<Int>? {
            guard start <= range.upperBound - 2, bytes.byte(start) == 2 else { return nil }
            let length = Int(bytes.byte(start + 1))
            return length > 0 && length <= range.upperBound - start - 2 ? start + 2..<start + 2 + length : nil
        }
        guard range.count >= 8, bytes.byte(range.lowerBound) == 0x30,
            Int(bytes.byte(range.lowerBound + 1)) == range.count - 2, let r = number(at: range.lowerBound + 2),
            let s = number(at: r.upperBound), s.upperBound == range.upperBound
        else { return }
        c.parts { c in
            c.sink.leaf(signatureR, at: r.lowerBound, length: r.count, value: 0, flags: .partOfParent)
            c.sink.leaf(signatureS, at: s.lowerBound, length: s.count, value: 0, flags: .partOfParent)
        }
    }
}

extension RawSpan {
    /// The byte at `offset`, 0 outside.
    fileprivate func byte(_ offset: Int) -> UInt8 {
        offset >= 0 && offset < byteCount ? unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) : 0
    }
}
