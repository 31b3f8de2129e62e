/// The smallest range of indices that holds every byte in which two spans of the same length differ, nil if none do.
@usableFromInline func difference(_ left: RawSpan, _ right: RawSpan) -> Range<Int>? {
    let count = min(left.byteCount, right.byteCount)
    var start = 0
    while start + 8 <= count,
        left.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            == right.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
    {
        start += 8
    }
    while start < count, byte(left, start) == byte(right, start) { start += 1 }
    guard start < count else { return nil }
    var end = count
    while byte(left, end - 1) == byte(right, end - 1) { end -= 1 }
    return start..<end
}

private func byte(_ span: RawSpan, _ index: Int) -> UInt8 {
    span.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
}
