/// A TCP segment over IPv4, as far as needed to put a stream together.
public struct TCPSegment {
    public let sourcePort: UInt16
    public let destinationPort: UInt16
    public let sequence: UInt32
    public let isSYN: Bool
    public let payload: ArraySlice<UInt8>

    /// - Parameter start: Where the IPv4 header begins: 14 on Ethernet, 20 on Linux cooked v2.
    public init?(_ frame: [UInt8], start: Int) {
        func number(_ offset: Int, _ count: Int) -> UInt32 {
            frame[offset..<offset + count].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard frame.count >= start + 40, frame[start] >> 4 == 4, frame[start + 9] == 6 else { return nil }
        let tcp = start + Int(frame[start] & 15) * 4
        sourcePort = UInt16(number(tcp, 2))
        destinationPort = UInt16(number(tcp + 2, 2))
        sequence = number(tcp + 4, 4)
        isSYN = frame[tcp + 13] & 2 != 0
        payload = frame[(tcp + Int(frame[tcp + 12] >> 4) * 4)..<(start + Int(number(start + 2, 2)))]
    }
}
