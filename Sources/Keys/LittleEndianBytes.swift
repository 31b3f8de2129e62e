/// Reads numbers out of bytes that may be anything: past the end there is nothing.
struct LittleEndianBytes {
    let bytes: ArraySlice<UInt8>
    /// Where the next read begins.
    private(set) var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    var isAtEnd: Bool { at >= bytes.endIndex }

    mutating func next<T: FixedWidthInteger>(_: T.Type = T.self) -> T? {
        let size = MemoryLayout<T>.size
        guard bytes.endIndex - at >= size else { return nil }
        var value: T = 0
        for place in (at..<at + size).reversed() { value = value << 8 | T(truncatingIfNeeded: bytes[place]) }
        at += size
        return value
    }

    /// The next `count` bytes.
    mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
        guard let count = Int(exactly: count), count <= bytes.endIndex - at else { return nil }
        defer { at += count }
        return bytes[at..<at + count]
    }

    mutating func skip(_ count: UInt64) -> Bool { take(count) != nil }

    /// Bytes up to a zero, which is skipped.
    mutating func text() -> ArraySlice<UInt8>? {
        guard let end = bytes[at...].firstIndex(of: 0) else { return nil }
        defer { at = end + 1 }
        return bytes[at..<end]
    }

    /// DWARF's number of seven bits a byte, without sign. Bits above 64 are lost.
    mutating func uleb() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = next(UInt8.self) {
            // A shift of 64 and more gives 0.
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
            guard shift < 128 else { return nil }
        }
        return nil
    }
}
