import Dissector
import Foundation
import Insight
import Keys
import Support
import Testing

/// Nobody is accused of what was only not captured: of a damaged capture neither `violations` nor `identity` says anything
/// against anybody that they do not say of the whole one.
///
/// In full with `make hostile`.
@Suite struct ContradictionTests {
    /// Who broke which rule, and which claim was contradicted; how often.
    private typealias Charges = [String: Int]

    private struct Subject: Sendable {
        let name: String
        let packets: [Packet]
        let keys: KeyLog?
        let ports: Set<UInt16>
        let charges: Charges

        init(_ name: String, keys: String? = nil) throws {
            try self.init(
                name, DissectorTests.packets(name), keys: keys.map { KeyLog(path: folder("captures") + "/" + $0) })
        }

        init(_ name: String, _ packets: [Packet], keys: KeyLog? = nil) throws {
            self.name = name
            self.packets = packets
            self.keys = keys
            // A connection whose beginning is missing is found on any port.
            ports = Set(packets.compactMap { SegmentHeader($0) }.flatMap { [$0.flow.from, $0.flow.to] })
            charges = try ContradictionTests.charges(packets, keys, ports)
        }
    }

    private static let subjects: Result<[Subject], any Error> = Result {
        try [
            Subject("relay.pcap"), Subject("relay-ipv6.pcap"), Subject("handshake.pcap"), Subject("addrv2.pcap"),
            Subject("bloom-filter.pcap"), Subject("block-filters.pcap"), Subject("txreconciliation.pcap"),
            Subject("relay-v2-encrypted.pcap", keys: "relay-v2-encrypted.keys"), Subject("a light client", lightClient),
        ]
    }

    private static let isFull = ProcessInfo.processInfo.environment["HOSTILE_PROGRAM"] != nil
    private static let seeds: Range<UInt64> = 0..<(isFull ? 200 : 20)

    private static func charges(_ packets: [Packet], _ keys: KeyLog?, _ ports: Set<UInt16>) throws -> Charges {
        let answers = try answers([.violations, .identity], packets, keys: keys, ports: ports)
        var charges: Charges = [:]
        for row in answers["violations"]?["rows"] as? [[String: Any]] ?? [] {
            charges["\(row["peer"] ?? "") \(row["rule"] ?? "")", default: 0] += row["count"] as? Int ?? 0
        }
        for row in answers["identity"]?["rows"] as? [[String: Any]] ?? [] {
            for contradiction in row["contradictions"] as? [[String: Any]] ?? [] {
                charges["\(row["peer"] ?? "") \(contradiction["rule"] ?? "")", default: 0] += 1
            }
        }
        return charges
    }

    /// A client wants no transactions but those of its filters, which it sets and changes, and is told of many.
    private static let lightClient: [Packet] = {
        func version(_ agent: String, relay: UInt8) -> [UInt8] {
            let address = littleEndian(UInt64(1101)) + [UInt8](repeating: 0, count: 18)
            var bytes = littleEndian(Int32(70016)) + littleEndian(UInt64(1101)) + littleEndian(Int64(0))
            bytes += address + address + littleEndian(UInt64(relay) + 5)
            bytes += [UInt8(agent.utf8.count)] + Array(agent.utf8) + littleEndian(Int32(0)) + [relay]
            return framed("version", bytes)
        }
        let opening = framed("wtxidrelay") + framed("sendaddrv2") + framed("verack")
        let filter = framed("filterload", [1, 255] + littleEndian(UInt32(1)) + [0, 0, 0, 0, 0])
        let inv = framed("inv", [1, 5, 0, 0, 0] + filler(32))
        var talks: [[Packet]] = []
        for index in 0..<40 as Range<UInt16> {
            var talk = Talk(8333, from: 50_000 + index)
            talk.time += Int64(index) * 10_000_000_000
            talk.send(.client, version("/light/", relay: 0))
            talk.send(.server, version("/Satoshi:28.1.0/", relay: 1))
            talk.send(.server, opening)
            talk.send(.client, opening)
            talk.send(.client, filter)
            for number in 0..<4 {
                talk.send(.server, inv)
                if number == 2 { talk.send(.client, framed("filterclear")) }
            }
            talk.finish(.client)
            talk.finish(.server)
            talk.settle()
            talks.append(talk.packets)
        }
        return talks.flatMap(\.self)
    }()

    /// The captures have something to say, and genuine nodes are among them.
    @Test func theWholeCaptures() throws {
        let subjects = try Self.subjects.get()
        #expect(subjects.map { $0.charges.isEmpty } == [true, true, true, false, false, false, false, true, true])
        let claims = try subjects.flatMap { subject in
            try answers([.identity], subject.packets, keys: subject.keys, ports: subject.ports)["identity"]?["rows"]
                as? [[String: Any]] ?? []
        }
        let verdicts = Dictionary(grouping: claims) { $0["verdict"] as? String ?? "" }.mapValues(\.count)
        #expect(verdicts["contradicted"] == nil)
        #expect(verdicts["consistent", default: 0] > 60, "\(verdicts)")
    }

    @Test(arguments: seeds) func nobodyIsAccused(_ seed: UInt64) throws {
        for (index, subject) in try Self.subjects.get().enumerated() {
            var generator = SeededGenerator(seed: seed &* 64 &+ UInt64(index))
            for (what, packets) in Self.damaged(subject.packets, &generator) {
                let charges = try Self.charges(packets, subject.keys, subject.ports)
                for (charge, count) in charges where count > subject.charges[charge, default: 0] {
                    let before = subject.charges[charge, default: 0]
                    Issue.record("seed \(seed), \(subject.name), \(what): \(charge) \(count) times, not \(before)")
                    return
                }
            }
        }
    }

    private static func damaged(
        _ packets: [Packet], _ generator: inout SeededGenerator
    ) -> [(what: String, packets: [Packet])] {
        let rate = Double.random(in: 0.005...0.05, using: &generator)
        let lossy = packets.filter { _ in Double.random(in: 0..<1, using: &generator) >= rate }
        let start = Int.random(in: 0..<packets.count, using: &generator)
        let fromLower = generator.chance(50)
        func isBare(_ packet: Packet) -> Bool {
            SegmentHeader(packet).map { $0.payloadLength == 0 && $0.flags == .acknowledges } ?? false
        }
        let oneWay = packets.filter { packet in
            SegmentHeader(packet).map { ($0.flow.from < $0.flow.to) == fromLower } ?? true
        }
        let (mixed, what) = InquiryPropertyTests.damage(packets, &generator)
        return [
            ("loss of \(rate)", lossy), ("\(start) frames late", Array(packets[start...])), ("one direction", oneWay),
            ("no acknowledgements", packets.filter { !isBare($0) }),
            ("loss of \(rate) and no acknowledgements", lossy.filter { !isBare($0) }), (what, mixed),
        ]
    }
}
