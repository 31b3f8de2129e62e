import Layers
import Support
import Testing

@Suite struct TCPOptionsTests {
    typealias B = Build

    /// What a parser reads of a segment with these options, filled up to whole words.
    private func read(_ options: [UInt8], flags: Int = 0x10, filler: UInt8 = 1) throws -> TCPOptions {
        var parser = PacketParser()
        let padded = options + [UInt8](repeating: filler, count: (4 - options.count % 4) % 4)
        // Bytes behind the header that would be options themselves.
        let payload: [UInt8] = [8, 10, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 9]
        let parsed = parser.parse(B.ipv4(B.tcp(payload, flags: flags, options: padded)), 101)
        try #require(parsed.packet != nil)
        return parsed.options
    }

    static let timestamps: [UInt8] = [8, 10, 1, 2, 3, 4, 5, 6, 7, 8]

    @Test func timestamp() throws {
        #expect(try read([]) == TCPOptions())
        #expect(try read([1, 1] + Self.timestamps).timestamp == 0x0102_0304)
        #expect(try read(Self.timestamps + [1, 1]).timestamp == 0x0102_0304)
        #expect(try read([1, 1, 8, 10, 255, 254, 253, 252, 0, 0, 0, 0]).timestamp == 0xfffe_fdfc)
        #expect(try read([1, 1] + Self.timestamps, flags: 0x02).timestamp == 0x0102_0304)
        // Others of twelve bytes.
        #expect(try read([1, 1, 8, 9, 1, 2, 3, 4, 5, 6, 7, 1]).timestamp == nil)
        #expect(try read([1, 0, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8]).timestamp == nil)
    }

    /// As Linux sends them.
    @Test func connectionBeginning() throws {
        let options = try read([2, 4, 5, 0xb4, 4, 2] + Self.timestamps + [1, 3, 3, 7], flags: 0x02)
        #expect(options.windowShift == 7 && options.timestamp == 0x0102_0304 && options.blockCount == 0)
    }

    @Test func windowShift() throws {
        for (shift, expected): (UInt8, UInt8) in [(0, 0), (1, 1), (14, 14), (15, 14), (255, 14)] {
            #expect(try read([3, 3, shift, 1], flags: 0x02).windowShift == expected)
            #expect(try read([3, 3, shift, 1], flags: 0x12).windowShift == expected)
            #expect(try read([3, 3, shift, 1], flags: 0x10).windowShift == nil)
        }
        #expect(try read([3, 4, 7, 7], flags: 0x02).windowShift == nil)
    }

    @Test func blocks() throws {
        for count in 1...4 {
            let edges = (0..<UInt32(count * 2)).map { 0xffff_ff00 &+ $0 &* 100 }
            let options = try read([1, 1, 5, UInt8(2 + 8 * count)] + edges.flatMap { B.u32($0) })
            #expect(options.blockCount == UInt8(count))
            for (place, edge) in edges.enumerated() { #expect(options.blockEdges[place] == edge) }
            for place in edges.count..<8 { #expect(options.blockEdges[place] == 0) }
        }
        // Not a number of whole blocks.
        for length: UInt8 in [2, 9, 11, 14] {
            let options = try read([5, length] + [UInt8](repeating: 6, count: Int(length) - 2) + Self.timestamps)
            #expect(options.blockCount == 0 && options.timestamp == 0x0102_0304)
        }
        // Beside timestamps there is room for three.
        let three = try read([1, 1] + Self.timestamps + [1, 1, 5, 26] + [UInt8](repeating: 7, count: 24))
        #expect(three.blockCount == 3 && three.timestamp == 0x0102_0304)
    }

    @Test func signatures() throws {
        let md5: [UInt8] = [19, 18] + [UInt8](repeating: 6, count: 16)
        #expect(try read(md5).isSigned)
        #expect(try read([1, 1] + Self.timestamps + md5).isSigned)
        #expect(try read(md5 + Self.timestamps, flags: 0x02).timestamp == 0x0102_0304)
        #expect(try read([29, 4, 1, 1]).isSigned)
        #expect(try read([29, 16] + [UInt8](repeating: 6, count: 14)).isSigned)
        #expect(try !read([1, 1] + Self.timestamps).isSigned)
        // Linux looks at no other length of the first.
        #expect(try !read([19, 10] + [UInt8](repeating: 6, count: 8)).isSigned)
        #expect(try !read([0, 1] + md5).isSigned)
    }

    /// What was read before the fault stays.
    @Test func faults() throws {
        let shift: [UInt8] = [3, 3, 5]
        for fault: [UInt8] in [[9, 0], [9, 1], [9, 200], [8, 255], [5, 40], [0]] {
            let options = try read(shift + fault + Self.timestamps, flags: 0x02)
            #expect(options.windowShift == 5 && options.timestamp == nil, "\(fault)")
        }
        // Cut at the end of the header.
        #expect(try read(shift + [8], flags: 0x02).windowShift == 5)
        #expect(try read(shift + [1, 8, 10, 0, 0, 0], flags: 0x02, filler: 0).timestamp == nil)
        // An option that is not known is passed over.
        #expect(try read([254, 6, 1, 2, 3, 4] + Self.timestamps).timestamp == 0x0102_0304)
    }

    @Test func noise() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50_000 {
            let words = Int.random(in: 1...10, using: &random)
            let kinds: [UInt8] = [0, 1, 2, 3, 3, 4, 5, 8, 10, 10, 18, 34]
            let bytes = (0..<words * 4).map { _ in
                Bool.random(using: &random)
                    ? kinds.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
            let options = try read(bytes, flags: 0x02)
            try #require(options.windowShift ?? 0 <= 14 && options.blockCount <= 4)
        }
    }

    @Test func urgentPointer() {
        var parser = PacketParser()
        var tcp = B.tcp([1], flags: 0x30)
        tcp.replaceSubrange(18..<20, with: [0x12, 0x34])
        #expect(parser.parse(B.ipv4(tcp), 101).packet?.urgentPointer == 0x1234)
    }
}
