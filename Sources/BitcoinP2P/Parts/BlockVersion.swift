import Fields

/// What the number in a block's header says in words.
enum BlockVersion {
    /// `BIP 9: signals bits 1, 4`, `height in the coinbase (BIP 34)`.
    static func append(_ version: UInt32, to text: inout TextBuffer) {
        guard version >> 29 == 1 else {
            switch version {
            case 1: text.append("the first rules")
            case 2: text.append("height in the coinbase (BIP 34)")
            case 3: text.append("strict DER signatures (BIP 66)")
            case 4: text.append("CHECKLOCKTIMEVERIFY (BIP 65)")
            default: text.append("no rules of this number are known")
            }
            return
        }
        let signals = version & 0x1fff
        text.append(signals == 0 ? "BIP 9: signals nothing" : "BIP 9: signals bit")
        if signals.nonzeroBitCount > 1 { text.append("s") }
        var isFirst = true
        for bit in 0..<13 where signals >> UInt32(bit) & 1 == 1 {
            text.append(isFirst ? " " : ", ")
            text.append(decimal: bit)
            isFirst = false
        }
        let rolled = version & 0x1fff_e000
        if rolled != 0 {
            text.append("; 0x")
            text.append(hexadecimal: UInt64(rolled), digits: 8)
            text.append(" of the bits that miners may roll (BIP 320)")
        }
    }
}
