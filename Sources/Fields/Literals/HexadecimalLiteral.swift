/// Reads bytes written as hexadecimal digits.
public enum HexadecimalLiteral {
    /// `aabb`, `0xaabb`, or one or two digits a byte with `:`, `-` or `.` between them.
    public static func bytes(_ text: [UInt8]) -> [UInt8]? {
        var text = text[...]
        if text.count > 2, text.first == 0x30, text.dropFirst().first.map({ $0 | 0x20 }) == 0x78 {
            text = text.dropFirst(2)
        }
        if let separator = text.first(where: { $0 == 0x3a || $0 == 0x2d || $0 == 0x2e }) {
            // One at the beginning or end marks a single byte as such.
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            let inner = parts.count == 2 ? parts.filter { !$0.isEmpty } : parts
            let bytes = inner.compactMap { $0.count <= 2 ? byte($0) : nil }
            return bytes.count == inner.count && !bytes.isEmpty ? bytes : nil
        }
        if text.count == 1 { return byte(text).map { [$0] } }
        guard text.count % 2 == 0, !text.isEmpty else { return nil }
        var bytes: [UInt8] = []
        while !text.isEmpty {
            guard let byte = byte(text.prefix(2)) else { return nil }
            bytes.append(byte)
            text = text.dropFirst(2)
        }
        return bytes
    }

    private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        var value: UInt8 = 0
        for letter in digits {
            guard let digit = Digits.value(letter) else { return nil }
            value = value << 4 | digit
        }
        return digits.isEmpty ? nil : value
    }
}
