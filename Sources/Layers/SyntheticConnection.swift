/// Makes the packets of a TCP connection that carries given bytes: with handshake, acknowledgements and end, and with right
/// checksums, so that whatever reads captures can read it.
///
/// Packets begin with their IP header: link type RAW (101). Nobody was asked whether such a connection was there.
public struct SyntheticConnection {
    /// An address and a port.
    public struct End: Hashable, Sendable {
        public var address: IPAddress
        public var port: UInt16

        public init(_ address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    public enum Direction: Sendable {
        case fromInitiator
        case fromResponder

        var other: Direction { self == .fromInitiator ? .fromResponder : .fromInitiator }
    }

    /// The most bytes of the stream in one packet.
    public static let segmentLimit = 1400
    /// At most this many segments are acknowledged at once: their bytes fit into the window that is offered.
    private static let segmentsPerAcknowledgement = 40

    private struct Side {
        let end: End
        /// The number of the next byte.
        var next: UInt32
    }

    private struct Flags {
        static let fin: UInt8 = 0x01
        static let syn: UInt8 = 0x02
        static let push: UInt8 = 0x08
        static let ack: UInt8 = 0x10
    }

    private var initiator: Side
    private var responder: Side

    /// - Parameter number: Another for each connection of the same two ends, which then begin at other sequence numbers:
    ///   else readers would take the second for the first.
    public init(from initiator: End, to responder: End, number: UInt32 = 0) {
        // Odd, so that no two numbers have the same product.
        let shift = number &* 0x9e37_79b1
        self.initiator = Side(end: initiator, next: 1_000_000 &+ shift)
        self.responder = Side(end: responder, next: 2_000_000 &+ shift)
    }

    /// SYN, SYN and ACK, ACK.
    public mutating func open() -> [[UInt8]] {
        [
            packet(.fromInitiator, Flags.syn), packet(.fromResponder, Flags.syn | Flags.ack),
            packet(.fromInitiator, Flags.ack),
        ]
    }

    /// The next bytes of one direction, and their acknowledgements.
    public mutating func send(_ bytes: some Collection<UInt8>, _ direction: Direction) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var rest = bytes[...]
        var unacknowledged = 0
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Self.segmentLimit))
            rest = rest.dropFirst(piece.count)
            packets.append(packet(direction, rest.isEmpty ? Flags.ack | Flags.push : Flags.ack, piece))
            unacknowledged += 1
            if rest.isEmpty || unacknowledged == Self.segmentsPerAcknowledgement {
                packets.append(packet(direction.other, Flags.ack))
                unacknowledged = 0
            }
        }
        return packets
    }

    /// Whether a packet of such a connection has bytes of the stream.
    public static func carriesBytes(_ packet: [UInt8]) -> Bool {
        packet.count > (packet.first.map { $0 >> 4 } == 6 ? 60 : 40)
    }

    /// One side ends its stream, and the other acknowledges that.
    public mutating func end(_ direction: Direction) -> [[UInt8]] {
        [packet(direction, Flags.fin | Flags.ack), packet(direction.other, Flags.ack)]
    }

    /// One side ends its stream, then the other.
    public mutating func close(first direction: Direction = .fromInitiator) -> [[UInt8]] {
        [
            packet(direction, Flags.fin | Flags.ack), packet(direction.other, Flags.fin | Flags.ack),
            packet(direction, Flags.ack),
        ]
    }

    private mutating func packet(_ direction: Direction, _ flags: UInt8, _ data: [UInt8] = []) -> [UInt8] {
        let (from, to) = direction == .fromInitiator ? (initiator, responder) : (responder, initiator)
        let isFirst = flags & Flags.ack == 0
        let packet = Self.packet(from, to.end, acknowledging: isFirst ? 0 : to.next, flags, data)
        let length = UInt32(truncatingIfNeeded: data.count) &+ (flags & (Flags.syn | Flags.fin) == 0 ? 0 : 1)
        if direction == .fromInitiator { initiator.next &+= length } else { responder.next &+= length }
        return packet
    }

    private static func packet(
        _ from: Side, _ to: End, acknowledging next: UInt32, _ flags: UInt8, _ data: [UInt8]
    ) -> [UInt8] {
        var segment: [UInt8] = []
        segment.appendBig(from.end.port)
        segment.appendBig(to.port)
        segment.appendBig(from.next)
        segment.appendBig(next)
        segment += [0x50, flags]
        segment.appendBig(UInt16(0xffff))
        segment += [0, 0, 0, 0]
        segment += data
        let pseudoHeader = InternetChecksum.sum(
            from.end.address.high, from.end.address.low, to.address.high, to.address.low)
        let sum = pseudoHeader &+ 6 &+ UInt64(segment.count) &+ InternetChecksum.sum(segment.span.bytes)
        segment.setChecksum(sum, at: 16)
        return header(from.end.address, to.address, length: segment.count) + segment
    }

    private static func header(_ from: IPAddress, _ to: IPAddress, length: Int) -> [UInt8] {
        var header: [UInt8] = []
        if from.isIPv4, to.isIPv4 {
            header += [0x45, 0]
            header.appendBig(UInt16(truncatingIfNeeded: 20 + length))
            header += [0, 0, 0x40, 0, 64, 6, 0, 0]
        } else {
            header += [0x60, 0, 0, 0]
            header.appendBig(UInt16(truncatingIfNeeded: length))
            header += [6, 64]
        }
        for address in [from, to] {
            if from.isIPv4, to.isIPv4 {
                header.appendBig(UInt32(truncatingIfNeeded: address.low))
            } else {
                header.appendBig(address.high)
                header.appendBig(address.low)
            }
        }
        if header.count == 20 { header.setChecksum(InternetChecksum.sum(header.span.bytes), at: 10) }
        return header
    }
}

extension [UInt8] {
    fileprivate mutating func appendBig(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// Puts the complement of `sum` at `place`.
    fileprivate mutating func setChecksum(_ sum: UInt64, at place: Int) {
        let folded = sum % 0xffff
        // Both zeros are right; FFFF cannot be mistaken for a sum that is missing.
        let checksum = folded == 0 ? 0xffff : 0xffff - folded
        self[place] = UInt8(truncatingIfNeeded: checksum >> 8)
        self[place + 1] = UInt8(truncatingIfNeeded: checksum)
    }
}
