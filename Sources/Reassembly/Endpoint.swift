/// The version of the Internet Protocol an address belongs to.
public enum AddressFamily: UInt8, Sendable {
    case ipv4
    case ipv6
}

/// One end of a connection: an address and a port.
@frozen public struct Endpoint: Hashable, Sendable {
    /// The first eight bytes of the address, big-endian.
    public let high: UInt64
    /// The last eight bytes of the address, big-endian. An IPv4 address a.b.c.d is held as ::ffff:a.b.c.d.
    public let low: UInt64
    public let port: UInt16
    public let family: AddressFamily

    @inlinable public init(family: AddressFamily, high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
        self.family = family
    }

    /// An IPv4 endpoint; `address` is the 32-bit address, its first byte in the highest bits.
    @inlinable public init(ipv4 address: UInt32, port: UInt16) {
        self.init(family: .ipv4, high: 0, low: 0x0000_ffff_0000_0000 | UInt64(address), port: port)
    }

    /// Equality of all fields, cheapest and most telling first.
    @inlinable public static func == (left: Endpoint, right: Endpoint) -> Bool {
        left.port == right.port && left.low == right.low && left.high == right.high && left.family == right.family
    }

    /// A total order, for the canonical form of a connection's key; it has no other meaning.
    @inlinable func precedes(_ other: Endpoint) -> Bool {
        if low != other.low { return low < other.low }
        if port != other.port { return port < other.port }
        if high != other.high { return high < other.high }
        return family.rawValue < other.family.rawValue
    }
}
