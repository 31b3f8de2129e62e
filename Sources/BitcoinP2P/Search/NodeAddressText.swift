import Fields
import Glibc

/// Addresses of nodes as people write them, with or without a port: the bytes that stand for them in messages
/// (protocol.md sections 4.1 and 4.2).
enum NodeAddressText {
    /// Nil where the text does not look like one.
    static func patterns(_ text: String) throws(IdentifierError) -> [BytePattern]? {
        let (host, portText) = split(text)
        guard let forms = try forms(host, of: text) else { return nil }
        guard let portText else { return forms }
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(portText) else {
            throw .port(text, portText)
        }
        return forms.map { $0.followed(by: [UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port)]) }
    }

    /// The port is after the one colon, or after the bracket of an IPv6 address.
    private static func split(_ text: String) -> (host: String, port: Substring?) {
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            return (host, rest.isEmpty ? nil : rest.hasPrefix(":") ? rest.dropFirst() : rest)
        }
        guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else { return (text, nil) }
        return (String(text[..<colon]), text[text.index(after: colon)...])
    }

    private static func forms(_ host: String, of text: String) throws(IdentifierError) -> [BytePattern]? {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, host, &four) == 1 { return ipv4(withUnsafeBytes(of: four) { Array($0) }) }
        if inet_pton(AF_INET6, host, &six) == 1 {
            let bytes = withUnsafeBytes(of: six) { Array($0) }
            if case (.ipv4, let part) = AddressForm.version1(bytes.span.bytes) { return ipv4(Array(bytes[part])) }
            return [BytePattern(field: bytes)]
        }
        let lower = host.lowercased()
        if lower.hasSuffix(".onion") { return try onion(lower, of: text) }
        if lower.hasSuffix(".b32.i2p") {
            let key = try decode(lower.dropLast(8), of: text, "an I2P address", 52, 32)
            return [BytePattern(field: key, after: [5, 32])]
        }
        if lower.hasSuffix(".internal") {
            let name = try decode(lower.dropLast(9), of: text, "an internal address", 16, 10)
            return [BytePattern(field: [0xfd, 0x6b, 0x88, 0xc0, 0x87, 0x24] + name)]
        }
        return nil
    }

    /// Mapped into IPv6, as `version` and `addr` have it; and network, length and address of `addrv2`.
    private static func ipv4(_ bytes: [UInt8]) -> [BytePattern] {
        [
            BytePattern(field: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] + bytes),
            BytePattern(field: bytes, after: [1, 4]),
        ]
    }

    private static func onion(_ host: String, of text: String) throws(IdentifierError) -> [BytePattern] {
        let letters = host.dropLast(6)
        if letters.utf8.count == 16 {
            let name = try decode(letters, of: text, "an onion address", 16, 10)
            return [
                BytePattern(field: [0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43] + name),
                BytePattern(field: name, after: [3, 10]),
            ]
        }
        let key = Array(try decode(letters, of: text, "an onion address", 56, 35).prefix(32))
        var again = TextBuffer()
        AddressForm.torV3.append(key.span.bytes, to: &again)
        guard again.string == host else { throw .checksum(text, "an onion address") }
        return [BytePattern(field: key, after: [4, 32])]
    }

    /// Base32 in lower case, without padding.
    private static func decode(
        _ letters: Substring, of text: String, _ kind: String, _ count: Int, _ byteCount: Int
    ) throws(IdentifierError) -> [UInt8] {
        guard letters.utf8.count == count else { throw .length(text, kind, letters.count, count) }
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        let values = letters.utf8.map { digits.firstIndex(of: $0) ?? -1 }
        guard !values.contains(-1) else { throw .unknown(text) }
        return Array(AddressScript.bytes(values[...]).prefix(byteCount))
    }
}
