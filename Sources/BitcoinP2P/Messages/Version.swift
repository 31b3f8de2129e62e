import Fields

/// `version`: the first message of either side: who it is, what it speaks, what it serves.
///
/// The bytes that are left decide which fields are there, as in Core, not the version number; where the two
/// disagree the field says so.
struct Version: Payload {
    let obsolete = Remark(
        "bitcoin.version.obsolete", .error, .protocol, breaks: Rule("obsolete version", .disconnect),
        "Less than {n}, the oldest version that receivers speak with: they disconnect")
    let fieldsDisagreeWithVersion = Remark(
        "bitcoin.version.fields_disagree", .note, .protocol,
        "The fields present are not those of protocol version {signed}")

    let message = Field(
        "bitcoin.version", "Version message", .group, "opens a connection: who speaks, and what it knows")
    let version = Field(
        "bitcoin.version.version", "Protocol version", .signed(bits: 32),
        "the newest protocol the sender speaks; the smaller one of both sides holds")
    let features = Field(
        "bitcoin.version.features", "Features", .text,
        "what nodes of this protocol number know; some need a service or an offer besides")
    let services = Field(
        "bitcoin.version.services", "Node services", .hexadecimal(bits: 64), "what the sender serves, one bit each")
    let bits = Services()
    let serves = Field("bitcoin.version.serves", "Serves", .text, "what the services above imply, in words")
    let timestamp = Field("bitcoin.version.timestamp", "Node timestamp", .seconds, "what the sender's clock says")
    let clock = ClockOffset("bitcoin.version.clock_offset")
    let addrYou = Field(
        "bitcoin.version.addr_you", "Address as receiving node", .group,
        "the receiver, as the sender sees it (addr_recv)", structure: "net_addr without time")
    let addrMe = Field(
        "bitcoin.version.addr_me", "Address of emitting node", .group, "the sender (addr_from); zero today",
        structure: "net_addr without time")
    let address = NetworkAddress()
    let nonce = Field(
        "bitcoin.version.nonce", "Random nonce", .hexadecimal(bits: 64), "by which a node notices that it called itself"
    )
    let userAgentLength = Field(
        "bitcoin.version.user_agent.length", "User agent length", .count, "how many bytes the name has, at most 256")
    let userAgent = Field(
        "bitcoin.version.user_agent", "User agent", .text, "name and version of the software, as /Name:1.0/ (BIP 14)")
    let startHeight = Field(
        "bitcoin.version.start_height", "Block start height", .signed(bits: 32), "the height of the sender's best chain"
    )
    let relay = Field(
        "bitcoin.version.relay", "Relay flag", .boolean,
        "whether to announce transactions before a filter is set (BIP 37); yes where it is absent")
    let relayAbsent = Field(
        "bitcoin.version.relay.default", "Relay flag", .boolean,
        "what the relay flag counts as where the message ends before it")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let number = try c.integer(version, Int32.self)
        if number < Limits.oldestVersion { c.annotate(obsolete, UInt64(Limits.oldestVersion)) }
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(decimal: Int(number))
        }
        if c.keepsFields { showFeatures(&c, number) }
        let flags = try c.integer(services, UInt64.self)
        bits.layout(&c, of: flags, bytes: 8)
        if c.keepsFields { showServices(&c, flags) }
        let seconds = try c.integer(timestamp, Int64.self)
        clock.layout(&c, seconds, context)
        try layoutAddress(&c, addrYou, number, since: nil)

        guard c.goesOn(with: [addrMe, nonce] + behindNonce) else { return ended(&c, number, before: 106) }
        try layoutAddress(&c, addrMe, number, since: 106)
        try c.integer(nonce, UInt64.self)

        guard c.goesOn(with: behindNonce) else { return ended(&c, number, before: 106) }
        try layoutUserAgent(&c)

        guard c.goesOn(with: [startHeight, relay]) else { return ended(&c, number, before: 209) }
        let height = try c.integer(startHeight, Int32.self)
        if number < 209 { disagree(&c, number) }
        if c.sink.wantsInfo {
            c.sink.info.append(" height ")
            c.sink.info.append(decimal: Int(height))
        }

        guard c.goesOn(with: [relay]) else { return ended(&c, number, before: nil) }
        let wanted = try c.integer(relay, UInt8.self)
        if number < 70001 { disagree(&c, number) }
        if c.sink.wantsInfo, wanted == 0 { c.sink.info.append(", no relay") }
    }

    private var behindNonce: [Field] { [userAgentLength, userAgent, startHeight, relay] }

    private func showFeatures(_ c: inout Cursor<some FieldSink & ~Copyable>, _ number: Int32) {
        var text = TextBuffer()
        ProtocolFeatures.append(number, to: &text)
        if !text.isEmpty { c.parts { c in c.generate(features, text) } }
    }

    private func showServices(_ c: inout Cursor<some FieldSink & ~Copyable>, _ flags: UInt64) {
        var text = TextBuffer()
        Services.append(flags, to: &text)
        c.generate(serves, text)
    }

    private func layoutAddress(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ field: Field, _ number: Int32, since first: Int32?
    ) throws(Stop) {
        try c.group(field) { (c) throws(Stop) in
            let mark = c.mark
            if let first, number < first { disagree(&c, number) }
            try address.layout(&c, in: mark)
        }
    }

    private func layoutUserAgent(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let length = try c.compactSize(userAgentLength, bytesOf: userAgent, limit: 256)
        let range = try c.bytes(userAgent, length)
        guard c.sink.wantsInfo, length > 0 else { return }
        let shown = c.bytes.extracting(range.prefix(256))
        c.sink.info.append(" ")
        c.sink.info.append(wire: shown)
    }

    /// The bytes end where a group might have followed: versions from `first` on have it.
    private func ended(_ c: inout Cursor<some FieldSink & ~Copyable>, _ number: Int32, before first: Int32?) {
        if let first, number >= first { disagree(&c, number) }
        c.generate(relayAbsent, 1)
    }

    private func disagree(_ c: inout Cursor<some FieldSink & ~Copyable>, _ number: Int32) {
        c.annotate(fieldsDisagreeWithVersion, UInt64(bitPattern: Int64(number)))
    }
}
