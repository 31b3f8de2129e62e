import Fields

extension Kind {
    /// Wireshark's `ftenum` of tshark 4.0, as its raw JSON has it.
    var wiresharkType: UInt64 {
        switch self {
        case .group: 0
        case .layer: 1
        case .boolean, .flag: 2
        case .unsigned(let bits), .hexadecimal(let bits), .enumeration(_, let bits, _): 3 + Self.bytes(of: bits)
        case .count: 11
        case .signed(let bits): 11 + Self.bytes(of: bits)
        case .amount: 19
        case .decimal: 23
        case .seconds, .nanoseconds: 24
        case .duration: 25
        case .text, .paddedText: 26
        case .ethernet: 29
        case .hash, .bytes: 30
        case .ipv4: 32
        case .ipv6: 33
        case .frameNumber: 35
        }
    }

    private static func bytes(of bits: Int) -> UInt64 { UInt64(max(1, min(8, (bits + 7) / 8))) }
}
