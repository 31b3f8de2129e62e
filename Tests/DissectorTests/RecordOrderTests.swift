import BitcoinP2P
import DisplayFilter
import Dissector
import Fields
import Keys
import Output
import Support
import Testing

/// Records come in the order of the capture, whatever waits for whatever; where that cannot be, a record says so.
@Suite struct RecordOrderTests {
    private static let captures = [
        "handshake.pcap", "relay.pcap", "relay-ipv6.pcap", "addrv2.pcap", "bloom-filter.pcap", "block-filters.pcap",
        "txreconciliation.pcap", "relay-v2-encrypted.pcap",
    ]
    /// Those by which nothing is lost for good.
    private static let disorder = [
        Faults(), Faults(reorder: 0.3), Faults(duplicate: 0.2, reorder: 0.8, distance: 3), Faults(delay: 0.02),
        Faults(delay: 0.4), Faults(reorder: 0.3, distance: 3, overlap: 0.5, merge: 0.3), Faults(split: 0.5),
    ]
    private static let loss = [
        Faults(drop: 0.01), Faults(drop: 0.1), Faults(truncate: 0.7),
        Faults(drop: 0.02, duplicate: 0.02, reorder: 0.05, truncate: 0.02),
        Faults(drop: 0.2, duplicate: 0.3, reorder: 0.3, truncate: 0.3),
        Faults(drop: 0.05, duplicate: 0.1, reorder: 0.1, delay: 0.1, split: 0.3, merge: 0.3, truncate: 0.05),
        Faults(drop: 0.3, reorder: 0.3, delay: 0.1, truncate: 0.3, keepsStarts: false),
    ]

    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let long = framed("zzzz", filler(500))

    init() { Pipeline.declareFields() }

    /// The options for which nothing waits: records come as the streams yield them.
    private var unordered: PipelineOptions {
        var options = PipelineOptions()
        options.recordBytes = 0
        return options
    }

    /// A frame never descends but at a record that is late, and only there.
    private func check(_ records: [Seen], _ what: String, _ location: SourceLocation = #_sourceLocation) {
        var highest: UInt64 = 0
        let wrong = records.filter { record in
            defer { highest = max(highest, record.frame) }
            return record.isLate != (record.frame < highest)
        }
        #expect(wrong.map(\.frame) == [], "\(what)", sourceLocation: location)
    }

    /// Out of order a message may be judged before what it answers, or what the other side has said of itself, has come.
    private func counted(_ records: [Seen]) -> [Seen: Int] {
        let plain = records.map { record in
            var record = record
            record.isLate = false
            record.notes.subtract(ConductTests.remarks.union(["bitcoin.pong.without_ping"]))
            return record
        }
        return Dictionary(plain.map { ($0, 1) }, uniquingKeysWith: +)
    }

    private func play(_ name: String, _ faults: Faults, seed: UInt64, keys: KeyLog? = nil) throws -> Findings {
        var generator = SeededGenerator(seed: seed)
        let packets = try faults.apply(to: packets(name), &generator)
        var options = PipelineOptions()
        options.keys = keys
        let result = try dissect(packets, options)
        check(result.all, "\(faults), seed \(seed)")
        options.recordBytes = 0
        let other = try dissect(packets, options)
        check(other.all, "\(faults), seed \(seed), unordered")
        let isSame = counted(result.all) == counted(other.all)
        try #require(isSame, "\(faults), seed \(seed)")
        try #require(result.counts == other.counts, "\(faults), seed \(seed)")
        return result
    }

    @Test(arguments: captures, disorder)
    func disorderedFrames(_ name: String, _ faults: Faults) throws {
        for seed in 0..<2 as Range<UInt64> {
            let late = try play(name, faults, seed: seed).all.filter(\.isLate)
            // Only what is told of a direction at its end.
            try #require(late.filter { $0.protocolName != "BitcoinV2" }.map(\.info) == [], "seed \(seed)")
        }
    }

    @Test(arguments: captures, loss)
    func lostFrames(_ name: String, _ faults: Faults) throws {
        for seed in 0..<2 as Range<UInt64> {
            let late = try play(name, faults, seed: seed).all.filter(\.isLate)
            // Messages that the end of their stream cuts.
            try #require(
                late.filter { $0.protocolName != "BitcoinV2" && $0.isWhole }.map(\.info) == [], "seed \(seed)")
        }
    }

    @Test(arguments: disorder + loss)
    func decryptedPackets(_ faults: Faults) throws {
        let keys = KeyLog(path: folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        for seed in 0..<3 as Range<UInt64> {
            let all = try play("relay-v2-encrypted.pcap", faults, seed: seed, keys: keys).all
            // The first of a direction may wait for the other one's key, which holds nobody.
            let late = all.filter { $0.isLate && !$0.command.isEmpty && $0.command != "version" }
            try #require(late.map(\.info) == [], "\(faults), seed \(seed)")
        }
    }

    // MARK: What waits for what

    /// Several connections on one wire.
    private struct Wire {
        var talks: [Talk]
        private(set) var packets: [Packet] = []

        init(_ count: UInt16) {
            talks = (0..<count).map { Talk(from: 50_001 + $0) }
            for index in talks.indices { take(index) }
        }

        /// What one of them sends now.
        mutating func step(_ index: Int, _ body: (inout Talk) -> Void) {
            let start = talks[index].time
            body(&talks[index])
            for other in talks.indices { talks[other].time += talks[index].time - start }
            talks[index].time = talks[(index + 1) % talks.count].time
            take(index)
        }

        private mutating func take(_ index: Int) {
            packets += talks[index].packets
            talks[index].packets = []
        }
    }

    /// The first connection has a hole, behind which messages are whole while the second one's come.
    private func holed(isFilled: Bool) -> [Packet] {
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, version + long + ping + ping, size: 100, losing: [3]) }
        wire.step(1) { $0.send(.client, version + ping) }
        wire.step(1) { $0.send(.client, ping) }
        wire.step(0) { isFilled ? $0.packet(.client, Array((version + long)[300..<400]), at: 300) : $0.settle() }
        return wire.packets
    }

    @Test func behindAHole() throws {
        let given = try dissect(holed(isFilled: false))
        try #require(given.gaps.count == 1)
        #expect(given.all.map(\.frame) == given.all.map(\.frame).sorted())
        #expect(given.all.filter(\.isLate) == [])
        #expect(given.all.last?.isGap == true)
        check(given.all, "")
        #expect(try dissect(holed(isFilled: false), unordered).all.contains(where: \.isLate))
        let filled = try dissect(holed(isFilled: true))
        #expect(filled.counts.gaps == 0)
        #expect(filled.all.map(\.frame) == filled.all.map(\.frame).sorted())
    }

    /// The headers of 2011: what follows a message of 20 bytes of header proves it.
    @Test func headersWithoutChecksum() throws {
        func short(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[..<20] + bytes[24...]) }
        let old = short(framed("version", littleEndian(UInt32(209)) + [UInt8](repeating: 0, count: 81)))
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, old) }
        wire.step(1) { $0.send(.client, version) }
        wire.step(0) { $0.send(.server, old) }
        wire.step(1) { $0.send(.server, version) }
        wire.step(0) { $0.send(.client, short(framed("verack"))) }
        wire.step(1) { $0.send(.client, framed("verack")) }
        wire.step(0) { $0.send(.server, short(framed("verack"))) }
        wire.step(0) { $0.send(.client, framed("getaddr")) }
        wire.step(0) { $0.send(.server, framed("getaddr")) }
        let result = try dissect(wire.packets)
        #expect(result.all.map(\.frame) == Array(7...15))
        #expect(result.all.filter(\.isLate) == [])
        #expect(try dissect(wire.packets, unordered).all.contains(where: \.isLate))
    }

    /// Behind a gap a header proves nothing before its message is whole: in what it claims others may be.
    @Test func duringASearch() throws {
        var wire = Wire(2)
        let false1 = framed("zzzz", filler(3), length: 400, checksum: 7)
        wire.step(0) { $0.send(.client, version + filler(10) + false1 + ping) }
        wire.step(1) { $0.send(.client, version) }
        wire.step(0) { $0.send(.client, ping + [UInt8](repeating: 9, count: 400)) }
        wire.step(1) { $0.send(.client, ping) }
        let result = try dissect(wire.packets)
        #expect(result.commands == ["version", "ping", "version", "ping", "ping"])
        #expect(result.all.map(\.frame) == [7, 7, 8, 9, 10])
        #expect(try dissect(wire.packets, unordered).all.map(\.frame) != [7, 7, 8, 9, 10])
    }

    /// A message of which more is to come is complete with a later frame: nothing waits for it.
    @Test func notForAnUnfinishedMessage() throws {
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, version + Array(long[..<300])) }
        wire.step(1) { $0.send(.client, version + ping) }
        let writer = CollectingWriter()
        var pipeline = Pipeline(PipelineOptions(), writer: writer)
        for (index, packet) in wire.packets.enumerated() {
            try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
        }
        #expect(writer.records.map(\.command) == ["version", "version", "ping"])
        let isHolding = pipeline.holdsRecords
        #expect(!isHolding)
        pipeline.finish()
    }

    /// A message whose end is missing has the frame that shows that.
    @Test func aMessageCutAtItsEnd() throws {
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, version + Array(long[..<300])) }
        wire.step(1) { $0.send(.client, version + ping) }
        wire.step(0) {
            $0.lose(.client, 224)
            $0.send(.client, ping)
        }
        wire.step(1) { $0.send(.client, ping) }
        wire.step(0) { $0.settle() }
        let result = try dissect(wire.packets)
        #expect(result.commands == ["version", "version", "ping", "zzzz", "ping", "ping"])
        #expect(result.records.map(\.frame) == [7, 8, 8, 9, 9, 10])
        #expect(result.records[3].missing == 224)
        #expect(result.all.filter(\.isLate) == [])
    }

    // MARK: Bounds

    @Test func asMuchAsThereIsRoomFor() throws {
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, version + long + ping + ping, size: 100, losing: [3]) }
        for _ in 0..<200 { wire.step(1) { $0.send(.client, framed("zzzz", filler(500))) } }
        wire.step(0) { $0.settle() }
        let all = try dissect(wire.packets)
        #expect(all.all.filter(\.isLate) == [])
        var options = PipelineOptions()
        options.recordBytes = 50_000
        let some = try dissect(wire.packets, options)
        check(some.all, "")
        #expect(some.all.filter(\.isLate).map(\.command) == ["zzzz", "ping", "ping"])
        #expect(counted(some.all) == counted(all.all))
        #expect(some.counts == all.counts)
    }

    /// It is in every record, whatever the filter lets through.
    @Test func theFieldOfLateRecords() throws {
        var options = unordered
        options.filter = try Filter(
            "bitcoin.late_record", resolve: RecordNames.fields(named:), names: { RecordNames.all })
        let all = try dissect(holed(isFilled: false), unordered).all
        let late = try dissect(holed(isFilled: false), options).all
        #expect(late == all.filter(\.isLate))
        #expect(!late.isEmpty)
    }

    /// Where somebody watches, nothing waits for long.
    @Test func asLongAsMayBeWaited() throws {
        let packets = holed(isFilled: false)
        func written(_ wait: Duration?) throws -> (before: Int, after: Int) {
            let writer = CollectingWriter()
            var options = PipelineOptions()
            options.recordWait = wait
            var pipeline = Pipeline(options, writer: writer)
            for (index, packet) in packets.enumerated() where index < packets.count - 4 {
                try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
            }
            let before = writer.records.count
            let isHolding = pipeline.holdsRecords
            #expect(isHolding == (wait != .zero))
            let deadline = ContinuousClock.now + (wait ?? .milliseconds(5))
            while ContinuousClock.now < deadline {}
            pipeline.pass(to: packets[0].time)
            let after = writer.records.count
            pipeline.finish()
            check(writer.records, "")
            return (before, after)
        }
        // The version before the hole, then the three of the other connection.
        #expect(try written(nil) == (1, 1))
        #expect(try written(.milliseconds(20)) == (1, 4))
        #expect(try written(.zero) == (4, 4))
    }

    /// As many as are asked for are the first of all; and the reading ends with them.
    @Test func aLimitOfRecords() throws {
        var generator = SeededGenerator(seed: 3)
        let packets = try Faults(drop: 0.02, reorder: 0.3, delay: 0.1).apply(to: packets("addrv2.pcap"), &generator)
        let all = try dissect(packets).all
        for limit in [1, 2, 3, 10, 31, 50] {
            var options = PipelineOptions()
            options.recordLimit = UInt64(limit)
            let some = try dissect(packets, options)
            #expect(some.records.count == limit)
            #expect(some.all == Array(all.prefix(some.all.count)), "\(limit)")
            #expect(some.counts.messages == UInt64(limit))
            #expect(some.counts.gaps == UInt64(some.gaps.count))
        }
    }

    /// A record that waits keeps its connection's handshake, though another connection has its place by then.
    @Test func theFramesOfARecordThatWaits() throws {
        var wire = Wire(2)
        wire.step(0) { $0.send(.client, version + long + ping + ping, size: 100, losing: [3]) }
        wire.step(1) { $0.send(.client, version) }
        wire.step(1) {
            $0.client.origin += 5_000_000
            $0.server.origin += 5_000_000
            $0.client.sent = 0
            $0.open()
            $0.send(.client, version)
        }
        wire.step(0) { $0.settle() }
        let collector = FrameCollector()
        var options = PipelineOptions()
        options.filter = try Filter(
            "tcp.stream == 1", resolve: RecordNames.fields(named:), names: { RecordNames.all })
        var pipeline = Pipeline(options, writer: collector, collector: collector)
        for (index, packet) in wire.packets.enumerated() {
            try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
        }
        pipeline.finish()
        collector.end()
        #expect((1...UInt64(wire.packets.count)).filter(collector.selection.contains) == [4, 5, 6, 13])
    }
}
