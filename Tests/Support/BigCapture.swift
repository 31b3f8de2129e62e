import Foundation

/// Captures that are large, or long, made here.
public enum BigCapture {
    private static let pingsOfPacket = 40

    /// Writes a capture of one connection, in which one side sends pings in packets that are all the same; answers where.
    ///
    /// - Parameter messages: A multiple of 40.
    public static func write(messages: Int, into folder: Folder) throws -> String {
        let ping = framed("ping", littleEndian(UInt64(0x0102_0304_0506_0708)))
        let payload = Array(repeatElement(ping, count: pingsOfPacket).joined())
        var file = header
        var frame = packet(sequence: 0, flags: 0x02, payload: [])
        file += record(frame, at: 0)
        frame = packet(sequence: 1, flags: 0x18, payload: payload)
        let sequencePlace = 14 + 20 + 4
        let packets = messages / pingsOfPacket
        file.reserveCapacity(file.count + packets * (frame.count + 16))
        for number in 0..<packets {
            let sequence = bigEndian(UInt32(truncatingIfNeeded: 1 + number * payload.count))
            frame.replaceSubrange(sequencePlace..<sequencePlace + 4, with: sequence)
            // A packet a millisecond.
            file += record(frame, at: 1_000 * (number + 1))
        }
        return try folder.write(file, as: "big.pcap")
    }

    /// Writes a capture of one connection, in which one side sends these bytes; answers where.
    ///
    /// - Parameters:
    ///   - parts: Each in packets of its own.
    ///   - seconds: Between the parts.
    public static func write(parts: [[UInt8]], seconds: Int = 1, into folder: Folder) throws -> String {
        let mostOfPacket = 32_768
        var file = header + record(packet(sequence: 0, flags: 0x02, payload: []), at: 0)
        var sent = 0
        for (number, part) in parts.enumerated() {
            for begin in stride(from: 0, to: part.count, by: mostOfPacket) {
                let payload = Array(part[begin..<min(begin + mostOfPacket, part.count)])
                let frame = packet(
                    sequence: UInt32(truncatingIfNeeded: 1 + sent), flags: 0x18, payload: payload)
                file += record(frame, at: seconds * 1_000_000 * number + 1_000)
                sent += payload.count
            }
        }
        return try folder.write(file, as: "parts.pcap")
    }

    /// Version 2.4 of pcap, in microseconds, of Ethernet.
    private static let header =
        littleEndian(UInt32(0xa1b2_c3d4)) + littleEndian(UInt16(2)) + littleEndian(UInt16(4))
        + [UInt8](repeating: 0, count: 8) + littleEndian(UInt32(262_144)) + littleEndian(UInt32(1))

    /// Frames of such a connection: its first, and after it this number of frames with a ping each.
    public static func frames(pings: Int) -> [[UInt8]] {
        let ping = framed("ping", littleEndian(UInt64(0x0102_0304_0506_0708)))
        return [packet(sequence: 0, flags: 0x02, payload: [])]
            + (0..<pings).map { number in
                packet(sequence: UInt32(truncatingIfNeeded: 1 + number * ping.count), flags: 0x18, payload: ping)
            }
    }

    private static func record(_ frame: [UInt8], at microseconds: Int) -> [UInt8] {
        let time =
            littleEndian(UInt32(1_700_000_000 + microseconds / 1_000_000))
            + littleEndian(UInt32(microseconds % 1_000_000))
        let length = littleEndian(UInt32(frame.count))
        return time + length + length + frame
    }

    /// Ethernet, IPv4 and TCP without checksums, which nobody sees who captures on the machine that sends.
    private static func packet(sequence: UInt32, flags: UInt8, payload: [UInt8]) -> [UInt8] {
        let tcp =
            bigEndian(UInt16(50_000)) + bigEndian(UInt16(8333)) + bigEndian(sequence) + bigEndian(UInt32(0))
            + [0x50, flags] + bigEndian(UInt16(65_535)) + [0, 0, 0, 0]
        let ip: [UInt8] =
            [0x45, 0] + bigEndian(UInt16(40 + payload.count)) + [0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        return [UInt8](repeating: 2, count: 12) + [0x08, 0x00] + ip + tcp + payload
    }
}
