import BitcoinP2P
import Dissector
import Fields
import Foundation
import Keys
import Support
import Testing

/// The recorded v2 connection, against what one of its nodes logged, whole and with faults put in.
@Suite struct V2CaptureTests {
    private func log(_ name: String) throws -> [Logged] {
        try Logged.messages("node-a-v2/10.20.0.2_50862/" + name)
    }

    private func keys(flipping bit: Int? = nil) throws -> KeyLog {
        var line =
            try String(contentsOfFile: folder("captures/relay-v2-encrypted.keys"), encoding: .utf8)
            .split(separator: "\n").first.map(String.init) ?? ""
        if let bit {
            // A digit of the secret, which ends the line.
            var digits = Array(line.utf8)
            let place = digits.count - 64 + bit / 4
            let value = (UInt8(String(decoding: [digits[place]], as: UTF8.self), radix: 16) ?? 0) ^ 1 << UInt8(bit % 4)
            digits[place] = Array(String(value, radix: 16).utf8)[0]
            line = String(decoding: digits, as: UTF8.self)
        }
        return try keyLog(line)
    }

    private func messages(_ records: [Seen]) -> [Logged] {
        records.filter { $0.protocolName == "Bitcoin" }.map {
            Logged(command: $0.command, payload: Array($0.bytes.suffix(Int($0.payloadLength))))
        }
    }

    @Test func relayIsWhatTheNodeLogged() throws {
        let result = try dissect(packets("relay-v2-encrypted.pcap"), options(keys()))
        let fromA = result.records.filter { $0.from == "10.20.0.1:8333" }
        let fromB = result.records.filter { $0.to == "10.20.0.1:8333" }
        let (sent, received) = (try log("msgs_sent.dat"), try log("msgs_recv.dat"))
        #expect(sent.count + received.count > 200)
        let isSent = messages(fromA) == sent
        let isReceived = messages(fromB) == received
        #expect(isSent)
        #expect(isReceived)
        // Beside the messages, each side's handshake.
        #expect(result.records.count == sent.count + received.count + 2)
        #expect(result.records.filter { $0.protocolName == "BitcoinV2" }.map(\.packet) == [0, 0])
        let magic: UInt64 = 0xfabf_b5da
        #expect(result.records.filter { $0.protocolName == "Bitcoin" }.allSatisfy { $0.magic == magic })
        #expect(Set(result.records.map(\.sessionID)).count == 1)
        #expect(result.records.allSatisfy { !$0.hasProblem })
        #expect(result.counts.decryptedStreams == 2)
        #expect(!result.counts.hasProblem)
        let plain = try dissect(packets("relay-v2-encrypted.pcap"))
        for flow in Set(result.records.map(\.flow)) {
            let told = result.records.filter { $0.flow == flow }.reduce(0) { $0 + $1.length }
            #expect(told == plain.records.first { $0.flow == flow }?.length)
        }
    }

    @Test(arguments: [0, 1, 100, 255])
    func oneBitOfTheSecret(_ bit: Int) throws {
        let result = try dissect(packets("relay-v2-encrypted.pcap"), options(keys(flipping: bit)))
        #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2", "BitcoinV2"])
        #expect(result.records.filter(\.hasProblem).count == 1)
        #expect(result.records.filter { $0.notes == ["bitcoin.v2.secret.wrong"] }.count == 1)
        #expect(result.counts.wrongSecrets == 1)
        #expect(result.counts.messages == 0)
    }

    private static let faults = [
        Faults(drop: 0.01), Faults(drop: 0.05), Faults(drop: 0.3), Faults(duplicate: 0.3), Faults(reorder: 0.3),
        Faults(duplicate: 0.2, reorder: 0.8, distance: 3), Faults(truncate: 0.05), Faults(truncate: 0.5),
        Faults(drop: 0.02, duplicate: 0.02, reorder: 0.05, truncate: 0.02), Faults(delay: 0.3),
        Faults(split: 0.5), Faults(merge: 0.7), Faults(drop: 0.02, delay: 0.1, split: 0.3, merge: 0.3, truncate: 0.02),
    ]

    /// Nothing is shown that was not sent; what is lost is counted; most of what was captured is found again.
    @Test(arguments: faults)
    func withFaults(_ faults: Faults) throws {
        let whole = try dissect(packets("relay-v2-encrypted.pcap"), options(keys()))
        let sent = Dictionary(grouping: whole.records, by: \.flow)
        let reference = try Reference("relay-v2-encrypted.pcap")
        var (there, found, shown) = (0, 0, 0)
        for seed in 0..<12 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 1_000_003 &+ 9)
            let packets = faults.apply(to: reference.packets, &generator)
            let result = try dissect(packets, options(keys()))
            let captured = reference.captured(in: packets)
            try #require(result.counts.wrongSecrets == 0, "seed \(seed)")
            for (flow, records) in Dictionary(grouping: result.records, by: \.flow) {
                let all = try #require(sent[flow])
                var next: UInt64 = 0
                var numbers: Set<UInt64> = []
                for record in records {
                    // Others sum up what was lost.
                    guard let packet = record.packet, record.status == 3 || !record.bytes.isEmpty else { continue }
                    try #require(packet < UInt64(all.count), "seed \(seed)")
                    let original = all[Int(packet)]
                    try #require(record.bytes == original.bytes && record.command == original.command, "seed \(seed)")
                    try #require(record.lostPackets == packet - next, "seed \(seed)")
                    next = packet + 1
                    numbers.insert(packet)
                }
                shown += numbers.count
                // Packets of which every byte was captured.
                var at = 0
                for (index, original) in all.enumerated() {
                    let range = at..<at + original.length
                    at = range.upperBound
                    guard captured[flow]?.contains(range) == true else { continue }
                    there += 1
                    if numbers.contains(UInt64(index)) { found += 1 }
                }
            }
            // Every byte is in a record, or missing, or skipped.
            let extent = captured.values.reduce(0) { $0 + $1.end }
            let told = result.records.filter { $0.packet != nil && !$0.bytes.isEmpty }.reduce(0) { $0 + $1.length }
            let direct = result.records.filter { $0.bytes.count == 64 && $0.packet == nil }.reduce(0) { $0 + $1.length }
            try #require(
                told + direct + Int(result.counts.missingBytes + result.counts.skippedBytes) == extent, "seed \(seed)")
            try #require(result.counts.lostPackets == result.records.reduce(0) { $0 + $1.lostPackets }, "seed \(seed)")
        }
        print("\(faults): \(found) of \(there) packets captured whole were found, \(shown) shown")
        if faults.drop == 0, faults.truncate == 0 {
            #expect(found == there)
        } else if faults.drop < 0.1, faults.truncate < 0.1 {
            #expect(found * 10 >= there * 8)
        }
    }

    /// Bits turned over anywhere: nothing is shown that was not sent.
    @Test(arguments: [0.02, 0.3])
    func damagedFrames(_ rate: Double) throws {
        let whole = try dissect(packets("relay-v2-encrypted.pcap"), options(keys()))
        let sent = Set(whole.records.map(\.bytes))
        let reference = try Reference("relay-v2-encrypted.pcap")
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 40_009 &+ 5)
            var packets = reference.packets
            for index in packets.indices where Double.random(in: 0..<1, using: &generator) < rate {
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let at = packets[index].bytes.indices.randomElement(using: &generator) ?? 0
                    packets[index].bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
            }
            let result = try dissect(packets, options(keys()))
            let made = result.records.filter { $0.protocolName == "Bitcoin" && !sent.contains($0.bytes) }
            try #require(made.isEmpty, "seed \(seed)")
        }
    }
}
