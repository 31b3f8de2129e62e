/// SipHash-2-4: a short hash that nobody can foresee who does not know the key (protocol.md section 10.1).
struct SipHash: Sendable {
    let k0: UInt64
    let k1: UInt64

    /// The hash of `bytes`.
    func hash(_ bytes: RawSpan) -> UInt64 {
        var state = State(k0, k1)
        let whole = bytes.byteCount & ~7
        var at = 0
        while at < whole {
            state.absorb(
                UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)))
            at &+= 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        while at < bytes.byteCount {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            last |= UInt64(byte) << UInt64((at &- whole) &* 8)
            at &+= 1
        }
        state.absorb(last)
        return state.finish()
    }

    private struct State {
        var v0, v1, v2, v3: UInt64

        init(_ k0: UInt64, _ k1: UInt64) {
            v0 = k0 ^ 0x736f_6d65_7073_6575
            v1 = k1 ^ 0x646f_7261_6e64_6f6d
            v2 = k0 ^ 0x6c79_6765_6e65_7261
            v3 = k1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        // Sums are modulo 2^64 by definition.
        private mutating func round() {
            v0 &+= v1
            v2 &+= v3
            v1 = v1 << 13 | v1 >> 51
            v3 = v3 << 16 | v3 >> 48
            v1 ^= v0
            v3 ^= v2
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v1
            v0 &+= v3
            v1 = v1 << 17 | v1 >> 47
            v3 = v3 << 21 | v3 >> 43
            v1 ^= v2
            v3 ^= v0
            v2 = v2 << 32 | v2 >> 32
        }
    }
}
