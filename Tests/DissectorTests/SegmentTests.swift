import Layers
import Reassembly
import Testing

@testable import Dissector

@Suite struct SegmentTests {
    /// From the bytes of a packet: IPv4, TCP with all its flags, options, a payload of three bytes, and a wrong checksum.
    @Test(arguments: [true, false])
    func ofAPacket(_ isSYN: Bool) throws {
        let options: [UInt8] = [3, 3, 9, 8, 10, 0, 1, 2, 3, 0, 0, 0, 0, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0]
        let tcp: [UInt8] =
            [0, 1, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0xb0, isSYN ? 0xff : 0xfd, 9, 10, 11, 12, 13, 14] + options
        let packet: [UInt8] = [0x45, 0, 0, 67, 0, 0, 0, 0, 64, 6, 0, 1, 192, 0, 2, 1, 192, 0, 2, 2] + tcp + [1, 2, 3]
        var parser = PacketParser()
        var found: Segment?
        _ = parser.parse(packet.span.bytes, originalLength: packet.count, linkType: 101, time: 0) {
            packet, options, _ in
            found = Segment(packet, options)
        }
        var expected = Segment(
            sequence: 0x0102_0304, acknowledgement: 0x0506_0708, flags: Segment.Flags(rawValue: isSYN ? 0xff : 0xfd),
            wireLength: 3)
        expected.window = 0x090a
        expected.urgentPointer = 0x0d0e
        expected.isChecksumWrong = true
        expected.isHeaderWrong = true
        expected.options.windowShift = isSYN ? 9 : nil
        expected.options.timestamp = 0x0001_0203
        expected.options.blockCount = 1
        expected.options.blockEdges[0] = 0x0102_0304
        expected.options.blockEdges[1] = 0x0506_0708
        #expect(try #require(found) == expected)
    }
}
