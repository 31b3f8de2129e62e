import Support

/// A pcap file in little-endian order with microseconds, read to be written again with changes.
struct CaptureFile {
    struct Packet {
        var seconds: UInt32 = 1_301_327_937
        var fraction: UInt32 = 0
        /// The length on the wire; that of `bytes` where nil.
        var originalLength: UInt32?
        var bytes: [UInt8]
    }

    struct Malformed: Error {}

    var linkType: UInt32 = 1
    var snapLength: UInt32 = 262_144
    var packets: [Packet]

    init(linkType: UInt32 = 1, packets: [Packet]) {
        self.linkType = linkType
        self.packets = packets
    }

    init(_ file: [UInt8]) throws {
        func number(_ at: Int) throws -> UInt32 {
            guard at + 4 <= file.count else { throw Malformed() }
            return (0..<4).reduce(0) { $0 | UInt32(file[at + $1]) << ($1 * 8) }
        }
        guard try number(0) == 0xa1b2_c3d4 else { throw Malformed() }
        snapLength = try number(16)
        linkType = try number(20)
        packets = []
        var at = 24
        while at < file.count {
            let length = Int(try number(at + 8))
            guard at + 16 + length <= file.count else { throw Malformed() }
            packets.append(
                Packet(
                    seconds: try number(at), fraction: try number(at + 4), originalLength: try number(at + 12),
                    bytes: Array(file[at + 16..<at + 16 + length])))
            at += 16 + length
        }
    }

    var bytes: [UInt8] {
        var file = littleEndian(UInt32(0xa1b2_c3d4)) + [2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        file += littleEndian(snapLength) + littleEndian(linkType)
        for packet in packets {
            let length = UInt32(packet.bytes.count)
            for value in [packet.seconds, packet.fraction, length, packet.originalLength ?? length] {
                file += littleEndian(value)
            }
            file += packet.bytes
        }
        return file
    }

    /// As if it had been recorded with `tcpdump -s length`.
    func cut(to length: Int) -> CaptureFile {
        var file = self
        file.snapLength = UInt32(length)
        file.packets = packets.map { packet in
            var packet = packet
            packet.originalLength = packet.originalLength ?? UInt32(packet.bytes.count)
            packet.bytes = Array(packet.bytes.prefix(length))
            return packet
        }
        return file
    }

    /// Some of its packets, but for one.
    func part(_ range: PartialRangeUpTo<Int>, without index: Int) -> CaptureFile {
        var file = self
        file.packets = Array(packets[range])
        file.packets.remove(at: index)
        return file
    }

    /// Without its first packets.
    func dropFirst(_ count: Int) -> CaptureFile {
        var file = self
        file.packets = Array(packets.dropFirst(count))
        return file
    }

    /// With another TCP port, in Ethernet frames with plain IPv4 headers.
    func replacingPort(_ old: UInt16, by new: UInt16) -> CaptureFile {
        var file = self
        for index in packets.indices where packets[index].bytes.count >= 38 {
            for at in [34, 36] where packets[index].bytes[at...at + 1].elementsEqual(bigEndian(old)) {
                file.packets[index].bytes.replaceSubrange(at...at + 1, with: bigEndian(new))
            }
        }
        return file
    }

    /// One direction of a connection from port 40000 to 8333, a packet a message.
    static func stream(_ messages: [Message]) -> CaptureFile {
        var sequence: UInt32 = 1
        var packets = [packet(sequence: 0, flags: 0x02, payload: [], index: 0)]
        for message in messages {
            packets.append(packet(sequence: sequence, flags: 0x18, payload: message.bytes, index: packets.count))
            sequence += UInt32(message.bytes.count)
        }
        return CaptureFile(packets: packets)
    }

    private static func packet(sequence: UInt32, flags: UInt8, payload: [UInt8], index: Int) -> Packet {
        var bytes: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00]
        bytes += [0x45, 0] + bigEndian(UInt16(40 + payload.count)) + [0, 0, 0x40, 0, 64, 6, 0, 0]
        bytes += [10, 0, 0, 1, 10, 0, 0, 2]
        bytes += bigEndian(UInt16(40_000)) + bigEndian(UInt16(8_333))
        bytes += bigEndian(sequence) + [0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]
        return Packet(fraction: UInt32(index) * 1_000, bytes: bytes + payload)
    }
}
