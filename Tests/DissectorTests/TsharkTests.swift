import Foundation
import Insight
import Support
import Testing

@testable import Dissector

private let tshark = "/usr/bin/tshark"

/// What is observed of packets is what tshark says of them.
@Suite(
    .enabled(if: FileManager.default.isExecutableFile(atPath: tshark), "needs tshark"),
    .enabled(if: sharedFolder("captures") != nil, "needs the shared captures"))
struct TsharkTests {
    /// A side that has waited for acknowledgements.
    private struct Side: Hashable {
        var stream: UInt64
        var port: String
    }

    private static let names: [String] = {
        guard let folder = sharedFolder("captures") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.contains(".pcap") }.sorted()
    }()

    private func fields(_ names: [String], of path: String) throws -> [[String]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tshark)
        process.arguments = ["-r", path, "-T", "fields"] + names.flatMap { ["-e", $0] }
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: names) func roundTrips(_ name: String) throws {
        let path = try #require(sharedFolder("captures")).appendingPathComponent(name).path
        let rows = try fields(
            [
                "frame.len", "tcp.stream", "tcp.srcport", "tcp.len", "tcp.flags.syn", "tcp.analysis.acks_frame",
                "tcp.analysis.ack_rtt",
            ], of: path)
        var trips: [Side: [Int64]] = [:]
        var answers: [Side: [Int64]] = [:]
        for row in rows {
            // Of segments without payload, such as FINs, nothing is observed.
            guard row.count == 7, let frame = Int(row[5]), rows.indices.contains(frame - 1) else { continue }
            let sent = rows[frame - 1]
            let isSYN = ["1", "True"].contains(sent[4])
            guard isSYN || sent[3] != "0", let stream = UInt64(row[1]), let time = nanoseconds(row[6]) else { continue }
            let side = Side(stream: stream, port: sent[2])
            if isSYN { answers[side, default: []].append(time) } else { trips[side, default: []].append(time) }
        }
        let facts = try observe(packets(at: path))
        #expect(facts.wireBytes == rows.reduce(0) { $0 + (UInt64($1[0]) ?? 0) })
        #expect(!trips.isEmpty && !answers.isEmpty)
        var compared = 0
        for connection in facts.known {
            for found in [connection.forward, connection.backward] {
                let port = String(decoding: found.text, as: UTF8.self).split(separator: ":").last.map(String.init) ?? ""
                let side = Side(stream: connection.number, port: port)
                let expected = (trips[side] ?? []).sorted()
                #expect(found.synRoundTrip.map { [$0] } ?? [] == answers[side] ?? [], "\(side)")
                #expect(found.roundTrips.count == UInt64(expected.count), "\(side)")
                #expect(found.roundTrips.least == expected.first, "\(side)")
                #expect(found.roundTrips.greatest == expected.last, "\(side)")
                for (index, time) in expected.enumerated()
                where index + 1 == expected.count || expected[index + 1] > time {
                    #expect(found.roundTrips.count(upTo: time) == UInt64(index + 1), "\(side), \(time) ns")
                }
                compared += expected.count
            }
        }
        #expect(compared == trips.values.reduce(0) { $0 + $1.count })
    }

    /// Of seconds with all decimals.
    private func nanoseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]) else { return nil }
        let decimals = String(parts[1].prefix(9))
        guard let rest = Int64(decimals + String(repeating: "0", count: 9 - decimals.count)) else { return nil }
        return seconds * 1_000_000_000 + rest
    }
}
