import Fields

/// `-x`: offset, sixteen bytes, and what of them is printable ASCII.
public enum HexText {
    public static func append(_ bytes: RawSpan, to text: inout TextBuffer) {
        let digits = bytes.byteCount > 0xffff ? 8 : 4
        var at = 0
        while at < bytes.byteCount {
            let line = bytes.extracting(at..<min(at + 16, bytes.byteCount))
            text.append(hexadecimal: UInt64(at), digits: digits)
            text.append("  ")
            line.withUnsafeBytes { line in
                for byte in line {
                    text.append(hexadecimal: UInt64(byte), digits: 2)
                    text.append(" ")
                }
                text.append(spaces: (16 - line.count) * 3 + 2)
                for byte in line { text.append(ascii: byte >= 0x20 && byte < 0x7f ? byte : 0x2e) }
            }
            text.append("\n")
            at += 16
        }
    }
}
