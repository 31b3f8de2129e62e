/// The bytes of a block, and the numbers in them, in the byte order of the block's section.
struct BlockBytes {
    let bytes: UnsafeRawBufferPointer
    /// The section has the other byte order than this machine.
    let isSwapped: Bool

    var count: Int { bytes.count }

    /// The number at `offset`. What lies outside reads as 0: who asks has looked at ``count`` before. Each width has a function
    /// of its own, since other files cannot specialise a generic one in all builds.
    @inline(__always)
    func number(_ offset: Int, as type: UInt8.Type = UInt8.self) -> UInt8 { load(offset) }
    @inline(__always)
    func number(_ offset: Int, as type: UInt16.Type = UInt16.self) -> UInt16 { load(offset) }
    @inline(__always)
    func number(_ offset: Int, as type: UInt32.Type = UInt32.self) -> UInt32 { load(offset) }
    @inline(__always)
    func number(_ offset: Int, as type: UInt64.Type = UInt64.self) -> UInt64 { load(offset) }
    @inline(__always)
    func number(_ offset: Int, as type: Int64.Type = Int64.self) -> Int64 { load(offset) }

    @inline(__always)
    private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Number {
        guard offset >= 0, offset <= bytes.count &- MemoryLayout<Number>.size else { return 0 }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
        return isSwapped ? value.byteSwapped : value
    }

    /// A part, cut to what there is.
    @inline(__always)
    func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        let start = min(max(offset, 0), bytes.count)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start &+ min(max(count, 0), bytes.count &- start)])
    }

    /// Calls `body` with each option from `offset` on: its code and its value. Ends at the one that ends the options,
    /// and at one that does not fit into the block.
    ///
    /// The list has to end with an `opt_endofopt` where it is not empty, but need not: the block does end.
    func forEachOption(from offset: Int, _ body: (UInt16, BlockBytes) -> Void) {
        var offset = offset
        while offset <= bytes.count &- 4 {
            let code: UInt16 = number(offset)
            let length = Int(number(offset &+ 2, as: UInt16.self))
            guard code != 0, length <= bytes.count &- offset &- 4 else { return }
            body(code, BlockBytes(bytes: part(offset &+ 4, length), isSwapped: isSwapped))
            offset &+= 4 &+ (length &+ 3) & ~3
        }
    }
}
