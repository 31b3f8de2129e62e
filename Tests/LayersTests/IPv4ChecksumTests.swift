import Layers
import Support
import Testing

@Suite struct IPv4ChecksumTests {
    typealias B = Build

    /// The packet with the sum that a sender writes.
    static func sealed(_ packet: [UInt8]) -> [UInt8] {
        var sealed = packet
        sealed.replaceSubrange(10..<12, with: [0, 0])
        let sum = ~internetSum(sealed[..<(Int(packet[0] & 15) * 4)])
        sealed.replaceSubrange(10..<12, with: B.u16(Int(sum)))
        return sealed
    }

    private func isWrong(_ bytes: [UInt8], linkType: Int32 = 101) throws -> Bool {
        var parser = PacketParser()
        return try #require(parser.parse(bytes, linkType).packet).isHeaderWrong
    }

    /// Options of every length.
    static let packets = (0...10).map { words in
        sealed(B.ipv4(B.tcp([1, 2, 3]), options: (0..<words * 4).map { UInt8($0 * 37 & 255) }))
    }

    @Test(arguments: packets)
    func rightOnes(_ packet: [UInt8]) throws {
        #expect(try !isWrong(packet))
        #expect(try !isWrong(B.ethernet(packet), linkType: 1))
    }

    /// In bytes that decide nothing else: services, identification, time to live, checksum, addresses, options.
    @Test(arguments: packets)
    func tamperedBits(_ packet: [UInt8]) throws {
        for place in [1, 4, 5, 8] + Array(10..<packet.count - 23) {
            for bit in 0..<8 {
                var tampered = packet
                tampered[place] ^= 1 << UInt8(bit)
                if tampered[10] == 0 && tampered[11] == 0 { continue }
                #expect(try isWrong(tampered), "bit \(bit) of byte \(place)")
            }
        }
    }

    /// Offloading leaves 0; a length of 0 is filled in with the sum.
    @Test func notJudged() throws {
        var packet = B.ipv4(B.tcp([1, 2, 3]), checksum: 0x55aa)
        #expect(try isWrong(packet))
        packet.replaceSubrange(10..<12, with: [0, 0])
        #expect(try !isWrong(packet))
        #expect(try !isWrong(B.ipv4(B.tcp([1, 2, 3]), total: 0, checksum: 0x55aa)))
        #expect(try !isWrong(B.ipv6(B.tcp([1, 2, 3]))))
    }

    /// The end of a tunnel drops what has a wrong sum outside.
    @Test func tunnels() throws {
        let wrong = B.ipv4(B.tcp([1]), checksum: 0x55aa)
        let right = Self.sealed(wrong)
        #expect(try !isWrong(Self.sealed(B.ipv4(right, protocol: 4))))
        #expect(try isWrong(B.ipv4(right, protocol: 4, checksum: 0x55aa)))
        #expect(try isWrong(Self.sealed(B.ipv4(wrong, protocol: 4))))
        #expect(try isWrong(B.ipv4(B.ipv6(B.tcp([1])), protocol: 41, checksum: 0x55aa)))
    }

    @Test func fragments() throws {
        let pieces = FragmentTests.pieces(B.tcp(FragmentTests.data), size: 1000).map(Self.sealed)
        func last(_ packets: [[UInt8]]) throws -> Bool {
            var parser = PacketParser()
            return try #require(packets.map { parser.parse($0, 101) }.last?.packet).isHeaderWrong
        }
        #expect(try !last(pieces))
        for index in pieces.indices {
            var packets = pieces
            packets[index][8] ^= 1
            #expect(try last(packets), "fragment \(index)")
        }
        // One that brings nothing new does no harm.
        var copy = pieces[1]
        copy[8] ^= 1
        #expect(try !last([pieces[0], pieces[1], copy, pieces[2], pieces[3]]))
        // Of a tunnel's packet.
        let outer = FragmentTests.pieces(pieces[0], size: 600, next: 4, id: 9).map(Self.sealed)
        var first = outer[0]
        first[8] ^= 1
        #expect(try !last(outer + pieces[1...]))
        #expect(try last([first] + outer[1...] + pieces[1...]))
    }
}
