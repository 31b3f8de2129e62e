/// Writes the value of a node as text, by the kind of its field. Writers show this
/// text, and filters compare it.
public struct ValueText {
    /// Who reads it.
    public enum Style: Sendable {
        /// People: names of values, dates with the raw number, amounts in bitcoin.
        case display
        /// Programs: the bare value, as `-T fields` prints it.
        case plain
    }

    private var time = TimeText(.utc)

    public init() {}

    /// - Parameters:
    ///   - bytes: The node's own bytes.
    ///   - limit: The most of `bytes` that are shown; `…` follows where there are more.
    public mutating func append(
        _ node: Node, _ kind: Kind, _ bytes: RawSpan, _ style: Style, limit: Int = .max, to text: inout TextBuffer
    ) {
        let value = node.value
        switch kind {
        case .group, .layer: break
        case .unsigned, .count, .frameNumber: text.append(decimal: value)
        case .signed: text.append(decimal: Int(Int64(bitPattern: value)))
        case .hexadecimal(let bits): Self.append(number: value, bits, true, to: &text)
        case .boolean:
            if style == .plain {
                text.append(value == 0 ? "0" : "1")
            } else {
                text.append(value == 0 ? "False" : "True")
            }
        case .flag:
            if style == .plain {
                text.append(value == 0 ? "0" : "1")
            } else {
                text.append(value == 0 ? "Not set" : "Set")
            }
        case .enumeration(let names, let bits, let hexadecimal):
            if style == .plain {
                Self.append(number: value, bits, hexadecimal, to: &text)
                return
            }
            if !names.append(nameOf: value, to: &text) { text.append("Unknown") }
            text.append(" (")
            Self.append(number: value, bits, hexadecimal, to: &text)
            text.append(")")
        case .hash:
            text.append(reversedHexadecimal: bytes)
        case .bytes:
            if bytes.byteCount > limit {
                text.append(hexadecimal: bytes.extracting(first: limit))
                text.append("…")
            } else {
                text.append(hexadecimal: bytes)
            }
        case .text, .decimal:
            if bytes.byteCount > limit {
                text.append(wire: bytes.extracting(first: bytes.characterEnd(upTo: limit)))
                text.append("…")
            } else {
                text.append(wire: bytes)
            }
        case .paddedText: text.append(wire: bytes.withoutPadding)
        case .seconds: append(seconds: Int64(bitPattern: value), style, to: &text)
        case .nanoseconds: append(nanoseconds: Int64(bitPattern: value), style, to: &text)
        case .duration:
            TimeText.append(nanoseconds: node.nanoseconds(bytes), decimals: 9, to: &text)
            if style == .display { text.append(" seconds") }
        case .amount:
            if style == .plain {
                text.append(decimal: Int(Int64(bitPattern: value)))
            } else {
                Self.append(amount: Int64(bitPattern: value), to: &text)
            }
        case .ipv4: text.append(ipv4: bytes)
        case .ipv6: text.append(ipv6: bytes)
        case .ethernet: text.append(colonHexadecimal: bytes)
        }
    }

    private static func append(number value: UInt64, _ bits: Int, _ hexadecimal: Bool, to text: inout TextBuffer) {
        if hexadecimal {
            text.append("0x")
            text.append(hexadecimal: value, digits: digits(bits))
        } else {
            text.append(decimal: value)
        }
    }

    /// Digits of a number; one that does not fill its bytes has those of the integer that holds it, as in tshark.
    private static func digits(_ bits: Int) -> Int {
        if bits % 8 == 0 { return bits / 4 }
        return bits <= 8 ? 2 : bits <= 16 ? 4 : bits <= 24 ? 6 : bits <= 32 ? 8 : 16
    }

    /// `2011-03-28 15:58:57 UTC (1301327937)`, or ISO 8601 for programs; the bare number where there is no such date.
    private mutating func append(seconds: Int64, _ style: Style, to text: inout TextBuffer) {
        let isDate = time.append(seconds: seconds, date: true, separator: style == .plain ? 0x54 : 0x20, to: &text)
        switch (style, isDate) {
        case (_, false): text.append(decimal: Int(seconds))
        case (.plain, true): text.append("Z")
        case (.display, true):
            text.append(" UTC (")
            text.append(decimal: Int(seconds))
            text.append(")")
        }
    }

    private mutating func append(nanoseconds: Int64, _ style: Style, to text: inout TextBuffer) {
        let separator: UInt8 = style == .plain ? 0x54 : 0x20
        if time.append(instant: nanoseconds, date: true, separator: separator, decimals: 9, to: &text) {
            text.append(style == .plain ? "Z" : " UTC")
        }
    }

    /// `0.50000000 BTC (50000000 satoshi)`.
    static func append(amount: Int64, to text: inout TextBuffer) {
        text.append(bitcoin: amount)
        text.append(" (")
        text.append(decimal: Int(amount))
        text.append(" satoshi)")
    }
}

extension RawSpan {
    /// `limit`, or up to three bytes less where a character of UTF-8 would be cut; there are more bytes than `limit`.
    fileprivate func characterEnd(upTo limit: Int) -> Int {
        var at = limit
        while at > 0, limit - at < 3, unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) & 0xc0 == 0x80 { at -= 1 }
        let first = unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
        return limit - at < length ? at : limit
    }
}
