/// An IP address as a number, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2), so that both can be compared.
struct Address {
    let bits: UInt128

    static let mapping: UInt128 = 0xffff_0000_0000

    /// 4 or 16 bytes in network order.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == 4 || bytes.byteCount == 16 else { return nil }
        var bits: UInt128 = 0
        for at in 0..<bytes.byteCount {
            bits = bits << 8 | UInt128(bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self))
        }
        self.bits = bytes.byteCount == 4 ? bits | Self.mapping : bits
    }

    /// The bits as a signed number in the same order.
    var scalar: Int128 { Self.scalar(bits) }

    static func scalar(_ bits: UInt128) -> Int128 { Int128(bitPattern: bits ^ 1 << 127) }

    /// The addresses that begin with the first `length` bits of `bits`.
    static func range(_ bits: UInt128, prefix length: Int) -> ClosedRange<Int128> {
        let rest: UInt128 = length >= 128 ? 0 : UInt128.max >> UInt128(max(0, length))
        return scalar(bits & ~rest)...scalar(bits | rest)
    }
}
