/// SipHash-2-4 of 32 bytes, of which BIP 152 makes short ids.
enum SipHash {
    static func hash(_ hash: Hash, _ key0: UInt64, _ key1: UInt64) -> UInt64 {
        var state = State(key0, key1)
        for index in 0..<4 { state.compress(UInt64(littleEndian: hash.words[index])) }
        // What is left are no bytes, and the length.
        state.compress(32 << 56)
        return state.finish()
    }

    private struct State {
        private var a, b, c, d: UInt64

        init(_ key0: UInt64, _ key1: UInt64) {
            a = key0 ^ 0x736f_6d65_7073_6575
            b = key1 ^ 0x646f_7261_6e64_6f6d
            c = key0 ^ 0x6c79_6765_6e65_7261
            d = key1 ^ 0x7465_6462_7974_6573
        }

        mutating func compress(_ word: UInt64) {
            d ^= word
            round()
            round()
            a ^= word
        }

        mutating func finish() -> UInt64 {
            c ^= 0xff
            for _ in 0..<4 { round() }
            return a ^ b ^ c ^ d
        }

        private mutating func round() {
            a &+= b
            b = (b << 13 | b >> 51) ^ a
            a = a << 32 | a >> 32
            c &+= d
            d = (d << 16 | d >> 48) ^ c
            a &+= d
            d = (d << 21 | d >> 43) ^ a
            c &+= b
            b = (b << 17 | b >> 47) ^ c
            c = c << 32 | c >> 32
        }
    }
}
