extension RawSpan {
    /// The CompactSize that begins at `start` (protocol.md section 3.1), and its length: 0xfd, 0xfe and 0xff announce 2, 4
    /// and 8 bytes, little-endian. Nil where it does not end before `end`.
    ///
    /// - Precondition: `start` is not negative, and `end` not beyond the bytes.
    @inlinable
    @inline(__always)
    public func compactSize(at start: Int, before end: Int) -> (value: UInt64, length: Int)? {
        guard start < end else { return nil }
        let first = unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        if first < 0xfd { return (UInt64(first), 1) }
        let width = 1 &<< Int(first &- 0xfc)
        guard width < end &- start else { return nil }
        let value =
            switch width {
            case 2:
                UInt64(
                    UInt16(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 1, as: UInt16.self)))
            case 4:
                UInt64(
                    UInt32(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 1, as: UInt32.self)))
            default: UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 1, as: UInt64.self))
            }
        return (value, 1 &+ width)
    }
}
