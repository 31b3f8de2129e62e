import Support
import Testing

/// Peers, or strangers, that send segments and streams made to cost much: what each costs is in proportion to what was
/// sent, and within a bound of memory.
@Suite(.serialized) struct HostileStreamTests {
    /// With and without the frames of each message, and with all packets written anew.
    private static let forms = [[], ["-V"], ["-w", "/dev/null"]]

    /// SYNs of connections that never come to be.
    @Test func floodOfSYNs() throws {
        try Trial.expectLinear("SYN", count: (100_000, 1_200_000), memory: Trial.isFull ? 400 : 80) { flood, count in
            for index in UInt32(0)..<UInt32(count) {
                flood.segment(
                    from: Flood.StreamSender(host: index & 0xfffff, port: UInt16(1024 + index >> 20)), sequence: index,
                    flags: 0x02)
            }
        }
    }

    /// Connections that each send the header of a large message, and a little of it.
    @Test func connectionsInTheMiddleOfAMessage() throws {
        let begun = Array(framed("block", [UInt8](repeating: 7, count: 4000), length: 4_000_000).prefix(1000))
        try Trial.expectLinear("begun", count: (16_000, 200_000), memory: Trial.isFull ? 900 : 120) { flood, count in
            for index in UInt32(0)..<UInt32(count) {
                let sender = Flood.StreamSender(host: index, port: 40_000)
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                flood.segment(from: sender, sequence: 1, flags: 0x18, begun)
            }
        }
    }

    /// Large messages that come piece by piece on many connections at once: more than may be held in all. The idlest are
    /// given up, and said to be cut.
    @Test func moreUnfinishedMessagesThanMemory() throws {
        let folder = try Folder()
        let capture = try Flood.write(to: folder("stalled.pcap")) { flood in
            let flows = UInt32(64)
            let begun = Array(framed("block", filler(900_000), length: 1_000_000).prefix(800_000))
            let pieces = stride(from: 0, to: begun.count, by: 1448).map { begun[$0..<min($0 + 1448, begun.count)] }
            for index in 0..<flows {
                flood.segment(from: Flood.StreamSender(host: index, port: 40_000), sequence: 0, flags: 0x02)
            }
            for piece in pieces {
                for index in 0..<flows {
                    flood.segment(
                        from: Flood.StreamSender(host: index, port: 40_000), sequence: 1 + UInt32(piece.startIndex),
                        flags: 0x18, piece)
                }
            }
        }
        for form in [[], ["-V"]] {
            // A tree of a message that is cut, and its text, are there once for each thread.
            let trial = try Trial(
                capture, ["--memory-limit", "16"] + form, memory: form.isEmpty ? 64 : 96, keepsOutput: true)
            #expect(trial.status == 0, "\(form): \(trial.errors.suffix(300))")
            let text = String(decoding: trial.output, as: UTF8.self)
            let notes = text.matches(of: form.isEmpty ? #/\[memory limit\]/# : #/A limit of memory was reached/#).count
            #expect(notes >= 48 && notes <= 64, "\(notes)")
            #expect(trial.errors.contains(#/, memory limit reached \d+ times/#), "\(trial.errors)")
        }
    }

    /// One byte each, in any order, over a hole that is never filled.
    @Test(arguments: ["every second", "backwards", "shuffled"])
    func segmentsOfOneByte(_ order: String) throws {
        try Trial.expectLinear(order, count: (100_000, 1_000_000), memory: 64, Self.forms) { flood, count in
            var generator = SeededGenerator(seed: 5)
            flood.open()
            var places = (1...UInt32(count)).map { order == "every second" ? $0 * 2 : $0 }
            if order == "backwards" { places.reverse() }
            if order == "shuffled" { places.shuffle(using: &generator) }
            for place in places {
                flood.segment(from: Flood.attacker, sequence: 1 + place, [UInt8(truncatingIfNeeded: place)])
            }
        }
    }

    /// One byte each, behind the gap of a message that claims them all: they are its frames, of which 16 MiB are kept, in
    /// an array that doubles.
    @Test func segmentsOfOneByteInACutMessage() throws {
        try Trial.expectLinear("cut", count: (100_000, 3_000_000), memory: Trial.isFull ? 128 : 64, Self.forms) {
            flood, count in
            flood.open()
            flood.stream(framed("block", filler(100), length: 32 << 20))
            for place in 0..<UInt32(count) {
                flood.segment(from: Flood.attacker, sequence: 2000 + place, [UInt8(truncatingIfNeeded: place)])
                if place % 1000 == 0 {
                    flood.segment(
                        from: Flood.victim, to: Flood.attacker, sequence: 1, acknowledgement: 2000 + place,
                        after: 1_000_000)
                }
            }
        }
    }

    /// Segments that lie within each other, or overlap by all but a byte, each with other bytes: what came first counts.
    @Test(arguments: ["nested outwards", "nested inwards", "shifted", "the same again"])
    func overlappingSegments(_ form: String) throws {
        try Trial.expectLinear(form, count: (12_000, 400_000), memory: 64, Self.forms) { flood, count in
            flood.open()
            for index in 0..<count {
                // Nests of 700 segments, one behind the other.
                let (nest, ring) = (index / 700, index % 700)
                let radius = form == "nested outwards" ? ring : 699 - ring
                let (from, length) =
                    switch form {
                    case "shifted": (10 + index, 1400)
                    case "the same again": (10, 1400)
                    default: (10 + nest * 1500 + 700 - radius, 2 * radius + 1)
                    }
                let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: length)
                flood.segment(from: Flood.attacker, sequence: 1 + UInt32(from), payload)
            }
        }
    }

    /// Fragments of datagrams that never become whole: the third is far behind the others, and what lies between takes
    /// memory as if it were there.
    @Test(arguments: [(0, 40_000), (8000, 3_000)])
    func fragmentsWithoutEnd(_ distance: Int, _ few: Int) throws {
        try Trial.expectLinear("fragments", count: (few, distance > 0 ? 100_000 : 1_000_000), memory: 64) {
            flood, count in
            for index in 0..<count {
                flood.fragment(
                    UInt16(truncatingIfNeeded: index / 3), offset: index % 3 * 2 + (index % 3 == 2 ? distance : 0))
            }
        }
    }

    // MARK: Streams

    @Test func nothingButMagics() throws {
        try Trial.expectLinear("magics", count: (16_000, 40_000), memory: 64) { flood, count in
            let magics = repeated(bigEndian(UInt32(0xf9be_b4d9)), 362)
            flood.open()
            for _ in 0..<count { flood.stream(magics) }
        }
    }

    /// Behind junk, so that no header is believed without evidence.
    @Test func nothingButMagicsBehindJunk() throws {
        try Trial.expectLinear("junk", count: (4_000, 40_000), memory: 64) { flood, count in
            let magics = repeated(bigEndian(UInt32(0xf9be_b4d9)), 362)
            flood.open()
            flood.stream(framed("verack") + filler(100))
            for _ in 0..<count { flood.stream(magics) }
        }
    }

    /// Headers that claim 4 GiB, the most that a node ever accepted, or a little more than there is.
    @Test(arguments: [UInt32.max, 33_554_433, 33_554_432, 4_000_000, 100_000])
    func headersThatClaim(_ length: UInt32) throws {
        try Trial.expectLinear("claim of \(length)", count: (24_000, 40_000), memory: 160) { flood, count in
            let headers = repeated(framed("inv", length: length), 60)
            flood.open()
            flood.stream(framed("verack"))
            for _ in 0..<count { flood.stream(headers) }
        }
    }

    /// The same with a gap before each run of them.
    @Test func headersBehindGaps() throws {
        try Trial.expectLinear("gaps", count: (6_000, 40_000), memory: 64, Self.forms) { flood, count in
            let headers = repeated(framed("inv", length: 4_000_000), 60)
            flood.open()
            for index in 0..<count {
                let place = UInt32(1 + index * 2000)
                flood.segment(from: Flood.attacker, sequence: place, headers)
                flood.segment(
                    from: Flood.victim, to: Flood.attacker, sequence: 1, acknowledgement: place &+ 3000,
                    after: 300_000)
            }
        }
    }
}

extension Flood {
    /// A fragment of 16 bytes of a TCP datagram, of which more are said to follow.
    ///
    /// - Parameter offset: In units of eight bytes.
    mutating func fragment(_ identification: UInt16, offset: Int) {
        var bytes: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 36]
        bytes += [UInt8(identification >> 8), UInt8(identification & 255)]
        bytes += [0x20 | UInt8(offset >> 8), UInt8(offset & 255), 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        frame(bytes + [UInt8](repeating: 3, count: 16))
    }
}
