/// The ones' complement sum of the Internet protocols (RFC 1071), modulo FFFF.
public enum InternetChecksum {
    /// A number, below 2⁴², that is the sum of the big-endian 16-bit words of `bytes` but for multiples of FFFF, the zero of
    /// that arithmetic. An odd last byte is followed by a 0.
    ///
    /// It adds words of 64 bits as they lie in memory: 2⁶⁴ is 1 modulo FFFF, and swapping the two bytes of a sum is the same
    /// as multiplying it by 2⁸ (RFC 1071, 2 (B)).
    public static func sum(_ bytes: RawSpan) -> UInt64 {
        var total = Total()
        let count = bytes.byteCount
        var at = 0
        while count &- at >= 128 {
            total.addBlock(bytes, at)
            at &+= 128
        }
        while count &- at >= 32 {
            total.addQuarter(bytes, at)
            at &+= 32
        }
        while count &- at >= 8 {
            total.addWord(bytes, at)
            at &+= 8
        }
        if at < count { total.add(last(bytes, from: at)) }
        #if _endian(little)
        return total.reduced &* 256
        #else
        return total.reduced
        #endif
    }

    /// The same of four words as numbers. An IPv4 address has FFFF before it, which adds nothing.
    @inline(__always)
    static func sum(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> UInt64 {
        var total = Total()
        total.add(a)
        total.add(b)
        total.add(c)
        total.add(d)
        return total.reduced
    }

    /// Whether an IPv4 header's own checksum is right.
    ///
    /// Nearly all have 20 bytes.
    @usableFromInline
    @inline(__always)
    static func isRight(_ bytes: RawSpan, _ header: Range<Int>) -> Bool {
        let header = bytes.extracting(header)
        guard header.byteCount == 20 else { return isZero(sum(header)) }
        let first = header.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self)
        let second = header.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt64.self)
        let third = header.unsafeLoadUnaligned(fromUncheckedByteOffset: 16, as: UInt32.self)
        return isZero(
            (first >> 32) &+ (first & 0xffff_ffff) &+ (second >> 32) &+ (second & 0xffff_ffff) &+ UInt64(third))
    }

    /// Whether a sum is zero: that of what carries its own checksum is, if that is right.
    @inlinable
    @inline(__always)
    static func isZero(_ sum: UInt64) -> Bool { sum % 0xffff == 0 }

    /// The bytes from `start` on, fewer than eight, as the beginning of a word.
    @inline(__always)
    private static func last(_ bytes: RawSpan, from start: Int) -> UInt64 {
        let end = bytes.byteCount
        if end >= 8 {
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 8, as: UInt64.self)
            return (UInt64(littleEndian: word) &>> UInt64(truncatingIfNeeded: 64 &- (end &- start) &* 8)).littleEndian
        }
        var word: UInt64 = 0
        for place in (start..<end).reversed() {
            word = word << 8 | UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self))
        }
        return word.littleEndian
    }

    /// Invariant: `at` and the bytes that a function reads from there are inside of `bytes`.
    private struct Total {
        private var sum: UInt64 = 0
        private var carries: UInt64 = 0

        /// Sixteen words, each with the carry of the one before: in this form the compiler makes an `adc` of each.
        @inline(__always)
        mutating func addBlock(_ bytes: RawSpan, _ at: Int) {
            var carry: UInt64 = 0
            steps(bytes, at, &carry)
            steps(bytes, at &+ 32, &carry)
            steps(bytes, at &+ 64, &carry)
            steps(bytes, at &+ 96, &carry)
            carries &+= carry
        }

        @inline(__always)
        mutating func addQuarter(_ bytes: RawSpan, _ at: Int) {
            var carry: UInt64 = 0
            steps(bytes, at, &carry)
            carries &+= carry
        }

        @inline(__always)
        private mutating func steps(_ bytes: RawSpan, _ at: Int, _ carry: inout UInt64) {
            step(bytes, at, &carry)
            step(bytes, at &+ 8, &carry)
            step(bytes, at &+ 16, &carry)
            step(bytes, at &+ 24, &carry)
        }

        @inline(__always)
        mutating func addWord(_ bytes: RawSpan, _ at: Int) {
            add(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
        }

        @inline(__always)
        mutating func add(_ word: UInt64) {
            let (result, overflow) = sum.addingReportingOverflow(word)
            sum = result
            carries &+= overflow ? 1 : 0
        }

        @inline(__always)
        private mutating func step(_ bytes: RawSpan, _ at: Int, _ carry: inout UInt64) {
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
            let (first, one) = sum.addingReportingOverflow(word)
            let (second, other) = first.addingReportingOverflow(carry)
            sum = second
            carry = (one ? 1 : 0) | (other ? 1 : 0)
        }

        /// Below 2³⁴: there are fewer than 2³² carries.
        @inline(__always)
        var reduced: UInt64 { (sum >> 32) &+ (sum & 0xffff_ffff) &+ carries }
    }
}
