import Fields

// What the summary line of several messages is made of.

extension TextBuffer {
    /// The first and last four digits of a hash as it is displayed: `0000…26fe`. Nothing where there are not 32 bytes.
    mutating func append(shortHash span: RawSpan) {
        guard span.byteCount == 32 else { return }
        append(byte: 31, of: span)
        append(byte: 30, of: span)
        append("…")
        append(byte: 1, of: span)
        append(byte: 0, of: span)
    }

    /// The short form of a hash, or all of it.
    mutating func append(hash span: RawSpan, whole isWhole: Bool) {
        if isWhole { append(reversedHexadecimal: span) } else { append(shortHash: span) }
    }

    /// `222 bytes`, `85.2 kB`, `1.50 MB`.
    mutating func append(byteCount: Int) {
        let count = UInt64(clamping: byteCount)
        if count < 1000 {
            append(decimal: count)
            append(count == 1 ? " byte" : " bytes")
        } else if count < 999_950 {
            let tenths = (count &+ 50) / 100
            append(decimal: tenths / 10)
            append(ascii: 0x2e)
            append(decimal: tenths % 10)
            append(" kB")
        } else {
            let hundredths = (count &+ 5000) / 10_000
            append(decimal: hundredths / 100)
            append(ascii: 0x2e)
            append(decimal: hundredths % 100, width: 2)
            append(" MB")
        }
    }

    /// A count from the wire; the cursor clamps what no message can hold to `Int.max`.
    mutating func append(count: Int) {
        if count == .max { append("over 9223372036854775806") } else { append(decimal: count) }
    }

    /// `1 address`, `3 addresses`.
    mutating func append(_ count: Int, _ one: StaticString, _ many: StaticString) {
        append(count: count)
        append(ascii: 0x20)
        append(count == 1 ? one : many)
    }

    private mutating func append(byte index: Int, of span: RawSpan) {
        append(hexadecimal: UInt64(span.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)), digits: 2)
    }
}

extension Cursor where Sink: ~Copyable {
    /// Adds `label` and the hash at `range`, mostly in its short form, to the summary line, if it is wanted.
    @_lifetime(self: copy self)
    mutating func info(_ label: StaticString, hash range: Range<Int>) {
        guard sink.wantsInfo else { return }
        let hash = bytes.extracting(range)
        sink.info.append(label)
        sink.info.append(hash: hash, whole: sink.wantsWholeHashes)
    }

    /// Adds `label` and `hash`, mostly in its short form, to the summary line, if it is wanted and the hash known.
    @_lifetime(self: copy self)
    mutating func info(_ label: StaticString, hash: Hash256?) {
        guard sink.wantsInfo, let hash else { return }
        sink.info.append(label)
        sink.info.append(hash: hash.bytes, whole: sink.wantsWholeHashes)
    }

    /// Adds a space and how many there are to the summary line, if it is wanted.
    @_lifetime(self: copy self)
    mutating func info(_ count: Int, _ one: StaticString, _ many: StaticString) {
        guard sink.wantsInfo else { return }
        sink.info.append(ascii: 0x20)
        sink.info.append(count, one, many)
    }

    /// Adds the text at `range` in quotation marks to the summary line, made harmless; nothing where it is empty.
    @_lifetime(self: copy self)
    mutating func info(quoting range: Range<Int>) {
        guard sink.wantsInfo, !range.isEmpty else { return }
        let text = bytes.extracting(range.prefix(256))
        sink.info.append(" \"")
        sink.info.append(wire: text)
        sink.info.append("\"")
    }
}
