import BitcoinP2P
import Fields
import Foundation
import Records
import Testing

@testable import Output

/// Statistics that tshark has, too, of messages.
@Suite struct TsharkStatisticTests {
    private let a = "10.0.0.1"
    private let b = "10.0.0.2"
    private let c = "[2001:db8::1]"

    private var said: [Said] {
        [
            Said(from: "\(a):1000", to: "\(b):8333", length: 32, seconds: 0.5),
            Said(from: "\(b):8333", to: "\(a):1000", length: 40, seconds: 1.5, sender: .responder),
            Said(from: "\(a):1001", to: "\(b):8333", stream: 1, length: 100, seconds: 2),
            Said(from: "\(c):1000", to: "\(a):8333", stream: 2, length: 1000, seconds: 3.25),
        ]
    }

    private func rows(_ make: (ByteOutput) -> any RecordSink) throws -> [[String: Any]] {
        try objects(written { tell(make($0), said) })
    }

    private func numbers(_ row: [String: Any], _ keys: String...) -> [Int?] { keys.map { row[$0] as? Int } }

    @Test func intervals() throws {
        let rows = try rows { IntervalStatistics($0, .ndjson, interval: 1_000_000_000) }
        #expect(rows.map { $0["messages"] as? Int } == [1, 1, 1, 1])
        #expect(rows.map { $0["bytes"] as? Int } == [32, 40, 100, 1000])
        #expect(rows.map { $0["start"] as? Double } == [0, 1, 2, 3])
        let all = try self.rows { IntervalStatistics($0, .ndjson) }
        #expect(all.map { $0["messages"] as? Int } == [4] && all[0]["end"] as? Double == 3.25)
    }

    /// As tshark's, rows go on to the capture's end, where that is known; an earlier end takes none away.
    @Test(arguments: [(Int64(0), 4, 3.25), (2, 4, 3.25), (7, 8, 7)] as [(Int64, Int, Double)])
    func intervalsToTheEndOfTheCapture(seconds: Int64, count: Int, end: Double) throws {
        func rows(_ interval: Int64) throws -> [[String: Any]] {
            try self.rows { output in
                let statistics = IntervalStatistics(output, .ndjson, interval: interval)
                statistics.goOn(to: seconds * 1_000_000_000)
                return statistics
            }
        }
        let each = try rows(1_000_000_000)
        #expect(each.count == count && each.dropFirst(4).allSatisfy { $0["messages"] as? Int == 0 })
        #expect(try rows(0).map { $0["end"] as? Double } == [end])
    }

    /// The numbers of tshark's tables of these names are of frames.
    @Test func tablesSayWhatTheyCount() {
        let makers: [(ByteOutput) -> any RecordSink] = [
            { HierarchyStatistics($0) }, { IntervalStatistics($0, .table) }, { AddressPairStatistics($0, .table) },
            { EndpointStatistics($0, .table, withPorts: false) },
        ]
        for make in makers {
            let text = written { tell(make($0), said) }
            #expect(text.contains("\nBitcoin messages only, not frames.\n="))
        }
    }

    /// Each filter has a row of each interval, also where nothing is.
    @Test func series() throws {
        let none = IntervalStatistics.Series(name: "\u{1b}[2J", fields: []) { _, _ in false }
        let text = written {
            tell(IntervalStatistics($0, .table, interval: 2_000_000_000, [.all, none]), said)
        }
        #expect(!text.utf8.contains(0x1b))
        let lines = text.split(separator: "\n").filter { $0.first?.isNumber == true }
            .map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map { $0.suffix(2) } == [["2", "72"], ["0", "0"], ["2", "1100"], ["0", "0"]])
    }

    /// Times may be anything: no more intervals are kept than the limit says, and it is said.
    @Test func intervalsAreBounded() throws {
        let text = written { output in
            tell(
                IntervalStatistics(output, .table, interval: 1_000),
                [Said(seconds: -9e9), Said(seconds: 0.001), Said(seconds: 8e9)])
        }
        #expect(text.split(separator: "\n").count < IntervalStatistics.limit + 10)
        #expect(text.contains("1 messages came after these 250000 intervals"))
    }

    @Test func endpoints() throws {
        let rows = try rows { EndpointStatistics($0, .ndjson, withPorts: false) }
        #expect(rows.map { $0["endpoint"] as? String } == [a, "2001:db8::1", b])
        #expect(
            numbers(rows[0], "messages", "bytes", "sent_messages", "sent_bytes", "received_messages", "received_bytes")
                == [4, 1172, 2, 132, 2, 1040])
        let withPorts = try self.rows { EndpointStatistics($0, .ndjson, withPorts: true) }
        #expect(Set(withPorts.compactMap { $0["endpoint"] as? String }).count == 5)
        #expect(withPorts.contains { $0["endpoint"] as? String == "\(b):8333" && $0["bytes"] as? Int == 172 })
    }

    @Test func endpointsAreBounded() throws {
        let text = written { tell(EndpointStatistics($0, .table, withPorts: true, limit: 2), said) }
        #expect(text.contains("Further ends, with 3 messages, have no row."))
    }

    @Test func addressPairs() throws {
        let rows = try rows { AddressPairStatistics($0, .ndjson) }
        #expect(rows.map { $0["address"] as? String } == ["2001:db8::1", a])
        #expect(rows.map { $0["other_address"] as? String } == [a, b])
        #expect(
            numbers(
                rows[1], "connections", "messages", "bytes", "messages_from_address", "bytes_from_address",
                "messages_from_other", "bytes_from_other") == [2, 3, 172, 2, 132, 1, 40])
        #expect(rows[1]["start"] as? Double == 0.5 && rows[1]["duration"] as? Double == 1.5)
    }

    /// Without packets there is only Bitcoin; what nobody knows is one command.
    @Test func hierarchy() throws {
        let said = [Said(length: 10), Said(command: "zzzz", length: 5), Said(command: "yyyy", length: 7)]
        let rows = try objects(written { tell(HierarchyStatistics($0, .ndjson), said) })
        #expect(rows.map { $0["path"] as? String } == ["bitcoin", "bitcoin:ping", "bitcoin:unknown command"])
        #expect(rows.map { $0["messages"] as? Int } == [3, 1, 2] && rows.map { $0["bytes"] as? Int } == [22, 10, 12])
        let text = written { tell(HierarchyStatistics($0), said) }
        #expect(text.contains("\n  ping ") && text.contains("\nbitcoin "))
    }

    // MARK: Follow

    private func follow(_ form: FollowStatistics.Form, atOnce: Bool) -> String {
        written { output in
            let writer = FollowStatistics(form, stream: 0, writesAtOnce: atOnce, to: output)
            writer.begin()
            let bytes = Array("\u{1b}[2Jhello, this is more".utf8)
            writer.write(Said(from: "\(b):8333", to: "\(a):1000", sender: .responder).record, bytes.span.bytes)
            writer.write(Said(from: "\(a):1000", to: "\(b):8333").record, Array("ab\n".utf8).span.bytes)
            writer.write(Said(from: "\(a):1000", to: "\(b):8333", stream: 1).record, bytes.span.bytes)
            let tab: [UInt8] = [9]
            writer.write(Said(from: "\(b):8333", to: "\(a):1000", sender: .responder).record, tab.span.bytes)
            writer.end()
        }
    }

    @Test(arguments: [true, false]) func followHex(atOnce: Bool) {
        #expect(
            follow(.hex, atOnce: atOnce) == """

                ===================================================================
                Follow: tcp,hex
                Filter: tcp.stream eq 0
                Node 0: 10.0.0.1:1000
                Node 1: 10.0.0.2:8333
                \t00000000  1b 5b 32 4a 68 65 6c 6c  6f 2c 20 74 68 69 73 20  .[2Jhell o, this\u{20}
                \t00000010  69 73 20 6d 6f 72 65                              is more
                00000000  61 62 0a                                          ab.
                \t00000017  09                                                .
                ===================================================================

                """)
    }

    @Test func followOthers() {
        let raw = follow(.raw, atOnce: true).split(separator: "\n")
        #expect(raw.contains("\t1b5b324a68656c6c6f2c2074686973206973206d6f7265") && raw.contains("61620a"))
        let text = follow(.ascii, atOnce: false)
        #expect(text.contains("\n\t23\n.[2Jhello, this is more\n3\nab\n\n\t1\n.\n") && !text.utf8.contains(0x1b))
    }

    /// Of control characters LF alone is left in text, and none in a dump.
    @Test func followLines() {
        let bytes = Array("\r\n\t\u{7f}x".utf8)
        for (form, shown) in [(FollowStatistics.Form.ascii, "5\n.\n..x\n"), (.hex, "....x\n")] {
            let text = written { output in
                let writer = FollowStatistics(form, stream: 0, writesAtOnce: true, to: output)
                writer.write(Said(from: "\(a):1000", to: "\(b):8333").record, bytes.span.bytes)
                writer.end()
            }
            #expect(text.contains(shown), "\(text)")
        }
    }

    /// Of a connection that is not there.
    @Test func followNothing() {
        let text = written { tell(FollowStatistics(.raw, stream: 9, writesAtOnce: true, to: $0), said) }
        #expect(text.contains("Node 0: none\nNode 1: none\n="))
    }

    /// Where it is known how many connections there are, it is said which can be followed.
    @Test(
        arguments: [
            (0, "There is no stream 9: the capture has none"), (1, "There is no stream 9: there are 0 to 0"),
            (9, "There is no stream 9: there are 0 to 8"), (10, "Of stream 9 there is no message to show"),
        ] as [(UInt64, String)])
    func followOneOf(connections: UInt64, expected: String) {
        let text = written { output in
            let statistics = FollowStatistics(.hex, stream: 9, writesAtOnce: true, to: output)
            statistics.connections = connections
            tell(statistics, said)
        }
        #expect(text.contains("Node 1: none\n[\(expected)]\n="))
    }
}
