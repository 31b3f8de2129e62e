/// What a range of addresses is for (IANA's special-purpose registries; RFC 6890 and those that it lists).
public enum AddressRange: String, Sendable {
    /// Anybody's on the Internet.
    case `public`
    /// This machine.
    case loopback
    /// A network of one's own: private, shared, link-local or unique local.
    case `private`
    /// No host of the Internet has it: unspecified, documentation, benchmarks, multicast, translation, the future.
    case reserved
}

extension IPAddress {
    /// The range it is in.
    public var range: AddressRange {
        let ranges = isIPv4 ? Self.rangesOfIPv4 : Self.rangesOfIPv6
        return ranges.first { holds($0.prefix, $0.length) }?.range ?? (isIPv4 ? .public : .reserved)
    }

    /// Its /24 of IPv4, its /64 of IPv6: who has one address there mostly has the others, too.
    public var block: [UInt8] { Array(bytes.prefix(isIPv4 ? 3 : 8)) }

    /// Whether its first `length` bits are those of `prefix`, whose missing bytes are zero.
    private func holds(_ prefix: [UInt8], _ length: Int) -> Bool {
        for bit in 0..<length {
            let (byte, mask) = (bit / 8, UInt8(0x80) >> UInt8(bit % 8))
            let wanted = byte < prefix.count ? prefix[byte] : 0
            if bytes[byte] & mask != wanted & mask { return false }
        }
        return true
    }

    private typealias Entry = (prefix: [UInt8], length: Int, range: AddressRange)

    private static let rangesOfIPv4: [Entry] = [
        ([0], 8, .reserved),
        ([10], 8, .private),
        ([100, 64], 10, .private),
        ([127], 8, .loopback),
        ([169, 254], 16, .private),
        ([172, 16], 12, .private),
        ([192, 0, 0], 24, .reserved),
        ([192, 0, 2], 24, .reserved),
        ([192, 88, 99], 24, .reserved),
        ([192, 168], 16, .private),
        ([198, 18], 15, .reserved),
        ([198, 51, 100], 24, .reserved),
        ([203, 0, 113], 24, .reserved),
        ([224], 3, .reserved),
    ]

    /// Those of others than hosts first; what is left of 2000::/3 is the Internet, and all else reserved.
    private static let rangesOfIPv6: [Entry] = [
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, .loopback),
        ([0xfc], 7, .private),
        ([0xfe, 0x80], 10, .private),
        ([0x20, 0x01, 0x0d, 0xb8], 32, .reserved),
        ([0x20, 0x01], 23, .reserved),
        ([0x20, 0x02], 16, .reserved),
        ([0x3f, 0xff], 20, .reserved),
        ([0x20], 3, .public),
    ]
}
