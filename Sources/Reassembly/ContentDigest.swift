/// A digest of 32 bits by which the copies of a segment are compared. Not for bytes that somebody chooses to collide.
@usableFromInline enum ContentDigest {
    @usableFromInline static func of(_ bytes: RawSpan) -> UInt32 {
        let count = bytes.byteCount
        var sums = Sums(count)
        var at = 0
        let last = count &- 64
        while at <= last {
            sums.add(pair(bytes, at))
            sums.add(pair(bytes, at &+ 16))
            sums.add(pair(bytes, at &+ 32))
            sums.add(pair(bytes, at &+ 48))
            at &+= 64
        }
        while count &- at >= 16 {
            sums.add(pair(bytes, at))
            at &+= 16
        }
        if at < count { sums.add(count >= 16 ? pair(bytes, count &- 16) : few(bytes)) }
        return sums.digest
    }

    @inline(__always) private static func pair(_ bytes: RawSpan, _ at: Int) -> SIMD2<UInt64> {
        bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: SIMD2<UInt64>.self)
    }

    /// All of fewer than 16 bytes.
    private static func few(_ bytes: RawSpan) -> SIMD2<UInt64> {
        var words = SIMD2<UInt64>()
        for at in 0..<bytes.byteCount {
            words[at / 8] = words[at / 8] << 8 | UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
        }
        return words
    }

    /// The sum of all words, and the sum of the sums so far, which tells in what order the words came (Fletcher). Two of
    /// each, side by side.
    private struct Sums {
        private var first: SIMD2<UInt64>
        private var second = SIMD2<UInt64>()

        @inline(__always) init(_ count: Int) {
            first = SIMD2(UInt64(truncatingIfNeeded: count), 1)
        }

        @inline(__always) mutating func add(_ words: SIMD2<UInt64>) {
            first &+= words
            second &+= first
        }

        /// The factors are odd, so that each step keeps all.
        @inline(__always) var digest: UInt32 {
            let one = mixed(first[0] &* 0x9e37_79b9_7f4a_7c15 &+ second[0])
            let both = mixed(one ^ (first[1] &* 0xbf58_476d_1ce4_e5b9 &+ second[1]))
            return UInt32(truncatingIfNeeded: both)
        }

        @inline(__always) private func mixed(_ value: UInt64) -> UInt64 {
            let once = (value ^ value >> 32) &* 0xd6e8_feb8_6659_fd93
            return once ^ once >> 32
        }
    }
}
