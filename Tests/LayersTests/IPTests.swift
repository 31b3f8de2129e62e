import Layers
import Testing

@Suite struct IPTests {
    typealias B = Build

    @Test func paddingIsNoPayload() throws {
        var parser = PacketParser()
        for ip in [B.ipv4(B.tcp([])), B.ipv4(B.tcp([9])), B.ipv6(B.tcp([9]))] {
            let type = ip[0] >> 4 == 4 ? 0x0800 : 0x86dd
            let parsed = parser.parse(B.ethernet(ip + [UInt8](repeating: 0xee, count: 20), type: type), 1)
            let count = ip.count - (type == 0x0800 ? 40 : 60)
            #expect(parsed.outcome == .tcp)
            #expect(parsed.payload == [UInt8](repeating: 9, count: count))
            #expect(parsed.packet?.wireLength == count)
        }
    }

    @Test func paddingIsNoHeader() {
        // The TCP header claims more than the IP packet holds; the padding behind it must not fill it up.
        var parser = PacketParser()
        let ip = B.ipv4(B.tcp([], offset: 8))
        #expect(parser.parse(B.ethernet(ip + [UInt8](repeating: 0, count: 40)), 1).outcome == .malformed)
    }

    @Test func snapLength() throws {
        var parser = PacketParser()
        let payload = [UInt8](repeating: 3, count: 1400)
        for ip in [B.ipv4(B.tcp(payload)), B.ipv6(B.tcp(payload))] {
            let cut = Array(ip.prefix(96))
            let parsed = parser.parse(cut, 101, original: ip.count)
            #expect(parsed.outcome == .tcp)
            #expect(parsed.packet?.wireLength == 1400)
            #expect(parsed.payload.count == 96 - (ip.count - 1400))
            // One that claims more than the frame has on the wire: it has no more.
            #expect(parser.parse(cut, 101).packet?.wireLength == parsed.payload.count)
            #expect(parser.parse(cut, 101, original: ip.count - 7).packet?.wireLength == 1400 - 7)
        }
    }

    @Test func lengthLeftToTheNetworkCard() throws {
        var parser = PacketParser()
        let payload = [UInt8](repeating: 3, count: 70_000)
        let jumbo: [UInt8] = [6, 0, 0xc2, 4, 0, 1, 0x11, 0x98]
        for (ip, headers) in [
            (B.ipv4(B.tcp(payload), total: 0), 40), (B.ipv6(B.tcp(payload), length: 0), 60),
            (B.ipv6(jumbo + B.tcp(payload), next: 0, length: 0), 68),
        ] {
            let whole = parser.parse(ip, 101)
            #expect(whole.outcome == .tcp)
            #expect(whole.payload.count == 70_000 && whole.packet?.wireLength == 70_000)
            let cut = parser.parse(Array(ip.prefix(100)), 101, original: ip.count)
            #expect(cut.payload.count == 100 - headers && cut.packet?.wireLength == 70_000)
            // Nonsense lengths are not believed.
            for original in [Int.max, 1 << 40, Int(UInt32.max)] {
                let huge = parser.parse(ip, 101, original: original)
                #expect(huge.packet?.wireLength == PacketLayers.offloadLimit - headers)
            }
            #expect(parser.parse(ip, 101, original: -5).packet?.wireLength == 70_000)
        }
    }

    @Test func contradictions() {
        var parser = PacketParser()
        let tcp = B.tcp([1, 2, 3])
        let bad = [
            B.ipv4(tcp, words: 4), B.ipv4(tcp, words: 0), B.ipv4(tcp, total: 19), B.ipv4(tcp, total: 39),
            B.ipv4(tcp, total: 1), B.ipv4(tcp, words: 15), B.ipv4(tcp, version: 5), B.ipv6(tcp, version: 4),
            B.ipv6(tcp, length: 19), B.ipv4(B.tcp([1], offset: 4)), B.ipv4(B.tcp([1], offset: 0)),
            B.ipv4(B.tcp([1], offset: 15)), B.ipv6(B.option(next: 6, units: 200).prefix(90) + [], next: 60), [],
            [0x45], [0x60],
        ]
        for bytes in bad { #expect(parser.parse(bytes, 101).outcome == .malformed, "\(bytes.prefix(20))") }
        #expect(parser.parse(B.ipv6(tcp), 228).outcome == .malformed)
        #expect(parser.parse(B.ipv4(tcp), 229).outcome == .malformed)
    }

    @Test func otherProtocols() {
        var parser = PacketParser()
        for number: UInt8 in [0, 1, 2, 17, 58, 59, 60, 132, 255] {
            #expect(parser.parse(B.ipv4(B.tcp([1]), protocol: number), 101).outcome == .notTCP)
        }
        // What holds packets in a way that is not followed.
        #expect(parser.parse(B.ipv4(B.tcp([1]), protocol: 50), 101).outcome == .unread(.ipProtocol(50)))
        #expect(parser.parse(B.ipv6(B.tcp([1]), next: 50), 101).outcome == .unread(.ipProtocol(50)))
        for number: UInt8 in [1, 17, 58, 59, 132, 255] {
            #expect(parser.parse(B.ipv6(B.tcp([1]), next: number), 101).outcome == .notTCP)
            #expect(parser.parse(B.ipv6(B.option(next: number) + B.tcp([1]), next: 60), 101).outcome == .notTCP)
        }
        for header: [UInt8] in [
            [0, 1, 0x88, 0x0b], [0, 1, 8, 0],
            // PPTP: only an acknowledgment, so what follows is no payload.
            [0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0x21],
        ] {
            #expect(parser.parse(B.ipv4(header + B.ipv4(B.tcp([1])), protocol: 47), 101).outcome == .notTCP)
        }
        // Fragments that cannot hold TCP are not kept.
        #expect(
            parser.parse(B.ipv4([UInt8](repeating: 0, count: 16), protocol: 17, more: true), 101).outcome == .notTCP)
        let piece = B.fragment(next: 17, offset: 0, more: true) + [UInt8](repeating: 0, count: 16)
        #expect(parser.parse(B.ipv6(piece, next: 44), 101).outcome == .notTCP)
        #expect(parser.defragmenter.count == 0)
    }

    @Test func nestingIsBounded() {
        var parser = PacketParser()
        var ip = B.ipv4(B.tcp([1]))
        for depth in 1...20 {
            #expect(parser.parse(ip, 101).outcome == (depth <= PacketLayers.tunnelLimit ? .tcp : .malformed))
            ip = B.ipv4(ip, protocol: 4)
        }
        var chain = B.tcp([1])
        var next: UInt8 = 6
        for count in 0...20 {
            let expected: PacketOutcome = count < IPv6Chain.limit ? .tcp : .malformed
            #expect(parser.parse(B.ipv6(chain, next: next), 101).outcome == expected)
            chain = B.option(next: next) + chain
            next = 60
        }
        // Tags are bounded by the frame alone.
        var tagged = B.tag(B.ipv4(B.tcp([1])))
        for _ in 0..<1000 { tagged = B.tag(tagged, type: 0x8100) }
        #expect(parser.parse(B.ethernet(tagged, type: 0x8100), 1).outcome == .tcp)
    }

    @Test func flags() throws {
        var parser = PacketParser()
        let all: [(TCPFlags, Int)] = [
            (.fin, 1), (.syn, 2), (.rst, 4), (.psh, 8), (.ack, 16), (.urg, 32), (.ece, 64), (.cwr, 128), (.ae, 256),
        ]
        for (flag, bit) in all {
            #expect(parser.parse(B.ipv4(B.tcp([], flags: bit)), 101).packet?.flags == flag)
        }
        #expect(parser.parse(B.ipv4(B.tcp([], flags: 0x12)), 101).packet?.flags == [.syn, .ack])
    }
}
