import Fields

extension TextBuffer {
    /// Text for an XML attribute between double quotes, from UTF-8.
    ///
    /// Control characters, which XML 1.0 has no way to write, become `\x1b`; what comes from the wire has none left.
    mutating func append(xml text: some Sequence<UInt8>) {
        for byte in text {
            switch byte {
            case 0x26: append("&amp;")
            case 0x3c: append("&lt;")
            case 0x3e: append("&gt;")
            case 0x22: append("&quot;")
            case 0x27: append("&#x27;")
            case 0..<0x20, 0x7f:
                append("\\x")
                append(hexadecimal: UInt64(byte), digits: 2)
            default: append(ascii: byte)
            }
        }
    }
}
