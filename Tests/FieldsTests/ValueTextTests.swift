import Fields
import Testing

private let anyField = Field("test.fields.value", "Value", .group, "a value of the text tests")
private let names = ValueNames((1, "MSG_TX", "a transaction"), (2, "MSG_BLOCK", "a block"))

/// A kind, a value with its bytes, and what it looks like for people and for programs.
struct Shown: Sendable, CustomTestStringConvertible {
    var kind: Kind
    var value: UInt64 = 0
    var bytes: [UInt8] = []
    var display: String
    var plain: String
    var testDescription: String { "\(kind), \(value), \(bytes)" }

    init(_ kind: Kind, _ value: UInt64, _ display: String, _ plain: String? = nil) {
        self.kind = kind
        self.value = value
        self.display = display
        self.plain = plain ?? display
    }

    init(_ kind: Kind, bytes: [UInt8], _ display: String) {
        self.init(kind, 0, display)
        self.bytes = bytes
    }

    init(_ kind: Kind, signed value: Int64, _ display: String, _ plain: String) {
        self.init(kind, UInt64(bitPattern: value), display, plain)
    }

    init(_ kind: Kind, _ text: String, _ display: String) { self.init(kind, bytes: Array(text.utf8), display) }
}

private func show(_ shown: Shown, _ style: ValueText.Style, limit: Int = .max) -> String {
    let node = Node(
        value: shown.value, start: 0, length: UInt32(shown.bytes.count), end: 1, field: anyField, depth: 0,
        flags: [])
    var value = ValueText()
    return text { value.append(node, shown.kind, shown.bytes.span.bytes, style, limit: limit, to: &$0) }
}

@Suite struct ValueTextTests {
    @Test(arguments: [
        Shown(.group, 5, "", ""),
        Shown(.layer, 5, "", ""),
        Shown(.unsigned(bits: 64), .max, "18446744073709551615"),
        Shown(.count, 0, "0"),
        Shown(.count, .max, "18446744073709551615"),
        Shown(.signed(bits: 32), UInt64(bitPattern: -70_016), "-70016"),
        Shown(.signed(bits: 64), UInt64(bitPattern: .min), "-9223372036854775808"),
        Shown(.hexadecimal(bits: 32), 0xf9_beb4, "0x00f9beb4"),
        Shown(.hexadecimal(bits: 64), .max, "0xffffffffffffffff"),
        Shown(.hexadecimal(bits: 8), 7, "0x07"),
        Shown(.hexadecimal(bits: 20), 0x6b929, "0x06b929"),
        Shown(.boolean, 0, "False", "0"),
        Shown(.boolean, 255, "True", "1"),
        Shown(.flag(mask: 1, bits: 8), 0, "Not set", "0"),
        Shown(.flag(mask: 1, bits: 8), 1, "Set", "1"),
        Shown(.enumeration(names, bits: 32), 2, "MSG_BLOCK (2)", "2"),
        Shown(.enumeration(names, bits: 32), 99, "Unknown (99)", "99"),
        Shown(.enumeration(names, bits: 32, hexadecimal: true), 1, "MSG_TX (0x00000001)", "0x00000001"),
        Shown(.enumeration(names, bits: 8, hexadecimal: true), 0xab, "Unknown (0xab)", "0xab"),
        Shown(.hash, bytes: [0x01, 0x02, 0xff], "ff0201"),
        Shown(.bytes, bytes: [0x01, 0x02, 0xff], "0102ff"),
        Shown(.bytes, bytes: [], ""),
        Shown(.text, "/Satoshi:28.1.0/\u{1b}[31m\\", "/Satoshi:28.1.0/\\x1b[31m\\\\"),
        Shown(.paddedText, "verack\0\0\0\0\0\0", "verack"),
        Shown(.paddedText, "ver\0ack\0", "ver\\x00ack"),
        Shown(.paddedText, "\0\0\0", ""),
        Shown(.paddedText, "", ""),
        Shown(.ipv4, bytes: [192, 0, 2, 1], "192.0.2.1"),
        Shown(.ipv6, bytes: [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1], "2001:db8::1"),
    ])
    func values(_ shown: Shown) {
        #expect(show(shown, .display) == shown.display)
        #expect(show(shown, .plain) == shown.plain)
    }

    @Test(arguments: [
        Shown(.seconds, signed: 1_301_327_937, "2011-03-28 15:58:57 UTC (1301327937)", "2011-03-28T15:58:57Z"),
        Shown(.seconds, signed: -1, "1969-12-31 23:59:59 UTC (-1)", "1969-12-31T23:59:59Z"),
        Shown(.seconds, signed: .max, "9223372036854775807", "9223372036854775807"),
        Shown(.seconds, signed: .min, "-9223372036854775808", "-9223372036854775808"),
        Shown(
            .nanoseconds, signed: 1_301_327_937_931_550_123, "2011-03-28 15:58:57.931550123 UTC",
            "2011-03-28T15:58:57.931550123Z"),
        Shown(.nanoseconds, signed: -1, "1969-12-31 23:59:59.999999999 UTC", "1969-12-31T23:59:59.999999999Z"),
        Shown(.nanoseconds, signed: .min, "1677-09-21 00:12:43.145224192 UTC", "1677-09-21T00:12:43.145224192Z"),
        Shown(.duration, signed: 1_500_000_000, "1.500000000 seconds", "1.500000000"),
        Shown(.duration, signed: .min, "-9223372036.854775808 seconds", "-9223372036.854775808"),
    ])
    func times(_ shown: Shown) {
        #expect(show(shown, .display) == shown.display)
        #expect(show(shown, .plain) == shown.plain)
    }

    @Test(arguments: [
        Shown(.amount, signed: 0, "0.00000000 BTC (0 satoshi)", "0"),
        Shown(.amount, signed: 1, "0.00000001 BTC (1 satoshi)", "1"),
        Shown(
            .amount, signed: 2_099_999_997_690_000, "20999999.97690000 BTC (2099999997690000 satoshi)",
            "2099999997690000"),
        Shown(.amount, signed: -1, "-0.00000001 BTC (-1 satoshi)", "-1"),
        Shown(
            .amount, signed: .min, "-92233720368.54775808 BTC (-9223372036854775808 satoshi)", "-9223372036854775808"),
    ])
    func amounts(_ shown: Shown) {
        #expect(show(shown, .display) == shown.display)
        #expect(show(shown, .plain) == shown.plain)
    }

    @Test func longValuesAreCut() {
        let bytes = Shown(.bytes, bytes: [1, 2, 3, 4], "")
        #expect(show(bytes, .display, limit: 3) == "010203…")
        #expect(show(bytes, .display, limit: 4) == "01020304")
        #expect(show(Shown(.text, "abcd", ""), .display, limit: 3) == "abc…")
        #expect(show(Shown(.text, "abcd", ""), .display, limit: 4) == "abcd")
        #expect(show(Shown(.hash, bytes: [1, 2, 3, 4], ""), .display, limit: 3) == "04030201", "hashes are never cut")
    }

    /// A character of several bytes at the cut is no reason to call it invalid.
    @Test func textIsCutBetweenCharacters() {
        for (limit, expected) in [(1, "a…"), (2, "a…"), (3, "a…"), (4, "a₿…"), (5, "a₿…"), (8, "a₿😀…"), (9, "a₿😀b")] {
            #expect(show(Shown(.text, "a₿😀b", ""), .display, limit: limit) == expected, "\(limit) bytes")
        }
        let invalid = Shown(.text, bytes: [0x61, 0x80, 0x80, 0x80, 0x80, 0x80], "")
        #expect(show(invalid, .display, limit: 3) == "a\\x80\\x80…", "but what is invalid stays so")
    }
}
