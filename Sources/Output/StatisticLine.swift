import Fields

/// One row of a statistic as a line of JSON, made member by member.
struct StatisticLine {
    private(set) var text = TextBuffer()

    init(_ statistic: Statistic) {
        text.append("{\"statistic\":\"")
        text.append(statistic.rawValue)
        text.append("\"")
    }

    private mutating func name(_ name: StaticString) {
        text.append(",\"")
        text.append(name)
        text.append("\":")
    }

    /// A number, or null where nobody knows it.
    mutating func append(_ name: StaticString, _ number: UInt64?) {
        self.name(name)
        if let number { text.append(decimal: number) } else { text.append("null") }
    }

    mutating func append(_ name: StaticString, _ flag: Bool) {
        self.name(name)
        text.append(flag ? "true" : "false")
    }

    /// A number, or null where nothing can be divided.
    mutating func append(_ name: StaticString, _ quotient: Quotient, decimals: Int) {
        self.name(name)
        if !text.append(quotient, decimals: decimals) { text.append("null") }
    }

    /// Nanoseconds as seconds.
    mutating func append(_ name: StaticString, seconds nanoseconds: Int64, decimals: Int) {
        self.name(name)
        TimeText.append(nanoseconds: nanoseconds, decimals: decimals, to: &text)
    }

    /// A text that is safe to print, or null.
    mutating func append(_ name: StaticString, text value: TextBuffer?) {
        self.name(name)
        guard let value else { return text.append("null") }
        text.append("\"")
        for byte in value.bytes {
            // Nothing else that JSON forbids is safe to print.
            if byte == 0x22 || byte == 0x5c { text.append(ascii: 0x5c) }
            text.append(ascii: byte)
        }
        text.append("\"")
    }

    mutating func append(_ name: StaticString, _ value: StaticString) {
        append(name, text: TableText.cell(value))
    }

    func end(to output: ByteOutput) {
        output.buffer.append(text)
        output.buffer.append("}\n")
        output.flushIfFull()
    }
}
