import Layers
import Testing

@Suite struct LinkTypeTests {
    @Test(arguments: Sample.all)
    func everyLinkType(_ sample: Sample) throws {
        var parser = PacketParser()
        let parsed = parser.parse(sample.bytes, sample.linkType)
        #expect(parsed.outcome == .tcp)
        let packet = try #require(parsed.packet)
        #expect(packet.sourcePort == 50_000)
        #expect(packet.destinationPort == 8333)
        #expect(packet.sequence == 0x0102_0304)
        #expect(packet.acknowledgment == 0xa0b0_c0d0)
        #expect(packet.flags == [.psh, .ack])
        #expect(packet.window == 64_240)
        #expect(packet.wireLength == Sample.payload.count)
        #expect(parsed.payload == Sample.payload)
        #expect(parsed.isInFrame)
        let isSix = sample.name.contains(", IPv6") || sample.name.contains("family")
        #expect(packet.source.description == (isSix ? "2001:db8::1" : "192.0.2.1"))
        #expect(packet.destination.description == (isSix ? "2001:db8:0:1::2" : "198.51.100.7"))
    }

    /// A link type without a sample fails.
    @Test func supported() {
        let known = Set(Sample.all.map(\.linkType))
        for type: Int32 in -1...400 { #expect(PacketParser.isSupported(linkType: type) == known.contains(type)) }
        var parser = PacketParser()
        #expect(parser.parse([1, 2, 3], 127).outcome == .unsupportedLinkType(127))
        #expect(parser.parse([], .max).outcome == .unsupportedLinkType(.max))
    }

    @Test func noIP() {
        typealias B = Build
        let ip = B.ipv4(B.tcp([1]))
        let frames: [(Int32, [UInt8])] = [
            (1, B.ethernet([0, 1, 8, 0], type: 0x0806)),
            (1, B.ethernet([0x42, 0x42, 3] + ip, type: 3 + ip.count)),
            (1, B.ethernet([0xaa, 0xaa, 3, 0, 0, 0x0c, 8, 0] + ip, type: 8 + ip.count)),
            (1, B.ethernet(ip, type: 1501)),
            (1, B.ethernet(B.tag(ip, type: 0x8847), type: 0x8100)),
            (1, B.ethernet([0x11, 0xa7, 0, 0, 0, 0, 0, 0x21] + ip, type: 0x8864)),
            (9, [0xc0, 0x21] + ip), (9, [0xff, 3, 0x80, 0x21] + ip), (9, [0xff, 4, 0, 0x21] + ip),
            (0, [7, 0, 0, 0] + ip), (108, [2, 0, 0, 0] + ip),
            (113, B.cooked(ip, hardware: 824)), (276, B.cooked2(ip, hardware: 803)), (276, B.cooked2(ip, type: 0x0806)),
        ]
        var parser = PacketParser()
        for (linkType, bytes) in frames {
            let parsed = parser.parse(bytes, linkType)
            #expect(parsed.outcome == .notIP, "\(linkType) \(bytes.prefix(24))")
            #expect(parsed.packet == nil)
        }
    }

    @Test func addresses() {
        func text(_ groups: UInt16...) -> String {
            func half(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
            return IPAddress(high: half(groups[..<4]), low: half(groups[4...])).description
        }
        #expect(IPAddress().description == "::")
        #expect(text(0, 0, 0, 0, 0, 0, 0, 1) == "::1")
        #expect(text(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0) == "2001:db8::")
        #expect(text(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1) == "2001:db8:0:1:1:1:1:1")
        #expect(text(0x2001, 0, 0, 1, 0, 0, 0, 1) == "2001:0:0:1::1")
        #expect(text(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1) == "2001:db8::1:0:0:1")
        #expect(text(0, 0, 1, 2, 3, 4, 5, 6) == "::1:2:3:4:5:6")
        #expect(text(0xfe80, 0x10, 0x200, 0x3000, 1, 2, 3, 0) == "fe80:10:200:3000:1:2:3:0")
        let four = IPAddress(v4: 0x7f00_0001)
        #expect(four.description == "127.0.0.1" && four.isIPv4)
        #expect(four.withBytes { $0.withUnsafeBytes { Array($0) } } == [127, 0, 0, 1])
        let six = IPAddress(high: 0x2001_0db8_0000_0000, low: 2)
        #expect(!six.isIPv4)
        #expect(
            six.withBytes { $0.withUnsafeBytes { Array($0) } } == [0x20, 1, 0x0d, 0xb8]
                + [UInt8](repeating: 0, count: 11) + [2])
    }
}
