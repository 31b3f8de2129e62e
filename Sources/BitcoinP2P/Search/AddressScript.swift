import Fields

/// Bitcoin addresses of any network, read: the script of the outputs that have them (protocol.md section 8.3).
enum AddressScript {
    /// The output script; nil where the text does not look like an address.
    static func decode(_ text: String) throws(IdentifierError) -> [UInt8]? {
        if let script = try witness(text) { return script }
        return try base58(text)
    }

    // MARK: Bech32

    private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let prefixes: [(text: String, written: StaticString)] = [
        ("bc1", "bc"), ("tb1", "tb"), ("bcrt1", "bcrt"),
    ]

    private static func witness(_ text: String) throws(IdentifierError) -> [UInt8]? {
        let lower = text.lowercased()
        guard let prefix = prefixes.first(where: { lower.hasPrefix($0.text) }) else { return nil }
        guard lower == text || text.uppercased() == text else { throw .checksum(text, "a bech32 address") }
        // Of the rest the first is the version, and the last six the checksum.
        let values = lower.utf8.dropFirst(prefix.text.utf8.count).map { letters.firstIndex(of: $0) ?? -1 }
        guard values.count > 7, values.count <= 71, !values.contains(-1) else {
            throw .checksum(text, "a bech32 address")
        }
        let program = bytes(values[1..<values.count - 6])
        // BIP 141: versions 0 to 16, programs of 2 to 40 bytes, of version 0 those of 20 or 32.
        guard values[0] <= 16, (2...40).contains(program.count),
            values[0] > 0 || program.count == 20 || program.count == 32
        else { throw .checksum(text, "a bech32 address") }
        // What has the right checksum and nothing in its padding is written again as it was.
        var again = TextBuffer()
        Bech32.append(prefix.written, values[0], program.span.bytes, to: &again)
        guard again.string == lower else { throw .checksum(text, "a bech32 address") }
        let opcode = values[0] == 0 ? 0 : UInt8(truncatingIfNeeded: 0x50 + values[0])
        return [opcode, UInt8(truncatingIfNeeded: program.count)] + program
    }

    /// Five bits a value, eight a byte; bits that are left are padding.
    static func bytes(_ values: ArraySlice<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (pending, bits) = (0, 0)
        for value in values {
            pending = (pending << 5 | value) & 0xfff
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
        }
        return bytes
    }

    // MARK: Base58

    private static let digits = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    private static func base58(_ text: String) throws(IdentifierError) -> [UInt8]? {
        guard (25...36).contains(text.utf8.count) else { return nil }
        var number = [UInt8](repeating: 0, count: 32)
        for letter in text.utf8 {
            guard let digit = digits.firstIndex(of: letter) else { return nil }
            var carry = digit
            for index in number.indices.reversed() {
                carry += Int(number[index]) * 58
                number[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        // A version, 20 bytes and a checksum; 36 digits of base 58 have less than 32 bytes.
        let bytes = Array(number.suffix(25))
        var again = TextBuffer()
        Base58Check.append(bytes[0], bytes.span.bytes.extracting(1..<21), to: &again)
        guard again.string == text else { throw .checksum(text, "a Bitcoin address") }
        let hash = bytes[1..<21]
        switch bytes[0] {
        case 0x00, 0x6f: return [0x76, 0xa9, 20] + hash + [0x88, 0xac]
        case 0x05, 0xc4: return [0xa9, 20] + hash + [0x87]
        case let version: throw .version(text, version)
        }
    }
}
