extension TextBuffer {
    /// Text from the wire, made harmless: printable UTF-8 stays, everything else becomes an escape that shows its bytes.
    ///
    /// Escaped are control characters (C0, DEL, C1), invalid UTF-8, the backslash itself (so that the text can be read
    /// back), and characters that change how a terminal shows its neighbours: line and paragraph separators,
    /// bidirectional controls and marks, zero-width and other characters that are not seen, private use and
    /// noncharacters.
    public mutating func append(wire span: RawSpan) {
        span.withUnsafeBytes { source in
            var at = source.startIndex
            while at < source.endIndex {
                let start = at
                while source.endIndex &- at >= 8,
                    Self.arePlain(source.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                { at &+= 8 }
                while at < source.endIndex, Self.isPlain(source[at]) { at &+= 1 }
                append(copying: UnsafeRawBufferPointer(rebasing: source[start..<at]))
                guard at < source.endIndex else { break }
                let (scalar, length) = Self.decodeScalar(source, at)
                if let scalar, Self.isPrintable(scalar) {
                    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[at..<at &+ length]))
                } else {
                    for byte in source[at..<at &+ length] { append(escaped: byte) }
                }
                at &+= length
            }
        }
    }

    /// Text of ours that may quote anybody's: the same, but a backslash stays as it is, since nobody reads it back.
    public mutating func append(quoting text: String) {
        for scalar in text.unicodeScalars {
            if scalar.value == 0x5c || Self.isPrintable(scalar) {
                bytes.append(contentsOf: scalar.utf8)
            } else {
                for byte in scalar.utf8 { append(escaped: byte) }
            }
        }
    }

    /// Takes back what ``append(wire:)`` has escaped.
    public mutating func append(unescaping span: RawSpan) {
        span.withUnsafeBytes { source in
            var at = source.startIndex
            while at < source.endIndex {
                let byte = source[at]
                at &+= 1
                guard byte == 0x5c, at < source.endIndex else {
                    bytes.append(byte)
                    continue
                }
                let letter = source[at]
                at &+= 1
                switch letter {
                case 0x6e: bytes.append(0x0a)
                case 0x74: bytes.append(0x09)
                case 0x72: bytes.append(0x0d)
                case 0x78:
                    var value: UInt8 = 0
                    for digit in source[at..<min(at &+ 2, source.endIndex)] {
                        value = value << 4 | (digit & 0x0f) &+ (digit > 0x39 ? 9 : 0)
                        at &+= 1
                    }
                    bytes.append(value)
                default: bytes.append(letter)
                }
            }
        }
    }

    /// How many of the bytes at `at` are one character that ``append(wire:)`` leaves as it is; 0 where it escapes them.
    public static func printableLength(_ span: RawSpan, at: Int) -> Int {
        guard at >= 0, at < span.byteCount else { return 0 }
        return span.withUnsafeBytes { source in
            if source[at] < 0x80 { return isPlain(source[at]) ? 1 : 0 }
            let (scalar, length) = decodeScalar(source, at)
            guard let scalar, isPrintable(scalar) else { return 0 }
            return length
        }
    }

    /// ASCII that stays as it is.
    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7f && byte != 0x5c }

    /// Whether eight bytes are so. The highest bit of each byte tells; a byte carries into the next, or borrows from it,
    /// only where it is not plain itself.
    private static func arePlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let isControl = (word &- ones &* 0x20) & ~word
        let isBeyond = (word &+ ones) | word
        let backslash = word ^ (ones &* 0x5c)
        let isBackslash = (backslash &- ones) & ~backslash
        return (isControl | isBeyond | isBackslash) & (ones &* 0x80) == 0
    }

    /// Escapes one byte as C does: `\n`, `\t`, `\r`, `\\`, otherwise `\x1b`.
    mutating func append(escaped byte: UInt8) {
        bytes.append(0x5c)
        switch byte {
        case 0x0a: bytes.append(0x6e)
        case 0x09: bytes.append(0x74)
        case 0x0d: bytes.append(0x72)
        case 0x5c: bytes.append(0x5c)
        default:
            bytes.append(0x78)
            append(hexadecimal: UInt64(byte), digits: 2)
        }
    }

    /// The scalar that begins at `at`, and its length; nil and 1 where the bytes are not UTF-8.
    static func decodeScalar(_ source: UnsafeRawBufferPointer, _ at: Int) -> (Unicode.Scalar?, Int) {
        let first = source[at]
        let length: Int
        var value: UInt32
        switch first {
        case 0..<0x80: return (Unicode.Scalar(first), 1)
        case 0xc2...0xdf: (length, value) = (2, UInt32(first & 0x1f))
        case 0xe0...0xef: (length, value) = (3, UInt32(first & 0x0f))
        case 0xf0...0xf4: (length, value) = (4, UInt32(first & 0x07))
        default: return (nil, 1)
        }
        guard source.endIndex &- at >= length else { return (nil, 1) }
        for next in source[at &+ 1..<at &+ length] {
            guard next & 0xc0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(next & 0x3f)
        }
        let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= shortest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, length)
    }

    public static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value == 0x5c || scalar.properties.isDefaultIgnorableCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
