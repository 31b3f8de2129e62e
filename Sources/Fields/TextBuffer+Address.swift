extension TextBuffer {
    /// `f9:be:b4:d9`, as tshark shows hardware addresses, and in JSON all bytes.
    public mutating func append(colonHexadecimal span: RawSpan) {
        if span.isEmpty { return }
        extend(span.byteCount &* 3) { target in
            for index in 0..<span.byteCount {
                let digits = Self.hexDigits(span.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))
                target.storeBytes(of: digits.littleEndian, toByteOffset: index &* 3, as: UInt16.self)
                target.storeBytes(of: 0x3a, toByteOffset: index &* 3 &+ 2, as: UInt8.self)
            }
            // No colon after the last.
            return span.byteCount &* 3 &- 1
        }
    }

    /// Four address bytes as `10.0.0.1`; nothing where there are fewer.
    public mutating func append(ipv4 span: RawSpan) {
        guard span.byteCount >= 4 else { return }
        for index in 0..<4 {
            if index > 0 { append(".") }
            append(decimal: UInt64(span.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)))
        }
    }

    /// Sixteen address bytes as RFC 5952 writes them: lower case, the longest run of zero groups (the first of several,
    /// at least two) as `::`, and IPv4-mapped addresses as `::ffff:10.0.0.1`. Nothing where there are fewer bytes.
    public mutating func append(ipv6 span: RawSpan) {
        guard span.byteCount >= 16 else { return }
        let groups = InlineArray<8, UInt16> {
            UInt16(bigEndian: span.unsafeLoadUnaligned(fromUncheckedByteOffset: $0 * 2, as: UInt16.self))
        }
        let isMapped = (0..<5).allSatisfy { groups[$0] == 0 } && groups[5] == 0xffff
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > max(1, longest.count) { longest = start..<index }
            start = index + 1
        }
        var index = 0
        while index < (isMapped ? 6 : 8) {
            if index == longest.lowerBound, !longest.isEmpty {
                append("::")
                index = longest.upperBound
                continue
            }
            if index > 0, index != longest.upperBound || longest.isEmpty { append(":") }
            append(hexadecimal: groups[index])
            index += 1
        }
        if isMapped {
            append(":")
            append(ipv4: span.extracting(12..<16))
        }
    }

    /// Without leading zeros.
    private mutating func append(hexadecimal group: UInt16) {
        let digits = group > 0xfff ? 4 : group > 0xff ? 3 : group > 0xf ? 2 : 1
        append(hexadecimal: UInt64(group), digits: digits)
    }
}
