import Fields

/// What stands in one column of one row.
package enum RowValue {
    /// Nil where nobody knows it.
    case number(UInt64?)
    /// Less than zero by this number.
    case negative(UInt64)
    case quotient(Quotient)
    /// Nil where nobody knows it.
    case nanoseconds(Int64?, decimals: Int)
    case flag(Bool)
    case word(StaticString)
    /// Safe to print; nil where nobody knows it.
    case text(TextBuffer?)
    /// The same, and what a table shows instead.
    case label(TextBuffer?, shown: TextBuffer)
    /// Texts of our own, which are safe to print.
    case list([String])
    /// Names of our own and numbers.
    case numbers([(name: String, number: UInt64)])
    /// Objects of named values: only data has them.
    case objects([[(name: StaticString, value: RowValue)]])
    /// Only metrics have it.
    case distribution(Distribution)

    /// Text of our own, which is safe to print.
    package static func printable(_ bytes: [UInt8]) -> RowValue {
        var text = TextBuffer()
        text.bytes = bytes
        return .text(text)
    }

    /// Text of our own, which is safe to print.
    package static func printable(_ string: String) -> RowValue { printable(Array(string.utf8)) }
}

extension TextBuffer {
    /// As a table shows it; `-` where there is none.
    package mutating func append(cell value: RowValue?, _ unit: Column.Unit) {
        switch value {
        case nil, .number(nil), .text(nil), .nanoseconds(nil, _): append("-")
        case .number(let number?): append(decimal: number)
        case .negative(let number):
            append("-")
            append(decimal: number)
        case .quotient(let quotient):
            guard append(quotient, decimals: unit.decimals) else { return append("-") }
            if case .percent = unit { append("%") }
        case .nanoseconds(let time?, let decimals):
            if case .duration = unit { return append(duration: time, decimals: decimals) }
            TimeText.append(nanoseconds: time, decimals: decimals, to: &self)
        case .flag(let flag):
            guard case .flag(let yes, let no) = unit else { return append(flag ? "yes" : "no") }
            append(flag ? yes : no)
        case .word(let word): append(word)
        case .text(let text?):
            guard case .longText(let width) = unit else { return append(text) }
            append(text, cutTo: width)
        case .label(_, let shown): append(shown)
        case .list(let texts): append(texts.joined(separator: ", "))
        case .numbers(let numbers): append(numbers.map { "\($0.name) \($0.number)" }.joined(separator: ", "))
        case .objects(let objects): append(decimal: objects.count)
        case .distribution(let distribution): append(decimal: distribution.count)
        }
    }

    /// As JSON; `null` where nobody knows it.
    package mutating func append(json value: RowValue, _ unit: Column.Unit) {
        switch value {
        case .number(nil), .text(nil), .label(nil, _), .nanoseconds(nil, _): append("null")
        case .number(let number?): append(decimal: number)
        case .negative(let number):
            append("-")
            append(decimal: number)
        case .quotient(let quotient): if !append(quotient, decimals: unit.decimals) { append("null") }
        case .nanoseconds(let time?, let decimals): TimeText.append(nanoseconds: time, decimals: decimals, to: &self)
        case .flag(let flag): append(flag ? "true" : "false")
        case .word(let word):
            append("\"")
            append(word)
            append("\"")
        case .text(let text?), .label(let text?, _): append(quoted: text)
        case .list(let texts):
            append("[")
            for (index, text) in texts.enumerated() {
                if index > 0 { append(",") }
                append(quoted: text)
            }
            append("]")
        case .numbers(let numbers):
            append("{")
            for (index, (name, number)) in numbers.enumerated() {
                if index > 0 { append(",") }
                append(quoted: name)
                append(":")
                append(decimal: number)
            }
            append("}")
        case .objects(let objects):
            append("[")
            for (index, object) in objects.enumerated() {
                append(index > 0 ? ",{" : "{")
                for (index, (name, value)) in object.enumerated() {
                    append(index > 0 ? ",\"" : "\"")
                    append(name)
                    append("\":")
                    append(json: value, unit)
                }
                append("}")
            }
            append("]")
        case .distribution: append("null")
        }
    }

    private mutating func append(quoted text: String) {
        var buffer = TextBuffer()
        buffer.append(text)
        append(quoted: buffer)
    }

    /// A text that is safe to print, as a string of JSON.
    private mutating func append(quoted text: TextBuffer) {
        append("\"")
        for byte in text.bytes {
            // Nothing else that JSON forbids is safe to print.
            if byte == 0x22 || byte == 0x5c { append(ascii: 0x5c) }
            append(ascii: byte)
        }
        append("\"")
    }

    /// At most that number of characters, the last of them `…` where there were more.
    private mutating func append(_ text: TextBuffer, cutTo width: Int) {
        var characters = 0
        var end = 0
        for (index, byte) in text.bytes.enumerated() where byte & 0xc0 != 0x80 {
            characters += 1
            if characters == width { end = index }
        }
        guard characters > width else { return append(text) }
        bytes.append(contentsOf: text.bytes[..<end])
        append("…")
    }
}
