import Foundation
import Layers
import Support
import Testing

@Suite struct TCPChecksumTests {
    typealias B = Build
    static let payload: [UInt8] = (0..<99).map { UInt8($0 * 5 & 255) }

    /// Addresses, protocol and length.
    private static func pseudoHeader(_ source: [UInt8], _ destination: [UInt8], _ length: Int) -> [UInt8] {
        source + destination + B.u32(UInt32(length)) + B.u32(6)
    }

    /// The segment with the sum that a sender writes.
    static func sealed(_ tcp: [UInt8], _ source: [UInt8] = B.source4, _ destination: [UInt8] = B.destination4)
        -> [UInt8]
    {
        var sealed = tcp
        sealed.replaceSubrange(16..<18, with: [0, 0])
        let sum = ~internetSum(pseudoHeader(source, destination, tcp.count) + sealed)
        sealed.replaceSubrange(16..<18, with: B.u16(Int(sum)))
        return sealed
    }

    static func sealed6(_ tcp: [UInt8]) -> [UInt8] { sealed(tcp, B.source6, B.destination6) }

    private func isWrong(_ bytes: [UInt8], original: Int? = nil, linkType: Int32 = 101) throws -> Bool {
        var parser = PacketParser()
        return try #require(parser.parse(bytes, linkType, original: original).packet).isWrong
    }

    @Test func rightOnes() throws {
        for length in 0...300 {
            let payload = Array(Self.payload + Self.payload + Self.payload + Self.payload).prefix(length)
            #expect(try !isWrong(B.ipv4(Self.sealed(B.tcp(Array(payload))))), "\(length) bytes")
            #expect(try !isWrong(B.ipv6(Self.sealed6(B.tcp(Array(payload))))), "\(length) bytes")
        }
        let options = Self.sealed(B.tcp([], flags: 0x10, options: [1, 1] + TCPOptionsTests.timestamps))
        #expect(try !isWrong(B.ipv4(options, options: [148, 4, 0, 0])))
    }

    /// Of a right sum no bit can change.
    @Test func tamperedBits() throws {
        for packet in [B.ipv4(Self.sealed(B.tcp(Self.payload))), B.ipv6(Self.sealed6(B.tcp(Self.payload)))] {
            let addresses = packet[0] >> 4 == 4 ? 12 : 8
            let tcp = packet.count - Self.payload.count - 20
            for place in addresses..<packet.count {
                for bit in 0..<8 where place != tcp + 12 {
                    var tampered = packet
                    tampered[place] ^= 1 << UInt8(bit)
                    // The field may become 0, which is none.
                    if tampered[tcp + 16] == 0 && tampered[tcp + 17] == 0 { continue }
                    #expect(try isWrong(tampered), "bit \(bit) of byte \(place)")
                }
            }
        }
    }

    /// Of the header below, too, and of every one of them: routers and receivers drop the packet.
    @Test func headers() throws {
        let tcp = Self.sealed(B.tcp(Self.payload))
        let ip = B.ipv4(tcp, options: [148, 4, 0, 0])
        #expect(try !isWrong(ip))
        #expect(try !isWrong(B.ipv4(tcp, checksum: 0)))
        for place in 0..<24 where ![0, 2, 3, 6, 7, 9].contains(place) {
            var tampered = ip
            tampered[place] ^= 0x04
            #expect(try isWrong(tampered), "byte \(place)")
        }
        let wrong = B.ipv4(tcp, checksum: 0x55aa)
        #expect(try isWrong(B.ipv4(wrong, protocol: 4)))
        #expect(try isWrong(B.ipv6(wrong, next: 4)))
        #expect(try isWrong(B.ipv4(B.ipv4(tcp), protocol: 4, checksum: 0x55aa)))
        #expect(try !isWrong(B.ipv4(tcp, total: 0, checksum: 0x55aa)))
    }

    /// A sum of 0 is written as it is, or as FFFF.
    @Test func bothZeros() throws {
        var tcp = Self.sealed(B.tcp([0, 0]))
        // Adding the sum itself to the payload makes it 0.
        tcp.replaceSubrange(20..<22, with: tcp[16..<18])
        tcp.replaceSubrange(16..<18, with: [0xff, 0xff])
        #expect(try !isWrong(B.ipv4(tcp)))
        tcp.replaceSubrange(16..<18, with: [0, 0])
        #expect(try !isWrong(B.ipv4(tcp)))
        tcp.replaceSubrange(16..<18, with: [0xff, 0xfe])
        #expect(try isWrong(B.ipv4(tcp)))
        // The pseudo-header's sum is FFFF as well.
        let bare = internetSum(Self.pseudoHeader([0, 0, 0, 0], B.destination4, tcp.count))
        let source = [0, 0] + B.u16(Int(~bare))
        tcp = Self.sealed(B.tcp([0, 0]), source)
        #expect(try !isWrong(B.ipv4(tcp, source: source)))
    }

    @Test func offloadedOnes() throws {
        for isSix in [false, true] {
            for count in [0, 5, 1440, 1500, 40_000] {
                var tcp = B.tcp([UInt8](repeating: 3, count: count))
                let (source, destination) = isSix ? (B.source6, B.destination6) : (B.source4, B.destination4)
                func isWrong(with sum: UInt16) throws -> Bool {
                    tcp.replaceSubrange(16..<18, with: B.u16(Int(sum)))
                    return try self.isWrong(isSix ? B.ipv6(tcp) : B.ipv4(tcp))
                }
                let partial = internetSum(Self.pseudoHeader(source, destination, tcp.count))
                #expect(try !isWrong(with: 0))
                #expect(try !isWrong(with: partial))
                #expect(try isWrong(with: ~partial))
                #expect(try isWrong(with: partial + 1))
                // Without the length only where a card cuts the packet up.
                let bare = internetSum(Self.pseudoHeader(source, destination, 0))
                #expect(try isWrong(with: bare) == (count <= 1460))
            }
        }
    }

    /// Where not all is known, nothing is said.
    @Test func notJudged() throws {
        let ip = B.ipv4(B.tcp(Self.payload))
        let frame = B.ethernet(ip + [1, 2, 3, 4])
        #expect(try isWrong(frame, linkType: 1))
        #expect(try isWrong(Array(frame.dropLast(4)), original: frame.count, linkType: 1))
        #expect(try !isWrong(Array(frame.dropLast(5)), original: frame.count, linkType: 1))
        // More than its frame has, and a length that was left to the card.
        #expect(try !isWrong(Array(frame.dropLast(5)), linkType: 1))
        #expect(try !isWrong(B.ipv4(B.tcp(Self.payload), total: 0)))
        #expect(try !isWrong(B.ipv6(B.tcp(Self.payload), length: 0)))
        // Addresses yet to visit.
        for (left, expected): (UInt8, Bool) in [(0, true), (1, false)] {
            let routing: [UInt8] = [6, 0, 4, left, 0, 0, 0, 0]
            #expect(try isWrong(B.ipv6(routing + B.tcp(Self.payload), next: 43)) == expected)
            // The packet around it says nothing of the one inside.
            let outer: [UInt8] = [4, 0, 4, left, 0, 0, 0, 0]
            #expect(try isWrong(B.ipv6(outer + ip, next: 43)))
        }
    }

    @Test func tunnels() throws {
        for (inner, four) in [
            (B.ipv4(Self.sealed(B.tcp(Self.payload))), true), (B.ipv6(Self.sealed6(B.tcp(Self.payload))), false),
        ] {
            for outer in [
                B.ipv4(inner, protocol: four ? 4 : 41, source: [9, 9, 9, 9]), B.ipv6(inner, next: four ? 4 : 41),
                B.ipv4(B.vxlan(B.ethernet(inner, type: four ? 0x0800 : 0x86dd)), protocol: 17),
            ] {
                #expect(try !isWrong(outer))
                #expect(try isWrong(outer.dropLast() + [0]))
                // The outer length decides what was captured, too.
                #expect(try !isWrong(outer.dropLast(), original: outer.count))
            }
        }
    }

    @Test(arguments: [false, true])
    func datagrams(_ isSix: Bool) throws {
        let right = isSix ? Self.sealed6(B.tcp(FragmentTests.data)) : Self.sealed(B.tcp(FragmentTests.data))
        for (tcp, expected) in [(right, false), (right.dropLast() + [right[right.count - 1] ^ 1], true)] {
            let pieces = FragmentTests.pieces(tcp, size: 800, isSix: isSix)
            for order in [Array(pieces), pieces.reversed()] {
                var parser = PacketParser()
                for piece in order.dropLast() { #expect(parser.parse(piece, 101).outcome == .fragment) }
                let packet = try #require(parser.parse(order[order.count - 1], 101).packet)
                #expect(packet.isChecksumWrong == expected && !packet.fragmentsDiffer)
            }
            // One was cut.
            var parser = PacketParser()
            for piece in pieces.dropLast() { _ = parser.parse(piece, 101) }
            let last = pieces[pieces.count - 1]
            let packet = try #require(parser.parse(last.dropLast(), 101, original: last.count).packet)
            #expect(!packet.isChecksumWrong)
        }
    }

    @Test func datagramOnItsWay() throws {
        for (left, expected): (UInt8, Bool) in [(0, true), (1, false)] {
            var parser = PacketParser()
            var last: Parsed?
            for offset in [0, 1600] {
                let header = [44, 0, 4, left, 0, 0, 0, 0] + B.fragment(next: 6, offset: offset, more: offset == 0)
                let tcp = B.tcp(FragmentTests.data)
                let part = offset == 0 ? tcp[..<1600] : tcp[1600...]
                last = parser.parse(B.ipv6(header + part, next: 43), 101)
            }
            #expect(try #require(last?.packet).isChecksumWrong == expected)
        }
    }

    /// Recorded on real machines: with right sums, with those that offloading leaves, and with none.
    @Test func recordedOnes() throws {
        let folder = Self.package.appendingPathComponent("captures")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".pcap") }
        #expect(names.count >= 9)
        var withRightSums = 0
        for name in names {
            let capture = try RecordedFrames(folder.appendingPathComponent(name).path)
            #expect(wrong(capture) == 0, "\(name)")
            var tampered = capture
            // Nothing is behind the payload of these.
            for index in tampered.frames.indices { tampered.frames[index][tampered.frames[index].count - 1] ^= 0x10 }
            if wrong(tampered) > 10 { withRightSums += 1 }
        }
        #expect(withRightSums == 5)
    }

    private static let faults = sharedFolder("faults/reassembly")

    @Test(.enabled(if: faults != nil, "needs ../shared/faults"))
    func madeUpOnes() throws {
        let folder = try #require(Self.faults)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for name in names where name.hasSuffix(".pcap") {
            let capture = try RecordedFrames(folder.appendingPathComponent(name).path)
            let expected = ["live-evasion-databad.pcap", "live-evasion-finbad.pcap"].contains(name) ? 1 : 0
            #expect(wrong(capture) == expected, "\(name)")
        }
    }

    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// How many segments of a capture have a wrong sum.
    private func wrong(_ capture: RecordedFrames) -> Int {
        var parser = PacketParser()
        return capture.frames.count { parser.parse($0, capture.linkType).packet?.isChecksumWrong == true }
    }
}

/// The frames of a classic pcap file in little-endian order.
struct RecordedFrames {
    var linkType: Int32 = 0
    var frames: [[UInt8]] = []

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
        try require([0xa1b2_c3d4, 0xa1b2_3c4d].contains(number(0)), path)
        linkType = Int32(number(20))
        var at = 24
        while at < bytes.count {
            frames.append(Array(bytes[at + 16..<at + 16 + number(at + 8)]))
            at += 16 + number(at + 8)
        }
    }
}

extension TCPPacket {
    /// Receivers drop it for one of its checksums.
    fileprivate var isWrong: Bool { isChecksumWrong || isHeaderWrong }
}
