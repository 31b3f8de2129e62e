import Fields

/// What the envelopes of a tapscript say (protocol.md section 7.7): no rule of Bitcoin's, but of those who index them.
struct InscriptionParts: Sendable {
    let envelopeMalformed = Remark(
        "bitcoin.inscription.malformed", .note, .protocol,
        "Envelopes of inscriptions that have no end, or hold more than pushes: {n}; indexers ignore them")
    let valueMissing = Remark(
        "bitcoin.inscription.value_missing", .note, .protocol, "The last tag of the inscription has no value")

    let count = Field(
        "bitcoin.tx.in.inscription_count", "Number of inscriptions", .unsigned(bits: 32),
        "how many envelopes the script has; the first \(Self.most) are shown")
    let inscription = Field(
        "bitcoin.tx.in.inscription", "Inscription", .group,
        "an envelope, which no instruction runs: OP_FALSE OP_IF \"ord\", tags with values, a body, OP_ENDIF")
    let contentType = Field(
        "bitcoin.tx.in.inscription.content_type", "Content type", .text, "what the body is, as a MIME type: tag 1")
    let pointer = Field(
        "bitcoin.tx.in.inscription.pointer", "Pointer", .unsigned(bits: 64),
        "on which satoshi of the outputs it is, from 0: tag 2")
    let parent = Field(
        "bitcoin.tx.in.inscription.parent", "Parent", .text,
        "the inscription that it belongs to, as txid and number: tag 3", repeats: true)
    let metadata = Field(
        "bitcoin.tx.in.inscription.metadata", "Metadata", .bytes, "CBOR; several are one: tag 5", repeats: true)
    let metaprotocol = Field(
        "bitcoin.tx.in.inscription.metaprotocol", "Metaprotocol", .text, "by which protocol it is read: tag 7")
    let contentEncoding = Field(
        "bitcoin.tx.in.inscription.content_encoding", "Content encoding", .text, "how the body is compressed: tag 9")
    let delegate = Field(
        "bitcoin.tx.in.inscription.delegate", "Delegate", .text,
        "the inscription whose body stands for this one's, as txid and number: tag 11")
    let field = Field(
        "bitcoin.tx.in.inscription.field", "Field", .group,
        "another tag with its value, or one that the inscription had already")
    let tag = Field(
        "bitcoin.tx.in.inscription.field.tag", "Tag", .enumeration(Self.tags, bits: 8), "what the value is")
    let longTag = Field(
        "bitcoin.tx.in.inscription.field.long_tag", "Long tag", .bytes, "a tag of more than one byte")
    let value = Field("bitcoin.tx.in.inscription.field.value", "Value", .bytes, "the value of the tag")
    let fieldCount = Field(
        "bitcoin.tx.in.inscription.field_count", "Number of fields", .unsigned(bits: 32),
        "how many tags it has; the first \(Self.mostFields) are shown")
    let bodyLength = Field(
        "bitcoin.tx.in.inscription.body_length", "Body length", .unsigned(bits: 32),
        "bytes of the body, which are all pushes after an empty one in the place of a tag")
    let body = Field(
        "bitcoin.tx.in.inscription.body", "Body", .bytes, "the first \(Self.bodyBytes) bytes of the body, or all")

    private static let tags = ValueNames(
        (1, "content type", "what the body is"), (2, "pointer", "on which satoshi it is"),
        (3, "parent", "what it belongs to"), (5, "metadata", "CBOR"), (7, "metaprotocol", "how it is read"),
        (9, "content encoding", "how the body is compressed"), (11, "delegate", "whose body stands for its own"),
        (13, "rune", "the name of a rune"), (15, "note", "ignored"), (17, "properties", "CBOR"),
        (19, "property encoding", "how the properties are compressed"), (66, "unbound", "it is on no satoshi"),
        (255, "nop", "ignored"))

    /// No more envelopes of a script are shown, no more tags of an envelope, and no more bytes of its body.
    private static let most = 64
    private static let mostFields = 64
    private static let bodyBytes = 32

    /// Shows the envelopes of the tapscript at `range`, after what was made of it last.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>) {
        var all = EnvelopeReader(range, of: c.bytes)
        var count: UInt64 = 0
        while all.next(c.bytes) != nil { count &+= 1 }
        if all.isUnreadable { return }
        if all.malformed > 0 { c.annotate(envelopeMalformed, UInt64(all.malformed)) }
        if count == 0 { return }
        c.generate(self.count, count)
        var shown = EnvelopeReader(range, of: c.bytes)
        var index = 0
        while index < Self.most, let envelope = shown.next(c.bytes) {
            c.entry(inscription, index, envelope.range) { c in layout(&c, envelope) }
            index &+= 1
        }
    }

    private func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ envelope: Envelope) {
        let mark = c.mark
        var reader = ScriptReader(envelope.contents, of: c.bytes)
        var known = Known()
        var count: UInt64 = 0
        var body: Int?
        while let tag = Pushed(&reader, c.bytes) {
            if tag.count == 0 {
                body = showBody(&c, &reader)
                break
            }
            let value = Pushed(&reader, c.bytes)
            count &+= 1
            if count <= UInt64(Self.mostFields), !show(&c, tag, value, &known) {
                showOther(&c, tag, value, &known)
            }
        }
        c.generate(fieldCount, count)
        if known.contentType == nil, body == nil { return }
        let bytes = c.bytes
        c.head(mark) { text in
            if let type = known.contentType {
                text.append(wire: bytes.extracting(type.prefix(80)))
                if type.count > 80 { text.append("…") }
            }
            guard let body else { return }
            if known.contentType != nil { text.append(", ") }
            text.append(decimal: UInt64(body))
            text.append(body == 1 ? " byte" : " bytes")
        }
    }

    /// What was shown of an inscription already.
    private struct Known {
        /// One bit each for the tags of which the first counts.
        var tags: UInt16 = 0
        var contentType: Range<Int>?
        /// Fields that have no name of their own.
        var others = 0

        /// Answers whether the tag is the first of its kind.
        mutating func insert(_ tag: UInt8) -> Bool {
            let bit: UInt16 = 1 << UInt16(tag & 15)
            defer { tags |= bit }
            return tags & bit == 0
        }
    }

    /// Shows a field that has a name; answers false where it has none, or its value cannot be one.
    private func show(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ tag: Pushed, _ value: Pushed?, _ known: inout Known
    ) -> Bool {
        guard let value, tag.count == 1, let number = tag.byte(0, c.bytes) else { return false }
        switch number {
        case 1:
            guard known.insert(number) else { return false }
            if value.number == nil { known.contentType = value.data }
            show(&c, contentType, value)
        case 2:
            guard let place = value.integer(from: 0, c.bytes), known.insert(number) else { return false }
            if value.number == nil, value.count > 0 {
                c.part(pointer, value.data, value: place)
            } else {
                c.generate(pointer, place)
            }
        case 3: return showIdentifier(&c, parent, value)
        case 5: show(&c, metadata, value)
        case 7:
            guard known.insert(number) else { return false }
            show(&c, metaprotocol, value)
        case 9:
            guard known.insert(number) else { return false }
            show(&c, contentEncoding, value)
        case 11:
            guard Self.isIdentifier(value, c.bytes), known.insert(number) else { return false }
            return showIdentifier(&c, delegate, value)
        default: return false
        }
        return true
    }

    private func show(_ c: inout Cursor<some FieldSink & ~Copyable>, _ field: Field, _ value: Pushed) {
        guard let number = value.number else { return c.part(field, value.data) }
        let byte = InlineArray<1, UInt8>(repeating: number)
        c.generate(field, byte.span.bytes)
    }

    /// A tag and its value as they are.
    private func showOther(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ tag: Pushed, _ value: Pushed?, _ known: inout Known
    ) {
        let end = value?.data.upperBound ?? tag.data.upperBound
        c.entry(field, known.others, tag.start..<end) { c in
            if tag.count == 1, let number = tag.byte(0, c.bytes) {
                c.part(self.tag, tag.data, value: UInt64(number))
            } else {
                c.part(longTag, tag.data)
            }
            if let value { show(&c, self.value, value) } else { c.annotate(valueMissing) }
        }
        known.others &+= 1
    }

    // MARK: Other inscriptions

    /// 32 bytes of a txid, and no more than 4 of a number, of which the last is not zero.
    private static func isIdentifier(_ value: Pushed, _ bytes: RawSpan) -> Bool {
        (32...36).contains(value.count) && (value.count == 32 || value.byte(value.count &- 1, bytes) != 0)
    }

    /// Shows `<txid>i<number>`; answers false where the value is none.
    private func showIdentifier(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ field: Field, _ value: Pushed
    ) -> Bool {
        let bytes = c.bytes
        guard Self.isIdentifier(value, bytes), let number = value.integer(from: 32, bytes) else { return false }
        c.generate(field) { text in
            text.append(reversedHexadecimal: bytes.extracting(value.data.prefix(32)))
            text.append("i")
            text.append(decimal: number)
        }
        return true
    }

    // MARK: Body

    /// Shows the body, which is all that is left; answers its length.
    private func showBody(_ c: inout Cursor<some FieldSink & ~Copyable>, _ reader: inout ScriptReader) -> Int {
        var first = InlineArray<32, UInt8>(repeating: 0)
        var kept = 0
        var length = 0
        while let piece = Pushed(&reader, c.bytes) {
            var place = 0
            while kept < Self.bodyBytes, let byte = piece.byte(place, c.bytes) {
                first[kept] = byte
                kept &+= 1
                place &+= 1
            }
            length &+= piece.count
        }
        c.generate(bodyLength, UInt64(length))
        if kept > 0 { c.generate(body, first.span.bytes.extracting(first: kept)) }
        return length
    }
}
