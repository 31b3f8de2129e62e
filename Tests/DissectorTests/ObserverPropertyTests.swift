import BitcoinP2P
import Capture
import Foundation
import Insight
import Keys
import Reassembly
import Support
import Testing

@testable import Dissector

/// Every packet is accounted for, whatever becomes of it.
@Suite struct ObserverPropertyTests {
    private static let captures: [(name: String, packets: [Packet], keys: KeyLog?)] = {
        guard let folder = sharedFolder("captures") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.contains(".pcap") }.sorted().compactMap { name in
            let path = folder.appendingPathComponent(name).path
            guard let packets = try? packets(at: path) else { return nil }
            let keys = path.replacingOccurrences(of: ".pcap", with: ".keys")
            return (name, packets, FileManager.default.fileExists(atPath: keys) ? KeyLog(path: keys) : nil)
        }
    }()

    private func check(
        _ packets: [Packet], _ keys: KeyLog?, _ comment: Comment, _ location: SourceLocation = #_sourceLocation
    ) throws {
        var options = PipelineOptions()
        options.observation = .bytes
        options.keys = keys
        var pipeline = Pipeline(options, writer: nil)
        var wire: UInt64 = 0
        for (index, packet) in packets.enumerated() {
            let header = packet.header(number: index + 1)
            wire += UInt64(header.originalLength)
            try pipeline.receive(header, packet.bytes.span.bytes)
        }
        pipeline.finish()
        let found = pipeline.facts
        let facts = try #require(found, comment, sourceLocation: location)
        #expect(facts.accounted == wire, comment, sourceLocation: location)
        #expect(facts.wireBytes == wire, comment, sourceLocation: location)
        #expect(facts.packets == UInt64(packets.count), comment, sourceLocation: location)
        #expect(facts.tcpPackets + facts.notTCP.packets == facts.packets, comment, sourceLocation: location)
        var delivered: UInt64 = 0
        for side in facts.known.flatMap({ [$0.forward, $0.backward] }) {
            #expect(side.delivered.bytes + side.cut.bytes <= side.sent.bytes, comment, sourceLocation: location)
            #expect(
                side.delivered.overhead + side.cut.overhead <= side.sent.overhead, comment, sourceLocation: location)
            delivered += side.delivered.bytes + side.delivered.overhead
        }
        let counts = pipeline.counts
        #expect(counts.bytes.inMessages + counts.bytes.headers <= delivered, comment, sourceLocation: location)
        #expect(counts.bytes.headers > 0 || counts.messages == 0, comment, sourceLocation: location)
    }

    @Test(.enabled(if: sharedFolder("captures") != nil, "needs the shared captures")) func captures() throws {
        for (name, packets, keys) in Self.captures {
            try check(packets, keys, "\(name)")
            try check(packets, nil, "\(name) without keys")
        }
    }

    @Test(.enabled(if: sharedFolder("captures") != nil, "needs the shared captures"), arguments: 0..<200)
    func damaged(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        guard let (name, packets, keys) = Self.captures.randomElement(using: &generator) else { return }
        let rates = (0..<4).map { _ in generator.chance(50) ? Int.random(in: 1...20, using: &generator) : 0 }
        let snap = generator.chance(30) ? Int.random(in: 20...400, using: &generator) : .max
        var damaged: [Packet] = []
        var late: [Packet] = []
        for packet in packets {
            if generator.chance(rates[0]) { continue }
            var packet = packet
            let length = generator.chance(rates[1]) ? Int.random(in: 0...packet.bytes.count, using: &generator) : snap
            packet.bytes = Array(packet.bytes.prefix(length))
            if generator.chance(rates[2]) { late.append(packet) } else { damaged.append(packet) }
            if generator.chance(rates[3]) { damaged.append(packet) }
            if !late.isEmpty, generator.chance(30) { damaged.append(late.removeFirst()) }
        }
        try check(damaged + late, generator.chance(50) ? keys : nil, "\(name), seed \(seed)")
    }
}
