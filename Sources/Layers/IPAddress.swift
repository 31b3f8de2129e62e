public import Fields

/// An IPv4 or IPv6 address as a value: 16 bytes, no references, ordered as on the wire.
///
/// An IPv4 address stands as the IPv4-mapped IPv6 address `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2), so that one type serves
/// as a key for both; an IPv6 packet that really carries a mapped address is therefore shown as IPv4.
@frozen
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes, the first of them in the most significant place.
    public let high: UInt64
    /// The last eight bytes, likewise.
    public let low: UInt64

    /// The address of these two halves; without arguments the unspecified address `::`.
    @inlinable
    public init(high: UInt64 = 0, low: UInt64 = 0) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address whose first byte is the most significant of `v4`: 0x7f000001 is 127.0.0.1.
    @inlinable
    public init(v4: UInt32) {
        high = 0
        low = 0xffff_0000_0000 | UInt64(v4)
    }

    @inlinable public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// The address in network byte order: 4 bytes for IPv4, else 16. They are lent for the time of `body` only.
    @inlinable
    public func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        let words = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: words) { words in
            body(isIPv4 ? words.bytes.extracting(last: 4) : words.bytes)
        }
    }

    /// Appends the usual text: `192.0.2.1`, or RFC 5952's shortest form of an IPv6 address without brackets.
    public func append(to text: inout TextBuffer) {
        withBytes { bytes in
            if isIPv4 { text.append(ipv4: bytes) } else { text.append(ipv6: bytes) }
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// As ``append(to:)`` writes it.
    public var description: String {
        var text = TextBuffer()
        append(to: &text)
        return text.string
    }
}
