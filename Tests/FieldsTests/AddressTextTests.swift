import Fields
import Testing

@Suite struct AddressTextTests {
    @Test(
        arguments: [
            ([0, 0, 0, 0], "0.0.0.0"), ([127, 0, 0, 1], "127.0.0.1"), ([255, 255, 255, 255], "255.255.255.255"),
            ([192, 0, 2, 10], "192.0.2.10"),
        ] as [([UInt8], String)])
    func ipv4(_ bytes: [UInt8], _ expected: String) { #expect(text { $0.append(ipv4: bytes.span.bytes) } == expected) }

    /// RFC 5952, section by section.
    @Test(
        arguments: [
            ([0, 0, 0, 0, 0, 0, 0, 0], "::"),
            ([0, 0, 0, 0, 0, 0, 0, 1], "::1"),
            ([1, 0, 0, 0, 0, 0, 0, 0], "1::"),
            ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], "2001:db8::1"),
            // 4.1: no leading zeros.
            ([0x2001, 0x0db8, 0x000a, 0x00bc, 0x0001, 0x0002, 0x0003, 0x0def], "2001:db8:a:bc:1:2:3:def"),
            // 4.2.1: as short as possible.
            ([0x2001, 0xdb8, 0, 0, 0, 0, 2, 1], "2001:db8::2:1"),
            // 4.2.2: one zero group is written out.
            ([0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"),
            ([0, 1, 1, 1, 1, 1, 1, 1], "0:1:1:1:1:1:1:1"),
            ([1, 1, 1, 1, 1, 1, 1, 0], "1:1:1:1:1:1:1:0"),
            // 4.2.3: the longest run, of equal ones the first.
            ([0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"),
            ([0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"),
            ([0, 0, 1, 0, 0, 0, 0, 1], "0:0:1::1"),
            ([0, 0, 0, 1, 0, 0, 0, 0], "0:0:0:1::"),
            // 4.3: lower case.
            (
                [0xABCD, 0xEF01, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF],
                "abcd:ef01:ffff:ffff:ffff:ffff:ffff:ffff"
            ),
            ([1, 2, 3, 4, 5, 6, 7, 8], "1:2:3:4:5:6:7:8"),
            // 5: IPv4-mapped addresses with dots; others that look like it without.
            ([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0280], "::ffff:192.0.2.128"),
            ([0, 0, 0, 0, 0, 0xffff, 0, 0], "::ffff:0.0.0.0"),
            ([0, 0, 0, 0, 0, 0, 0xc000, 0x0280], "::c000:280"),
            ([0, 0, 0, 0, 0xffff, 0, 0xc000, 0x0280], "::ffff:0:c000:280"),
            ([1, 0, 0, 0, 0, 0xffff, 0xc000, 0x0280], "1::ffff:c000:280"),
        ] as [([UInt16], String)])
    func ipv6(_ groups: [UInt16], _ expected: String) {
        let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        #expect(text { $0.append(ipv6: bytes.span.bytes) } == expected)
    }

    @Test func tooFewBytesGiveNothing() {
        let bytes = [UInt8](repeating: 1, count: 16)
        for count in 0..<4 { #expect(text { $0.append(ipv4: bytes.span.bytes.extracting(first: count)) } == "") }
        for count in 0..<16 { #expect(text { $0.append(ipv6: bytes.span.bytes.extracting(first: count)) } == "") }
    }
}
