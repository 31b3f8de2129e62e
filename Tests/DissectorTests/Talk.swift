import Support

/// Writes the packets of a TCP connection over IPv4 and Ethernet.
struct Talk {
    enum Side { case client, server }

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 1)
        static let syn = Flags(rawValue: 2)
        static let reset = Flags(rawValue: 4)
        static let acknowledges = Flags(rawValue: 16)
    }

    struct End {
        var address: [UInt8]
        var port: UInt16
        /// Sequence number of the first byte after the SYN.
        var origin: UInt32
        /// Bytes sent so far, captured or not.
        var sent = 0
        var hasFinished = false
        /// What the other side acknowledges: the FIN takes a number, too.
        fileprivate var acknowledged: UInt32 { origin &+ UInt32(truncatingIfNeeded: sent) &+ (hasFinished ? 1 : 0) }
    }

    var client = End(address: [192, 0, 2, 1], port: 50_000, origin: 1_000_001)
    var server = End(address: [198, 51, 100, 7], port: 8333, origin: 2_000_001)
    var packets: [Packet] = []
    /// When the next frame is captured; frames come a millisecond apart.
    var time: Int64 = 1_700_000_000_000_000_000

    /// - Parameter isOpen: No handshake is captured.
    init(_ port: UInt16 = 8333, from: UInt16 = 50_000, isOpen: Bool = false) {
        server.port = port
        client.port = from
        if !isOpen { open() }
    }

    mutating func open() {
        packet(.client, [], at: -1, [.syn])
        packet(.server, [], at: -1, [.syn, .acknowledges])
        packet(.client, [], at: 0)
    }

    /// Sends bytes in segments of `size`, of which those of the numbers `lost` are not captured.
    mutating func send(_ side: Side, _ bytes: [UInt8], size: Int = 1448, losing lost: Set<Int> = []) {
        for (index, start) in stride(from: 0, to: bytes.count, by: size).enumerated() {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            if !lost.contains(index) { packet(side, piece, at: self[side].sent) }
            self[side].sent += piece.count
        }
    }

    /// Bytes that are sent and not captured.
    mutating func lose(_ side: Side, _ count: Int) { self[side].sent += count }

    /// The other side acknowledges everything, and the grace for holes goes by.
    mutating func settle() {
        for side in [Side.client, .server] { packet(side, [], at: self[side].sent) }
        time += 1_000_000_000
        for side in [Side.client, .server] { packet(side, [], at: self[side].sent) }
    }

    mutating func finish(_ side: Side) {
        packet(side, [], at: self[side].sent, [.fin, .acknowledges])
        self[side].hasFinished = true
    }

    mutating func reset(_ side: Side) { packet(side, [], at: self[side].sent, [.reset, .acknowledges]) }

    /// One frame; `offset` counts from the first byte after the SYN.
    mutating func packet(
        _ side: Side, _ payload: [UInt8], at offset: Int, _ flags: Flags = .acknowledges, snap: Int = .max
    ) {
        let (from, to) = side == .client ? (client, server) : (server, client)
        let sequence = from.origin &+ UInt32(truncatingIfNeeded: offset)
        let acknowledged = flags.contains(.acknowledges) ? to.acknowledged : 0
        var bytes: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
        bytes += [0x45, 0] + bigEndian(UInt16(40 + payload.count)) + [0, 0, 0x40, 0, 64, 6, 0, 0]
        bytes += from.address + to.address
        bytes += bigEndian(from.port) + bigEndian(to.port) + bigEndian(sequence) + bigEndian(acknowledged)
        bytes += [0x50, flags.rawValue, 0xff, 0xff, 0, 0, 0, 0] + payload
        packets.append(Packet(time: time, bytes: Array(bytes.prefix(snap)), originalLength: bytes.count))
        time += 1_000_000
    }

    subscript(side: Side) -> End {
        get { side == .client ? client : server }
        set { if side == .client { client = newValue } else { server = newValue } }
    }
}
