import Fields

/// `filterload` (BIP 37): sets a bloom filter; from then on only matching transactions are announced.
struct FilterLoad: Payload {
    let tooLarge = Remark(
        "bitcoin.filterload.over_limit", .error, .malformed, breaks: Rule("too-large bloom filter", .misbehaving),
        "More than the {n} that receivers accept: they disconnect")

    let message = Field("bitcoin.filterload", "Filterload message", .group, "sets a bloom filter for transactions")
    let length = Field(
        "bitcoin.filterload.filter.length", "Filter length", .count, "how many bytes the filter has, at most 36,000")
    let filter = Field("bitcoin.filterload.filter", "Filter", .bytes, "the bits: all those of an item set, it matches")
    let functions = Field(
        "bitcoin.filterload.nhashfunc", "nHashFunc", .unsigned(bits: 32), "how many bits each item sets, at most 50")
    let tweak = Field(
        "bitcoin.filterload.ntweak", "nTweak", .hexadecimal(bits: 32), "a random number that makes the hashes its own")
    let flags = Field(
        "bitcoin.filterload.nflags", "nFlags", .enumeration(Self.updates, bits: 8),
        "what the server adds to the filter when an output matches: the low two bits of the byte")
    let flagsSent = Field(
        "bitcoin.filterload.nflags.sent", "As sent", .hexadecimal(bits: 8),
        "the whole byte, where it has more bits than those that count")

    let bitsSet = Field(
        "bitcoin.filterload.bits_set", "Bits set", .unsigned(bits: 64), "how many bits of the filter are 1")
    let falsePositives = Field(
        "bitcoin.filterload.false_positives", "False positives", .decimal,
        "how often what was not asked for matches, in percent: the share of bits set, to the power of the functions")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let size = try c.compactSize(length, bytesOf: filter, limit: 36_000, over: tooLarge)
        c.info(size, "byte", "bytes")
        let range = try c.bytes(filter, size)
        let hashes = try c.integer(functions, UInt32.self)
        if hashes > 50 { c.annotate(tooLarge, 50) }
        let salt = try c.integer(tweak, UInt32.self)
        let update = try layoutFlags(&c)
        if c.keepsFields { estimate(&c, BloomFilter(c.bytes.extracting(range), functions: hashes)) }
        guard c.sink.wantsInfo else { return }
        c.info(Int(hashes), "function", "functions")
        c.sink.info.append(" tweak 0x")
        c.sink.info.append(hexadecimal: UInt64(salt), digits: 8)
        c.sink.info.append(" flags ")
        if let name = Self.updates.name(of: update) {
            c.sink.info.append(name)
        } else {
            c.sink.info.append(decimal: update)
        }
    }

    /// The bits of the byte that count.
    private func layoutFlags(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> UInt64 {
        let start = c.offset
        let sent = UInt64(try c.byte(flags, mask: 3))
        if sent > 3 { c.parts { c in c.part(flagsSent, start..<start + 1, value: sent) } }
        return sent & 3
    }

    private func estimate(_ c: inout Cursor<some FieldSink & ~Copyable>, _ bloom: BloomFilter) {
        c.generate(bitsSet, UInt64(bloom.bitsSet))
        var text = TextBuffer()
        bloom.appendFalsePositives(to: &text)
        c.generate(falsePositives, bloom.falsePositives * 100, shownAs: text)
    }

    static let updates = ValueNames(
        (0, "BLOOM_UPDATE_NONE", "nothing"),
        (1, "BLOOM_UPDATE_ALL", "the outpoint of every output that matches"),
        (2, "BLOOM_UPDATE_P2PUBKEY_ONLY", "the outpoint of bare public key and multisig outputs that match"))
}
