import Crypto
import Fields

/// How the bytes of a network address are written as text (protocol.md sections 4.1 and 4.2).
enum AddressForm {
    case ipv4, ipv6, torV2, torV3, i2p, `internal`, unknown

    /// What the 16 bytes of an address in `version` and `addr` stand for, and which of them.
    static func version1(_ bytes: RawSpan) -> (form: AddressForm, range: Range<Int>) {
        guard bytes.byteCount == 16 else { return (.unknown, 0..<bytes.byteCount) }
        let head = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self))
        let next = UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt32.self))
        if head == 0, next == 0xffff { return (.ipv4, 12..<16) }
        switch head >> 16 {
        case 0xfd87_d87e_eb43: return (.torV2, 6..<16)
        case 0xfd6b_88c0_8724: return (.internal, 6..<16)
        default: return (.ipv6, 0..<16)
        }
    }

    /// Writes the address without a port.
    func append(_ bytes: RawSpan, to text: inout TextBuffer) {
        switch self {
        case .ipv4: text.append(ipv4: bytes)
        case .ipv6: text.append(ipv6: bytes)
        case .torV2:
            text.append(base32: bytes)
            text.append(".onion")
        case .torV3: Self.appendTorV3(bytes, to: &text)
        case .i2p:
            text.append(base32: bytes)
            text.append(".b32.i2p")
        case .internal:
            text.append(base32: bytes)
            text.append(".internal")
        case .unknown: text.append(hexadecimal: bytes)
        }
    }

    /// Writes the address with its port as Core does: an IPv6 address stands in brackets.
    func append(_ bytes: RawSpan, port: UInt16, to text: inout TextBuffer) {
        if self == .ipv6 { text.append(ascii: 0x5b) }
        if self == .unknown, bytes.byteCount > 32 {
            text.append(hexadecimal: bytes.extracting(0..<32))
            text.append("…")
        } else {
            append(bytes, to: &text)
        }
        if self == .ipv6 { text.append(ascii: 0x5d) }
        text.append(ascii: 0x3a)
        text.append(decimal: UInt64(port))
    }

    /// The public key, two bytes of SHA3-256 to catch misspelling, and the version 3.
    private static func appendTorV3(_ key: RawSpan, to text: inout TextBuffer) {
        var hasher = SHA3_256()
        let prefix: StaticString = ".onion checksum"
        prefix.withUTF8Buffer { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        key.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: UInt8(3)) { hasher.update(bufferPointer: $0) }
        var name = InlineArray<35, UInt8>(repeating: 3)
        for index in 0..<min(32, key.byteCount) {
            name[index] = key.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
        }
        hasher.finalize().withUnsafeBytes { digest in
            for index in 0..<min(2, digest.count) { name[32 + index] = digest[index] }
        }
        text.append(base32: name.span.bytes)
        text.append(".onion")
    }
}

extension TextBuffer {
    /// RFC 4648 base32 in lower case, without padding.
    mutating func append(base32 span: RawSpan) {
        var pending: UInt32 = 0
        var bits = 0
        span.withUnsafeBytes { source in
            for byte in source {
                pending = (pending << 8 | UInt32(byte)) & 0xfff
                bits += 8
                while bits >= 5 {
                    bits -= 5
                    append(ascii: Self.base32Digit(pending >> UInt32(bits)))
                }
            }
        }
        if bits > 0 { append(ascii: Self.base32Digit(pending << UInt32(5 - bits))) }
    }

    private static func base32Digit(_ value: UInt32) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: value & 31)
        return digit < 26 ? 0x61 + digit : 0x32 + (digit - 26)
    }
}
