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
        #expect(parser.parse([1, 2, 3], 220).outcome == .unsupportedLinkType(220))
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
            (1, B.ethernet([0x11, 0xa7, 0, 0, 0, 0, 0, 0x21] + ip, type: 0x8864)),
            (9, [0xc0, 0x21] + ip), (9, [0xff, 3, 0x80, 0x21] + ip), (9, [0xff, 4, 0, 0x21] + ip),
            (0, [7, 0, 0, 0] + ip), (108, [2, 0, 0, 0] + ip),
            (113, B.cooked(ip, hardware: 824)), (276, B.cooked2(ip, type: 0x0806)),
        ]
        var parser = PacketParser()
        for (linkType, bytes) in frames {
            let parsed = parser.parse(bytes, linkType)
            #expect(parsed.outcome == .notIP, "\(linkType) \(bytes.prefix(24))")
            #expect(parsed.packet == nil)
        }
    }

    /// Forms of rare headers that hold no packet, or one that is not read.
    @Test func rareWithoutAPacket() {
        typealias B = Build
        let ip = B.ipv4(B.tcp([1]))
        let frame = B.ethernet(ip)
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        func udp(_ payload: [UInt8], _ port: Int) -> [UInt8] { B.ipv4(B.udp(payload, port: port), protocol: 17) }
        let snap = B.snap(ip)
        let frames: [(Int32, [UInt8], PacketOutcome)] = [
            (149, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] + ip, .unread(.linkType(149))),
            (258, [9, 0, 0, 0] + zeros(200), .malformed),
            (258, [108, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0] + zeros(96) + frame, .notIP),
            (239, [2, 0, 0, 0, 3, 0, 9, 0] + ip, .malformed), (239, [7, 0, 0, 0, 44, 0, 9, 0] + ip, .notIP),
            (117, [8, 2, 0, 0] + zeros(60) + ip, .malformed), (104, [0x8f, 0, 0x20, 0] + ip, .notIP),
            (107, [0x18, 0x41, 3, 0x83] + ip, .notIP), (192, [0, 0, 4, 0, 1, 0, 0, 0] + frame, .malformed),
            // Encrypted, a fragment, several packets in one, without data, and a beacon.
            (105, [8, 0x40, 0, 0] + zeros(20) + snap, .unread(.encryptedWireless)),
            (105, [8, 4, 0, 0] + zeros(20) + snap, .unread(.dividedWireless)),
            (105, [8, 0, 0, 0] + zeros(18) + [1, 0] + snap, .unread(.dividedWireless)),
            (105, [0x88, 0, 0, 0] + zeros(20) + [0x80, 0] + snap, .unread(.dividedWireless)),
            (105, [0x48, 0, 0, 0] + zeros(20) + snap, .notIP),
            (105, [0x80, 0, 0, 0] + zeros(20) + snap, .notIP),
            (1, B.ethernet([0x0c, 0, 0, 0, 0, 7, 8, 0] + ip, type: 0x88e5), .unread(.encryptedMACsec)),
            (1, B.ethernet([0, 1, 1, 1, 0, 0, 1, 255] + ip, type: 0x894f), .malformed),
            // Other datagrams of these ports: answers of DNS, and data of a file exchange.
            (101, udp([0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 3], 4341), .notTCP),
            (101, udp([0x12, 0x35, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 3], 1701), .notTCP),
            (101, udp([1, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0], 37008), .notTCP),
            (101, udp([0xc8, 2, 0, 12] + zeros(8), 1701), .notTCP),
            (101, udp([0, 3] + zeros(6) + ip, 1701), .unread(.l2tp(3))),
            (101, udp([0x30, 1, 0, 0] + zeros(4) + ip, 2152), .notTCP),
            (101, udp([0x34, 0xff, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0x85, 0, 0, 0, 0] + ip, 2152), .malformed),
            (101, udp([1, 4, 0, 1, 1] + frame, 37008), .notTCP),
            (101, udp([1, 0, 0, 1, 10, 255] + frame, 37008), .malformed),
            (101, udp([0x40] + ip, 3544), .notTCP), (101, udp([0, 9, 1] + ip, 3544), .notTCP),
        ]
        var parser = PacketParser()
        for (linkType, bytes, outcome) in frames {
            #expect(parser.parse(bytes, linkType).outcome == outcome, "\(linkType) \(bytes.prefix(40))")
        }
    }

    /// What may hold TCP and is not followed has a kind, and ARP and the like have none.
    @Test func kindsThatAreNotRead() {
        typealias B = Build
        let ip = B.ipv4(B.tcp([1]))
        func gre(_ header: [UInt8]) -> [UInt8] { B.ipv4(header + ip, protocol: 47) }
        let frames: [(Int32, [UInt8], UnreadKind, String)] = [
            (1, B.ethernet(ip, type: 0x1234), .etherType(0x1234), "EtherType 0x1234"),
            (
                1, B.ethernet(B.tag(ip, type: 0x6003), type: 0x8100), .etherType(0x6003), "EtherType 0x6003"
            ),
            (101, B.ipv4([0, 0, 0xb, 0xad] + ip, protocol: 47), .gre(0x0bad), "GRE protocol 0x0bad"),
            (9, [0, 0x2d] + ip, .ppp(0x2d), "PPP protocol 0x002d"),
            (101, B.ipv4(ip, protocol: 50), .ipProtocol(50), "IP protocol 50 (ESP)"),
            (
                101, B.ipv4(ip, protocol: 115, offset: 8, more: true), .ipProtocol(115),
                "IP protocol 115 (L2TPv3)"
            ),
            (
                101, B.ipv4(B.udp([4, 0, 0, 9, 0, 0, 5, 0] + ip, port: 4790), protocol: 17), .service(9),
                "VXLAN-GPE or NSH protocol 9"
            ),
            (192, [0, 0, 8, 0, 220, 0, 0, 0] + ip, .linkType(220), "link type 220"),
            (101, B.ipv6([115, 0, 0, 1, 0, 0, 0, 1] + ip, next: 44), .ipProtocol(115), "IP protocol 115 (L2TPv3)"),
            (101, gre([0x40, 0, 8, 0, 0, 0, 0, 0]), .form(.greRouting), "GRE with source routes"),
            (101, gre([0, 2, 8, 0]), .form(.greVersion), "GRE of an unknown version"),
            (
                101, gre([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x30, 5, 0, 1]), .form(.erspan),
                "ERSPAN of an unknown version or frame type"
            ),
            (101, B.ipv4([0x20, 0] + ip, protocol: 97), .form(.etherIP), "EtherIP of an unknown version"),
            (
                101, B.ipv4(B.udp([0x40, 0, 8, 0, 0, 0, 1, 0] + ip, port: 6081), protocol: 17), .form(.geneve),
                "Geneve of an unknown version"
            ),
            (
                1, B.ethernet([0x40, 2, 1, 1, 0, 0, 1, 255] + ip, type: 0x894f), .form(.nsh),
                "NSH of an unknown version"
            ),
            (1, B.ethernet([0, 1, 1, 0, 0, 0, 0, 0], type: 0x8847), .form(.pseudowire), "MPLS pseudowires"),
            (107, [0x18, 0x41, 3, 0xb0] + ip, .form(.frameRelay), "Frame Relay of an unknown protocol"),
            (
                1, B.ethernet([0x80, 0, 0, 0, 0, 7, 8, 0] + ip, type: 0x88e5), .form(.macsecVersion),
                "MACsec of an unknown version"
            ),
            (
                101, B.ipv4(B.udp([1, 0, 0, 119, 1] + ip, port: 37008), protocol: 17), .form(.tzspPrism),
                "TZSP with a Prism header"
            ),
            (113, B.cooked(ip, hardware: 802), .form(.prism), "802.11 after a Prism header"),
        ]
        var parser = PacketParser()
        for (linkType, bytes, kind, text) in frames {
            #expect(parser.parse(bytes, linkType).outcome == .unread(kind), "\(text)")
            #expect(kind.text == text)
        }
        for type in [0x0806, 0x8035, 0x88cc, 0x888e, 0x8863, 0x8809, 0x88f7, 0x9000] {
            #expect(parser.parse(B.ethernet(ip, type: type), 1).outcome == .notIP)
        }
        for number: UInt8 in [1, 2, 89, 132] {
            #expect(parser.parse(B.ipv4(ip, protocol: number), 101).outcome == .notTCP)
        }
    }

    /// Who has sent a frame, as its link header says.
    @Test func directions() {
        let parser = PacketParser()
        func isOutgoing(_ bytes: [UInt8], _ linkType: Int32) -> Bool {
            parser.isOutgoing(bytes.span.bytes, linkType: linkType)
        }
        var pktap = [UInt8](repeating: 0, count: 108)
        #expect(!isOutgoing(pktap, 258) && !isOutgoing([], 258))
        pktap[36] = 2
        #expect(isOutgoing(pktap, 258))
        #expect(isOutgoing([1, 0x21], 204) && !isOutgoing([0, 0x21], 204) && !isOutgoing([], 204))
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
