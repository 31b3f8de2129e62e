import Fields

/// How full a bloom filter is, and what follows from that (BIP 37, protocol.md section 10.2).
struct BloomFilter {
    let bitsSet: Int
    private let bits: Int
    private let functions: UInt32

    init(_ bytes: RawSpan, functions: UInt32) {
        var count = 0
        bytes.withUnsafeBytes { source in
            for byte in source { count &+= byte.nonzeroBitCount }
        }
        bitsSet = count
        // A message has far fewer than 2^60 bytes.
        bits = bytes.byteCount &* 8
        self.functions = functions
    }

    /// The chance that something no one asked for matches: that all its bits are set.
    var falsePositives: Double {
        // Core lets a filter without bits match everything.
        guard bits > 0 else { return 1 }
        var result = 1.0
        var power = Double(bitsSet) / Double(bits)
        var exponent = functions
        while exponent > 0 {
            if exponent & 1 == 1 { result *= power }
            power *= power
            exponent >>= 1
        }
        return result
    }

    /// `3.1250 % (1 in 32)`.
    func appendFalsePositives(to text: inout TextBuffer) {
        let chance = falsePositives
        guard chance < 1 else { return text.append("100 %: everything matches") }
        guard chance > 0 else { return text.append(bitsSet == 0 ? "0 %: nothing matches" : "less than 0.0001 %") }
        let parts = UInt64((chance * 1_000_000).rounded())
        if parts == 0 {
            text.append("less than 0.0001 %")
        } else {
            text.append(decimal: parts / 10_000)
            text.append(".")
            text.append(decimal: parts % 10_000, width: 4)
            text.append(" %")
        }
        let one = (1 / chance).rounded()
        guard one >= 2, one < 1e15 else { return }
        text.append(" (1 in ")
        text.append(decimal: UInt64(one))
        text.append(")")
    }
}
