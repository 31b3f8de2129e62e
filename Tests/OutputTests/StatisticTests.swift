import BitcoinP2P
import Fields
import Foundation
import Records
import Testing

@testable import Output

private func table(_ statistic: Statistic, _ said: [Said]) throws -> [String] {
    written { tell(statistic.makeWriter($0, .table), said) }.split(separator: "\n").map(String.init)
}

private func lines(_ statistic: Statistic, _ said: [Said]) throws -> [[String: Any]] {
    try objects(written { tell(statistic.makeWriter($0, .ndjson), said) })
}

/// Anybody may call a message or a program so.
private let hostileCommand: Command = "\u{1b}[2J\",\n\\x"
private let hostileAgent = Array("\u{1b}]0;x\u{7}\"\\<b>\n\u{202e}".utf8) + [0xff, 0]

@Suite struct MessageStatisticsTests {
    private let said = [
        Said(length: 32, seconds: 0),
        Said(length: 32, seconds: 1, sender: .responder),
        Said(command: "inv", length: 136, seconds: 3, faults: .malformed),
        Said(command: "inv", length: 100, seconds: 2, sender: .unknown, ending: .cut),
        Said(command: "ping", length: 100, seconds: 4, faults: [.malformed, .checksumBad]),
    ]

    @Test func table() throws {
        let rows = try OutputTests.table(.messages, said)
        try #require(rows.count == 10)
        #expect(rows[1] == "Bitcoin/Messages:")
        #expect(rows.map(\.count).max() == rows[0].count && rows[0] == String(repeating: "=", count: rows[0].count))
        func cells(_ row: Int) -> [String] { rows[row].split(separator: " ").map(String.init) }
        #expect(
            cells(4)
                == "All messages 5 100.00% 400 100.00% 80.0 1.2500 3 3 268 1 32".split(separator: " ").map(String.init))
        #expect(cells(5) == ["ping", "3", "60.00%", "164", "41.00%", "54.7", "0.7500", "1", "2", "132", "1", "32"])
        #expect(cells(6) == ["inv", "2", "40.00%", "236", "59.00%", "118.0", "0.5000", "2", "1", "136", "0", "0"])
        #expect(rows[8].hasPrefix("Of 1 messages"))
    }

    @Test func lines() throws {
        let rows = try OutputTests.lines(.messages, said)
        #expect(rows.map { $0["row"] as? String } == ["all", "command", "command"])
        #expect(rows.allSatisfy { $0["statistic"] as? String == "bitcoin,tree" })
        #expect(rows[0]["command"] is NSNull && rows[1]["command"] as? String == "ping")
        #expect(rows[1]["count"] as? Int == 3 && rows[1]["bytes"] as? Int == 164)
        #expect(rows[1]["count_percent"] as? Double == 60 && rows[1]["messages_per_second"] as? Double == 0.75)
        #expect(rows[2]["count_from_initiator"] as? Int == 1 && rows[2]["bytes_from_responder"] as? Int == 0)
        #expect(rows[2]["problems"] as? Int == 2)
    }

    /// No span of time, no rate; no messages, no shares.
    @Test func nothingIsDividedByZero() throws {
        let one = try OutputTests.lines(.messages, [Said()])
        #expect(one[0]["messages_per_second"] is NSNull && one[0]["count_percent"] as? Double == 100)
        let none = try OutputTests.lines(.messages, [])
        #expect(none.count == 1 && none[0]["count"] as? Int == 0 && none[0]["count_percent"] is NSNull)
        let cells = try OutputTests.table(.messages, [])[4].split(separator: " ")
        #expect(cells == "All messages 0 - 0 - - - 0 0 0 0 0".split(separator: " "))
    }

    /// Times may be anything, and lengths are what a header claims.
    @Test func extremesDoNotTrap() throws {
        var extremes: [Said] = []
        for seconds in [-9e9, 8e9] { extremes.append(Said(length: .max, seconds: seconds)) }
        for seconds in [-9e9, 8e9] { extremes.append(Said(length: -1, seconds: seconds)) }
        #expect(try OutputTests.lines(.messages, extremes)[0]["count"] as? Int == 4)
        #expect(try OutputTests.lines(.conversations, extremes)[0]["messages"] as? Int == 4)
        #expect(try OutputTests.table(.conversations, extremes).count == 6)
    }

    @Test func encryptedBytesAreNoMessages() throws {
        let (a, b) = ("10.0.0.1:1000", "10.0.0.2:8333")
        let said = [
            Said.encrypted(1000, from: a, to: b, .initiator, lasting: 2),
            .encrypted(500, from: b, to: a, .responder, lasting: 1),
        ]
        let rows = try OutputTests.lines(.messages, said)
        #expect(rows.map { $0["row"] as? String } == ["all", "encrypted"])
        #expect(rows[0]["count"] as? Int == 0 && rows[0]["bytes"] as? Int == 0)
        #expect(rows[1]["bytes"] as? Int == 1500 && rows[1]["bytes_from_responder"] as? Int == 500)
        #expect(
            Set(rows[1].keys) == [
                "statistic", "row", "command", "bytes", "bytes_from_initiator", "bytes_from_responder",
            ])
        let row = try #require(OutputTests.table(.messages, said).first { $0.hasPrefix("(v2, encrypted)") })
        #expect(
            row.split(separator: " ").suffix(10) == "- - 1500 - - - - - 1000 - 500".split(separator: " ").suffix(10))
    }

    @Test func namesAreMadeHarmless() throws {
        let rows = try OutputTests.lines(.messages, [Said(command: hostileCommand)])
        #expect(rows[1]["command"] as? String == #"\x1b[2J",\n\\x"#)
        let table = try OutputTests.table(.messages, [Said(command: hostileCommand)])
        #expect(table.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f })
        #expect(table[5].hasPrefix(#" \x1b[2J",\n\\x  "#))
    }

    @Test func namesBeyondTheLimitShareARow() throws {
        let names: [Command] = ["a", "b", "c", "d", "b", "c"]
        let text = written { output in
            tell(MessageStatistics(output, .ndjson, commandLimit: 2), names.map { Said(command: $0) })
        }
        let rows = try objects(text)
        #expect(rows.map { $0["command"] as? String } == [nil, "b", "a", nil])
        #expect(rows.map { $0["count"] as? Int } == [6, 2, 1, 3])
        #expect(rows[3]["row"] as? String == "other")
    }
}

@Suite struct ConversationStatisticsTests {
    private let a = "10.0.0.1:1000"
    private let b = "10.0.0.2:8333"
    private let c = "[2001:db8::1]:8333"

    private var said: [Said] {
        [
            // The responder is heard first.
            Said(from: b, to: a, length: 100, seconds: 1, sender: .responder, userAgent: Array("/B/".utf8)),
            Said(from: a, to: b, length: 50, seconds: 2.5, userAgent: Array("/A/".utf8)),
            Said(from: b, to: a, length: 30, seconds: 2, sender: .responder, userAgent: Array("/later/".utf8)),
            Said(from: c, to: a, stream: 1, length: 1000, seconds: 0.5, sender: .unknown),
            .encrypted(70, from: c, to: a, .responder, lasting: 4),
        ]
    }

    private func tagged() -> [Said] {
        var said = said
        said[4].stream = 2
        return said
    }

    @Test func lines() throws {
        let rows = try OutputTests.lines(.conversations, tagged())
        #expect(rows.map { $0["stream"] as? Int } == [1, 0, 2], "most bytes first")
        #expect(rows.allSatisfy { $0["statistic"] as? String == "conv,tcp" })
        #expect(rows[0]["initiator_known"] as? Bool == false && rows[0]["initiator"] as? String == c)
        #expect(rows[0]["initiator_user_agent"] is NSNull)
        let row = rows[1]
        #expect(row["initiator"] as? String == a && row["responder"] as? String == b)
        #expect(row["initiator_known"] as? Bool == true && row["transport"] as? String == "v1")
        #expect(row["initiator_user_agent"] as? String == "/A/" && row["responder_user_agent"] as? String == "/B/")
        #expect(row["messages_from_initiator"] as? Int == 1 && row["bytes_from_initiator"] as? Int == 50)
        #expect(row["messages_from_responder"] as? Int == 2 && row["bytes_from_responder"] as? Int == 130)
        #expect(row["messages"] as? Int == 3 && row["bytes"] as? Int == 180)
        #expect(row["start"] as? Double == 1 && row["duration"] as? Double == 1.5)
        #expect(rows[2]["transport"] as? String == "v2 encrypted" && rows[2]["messages"] is NSNull)
        #expect(rows[2]["initiator"] as? String == a && rows[2]["bytes_from_responder"] as? Int == 70)
        #expect(rows[2]["start"] as? Double == 0 && rows[2]["duration"] as? Double == 4)
    }

    @Test func table() throws {
        let rows = try OutputTests.table(.conversations, tagged())
        try #require(rows.count == 9)
        #expect(rows[1] == "Bitcoin Conversations")
        func cells(_ row: Int) -> String { rows[row].split(separator: " ").joined(separator: " ") }
        #expect(cells(4) == "\(c) ?-? \(a) 0 0 1 1000 1 1000 0.500000 0.000000 v1 - - -")
        #expect(cells(5) == "\(a) <-> \(b) 2 130 1 50 3 180 1.000000 1.500000 v1 /A/ /B/ -")
        #expect(cells(6) == "\(a) <-> \(c) - 70 - 0 - 70 0.000000 4.000000 v2 encrypted - - -")
        #expect(rows[7].hasPrefix("?-?"))
    }

    /// Attempts have a row, too, and who closed is said, with the last message.
    @Test func livesOfConnections() throws {
        func life(_ stream: UInt64, isReset: Bool, after command: String?, looksRandom: Bool = false) -> ConnectionLife
        {
            ConnectionLife(
                stream: stream, initiator: Array(a.utf8), responder: Array(b.utf8), isDirected: true,
                first: Said().record.captureStart + 250_000_000, last: Said().record.captureStart + 51_500_000_000,
                end: .init(
                    isReset: isReset, by: .responder, lastMessage: command.map { TextBuffer($0) },
                    wait: command.map { _ in 51_000_000 }), looksRandom: looksRandom)
        }
        for listsSilent in [true, false] {
            let text = written { output in
                let statistics = ConversationStatistics(output, .ndjson)
                statistics.lives = [
                    life(0, isReset: false, after: "filterload"), life(7, isReset: true, after: nil),
                    life(8, isReset: true, after: nil, looksRandom: true),
                ]
                statistics.listsSilent = listsSilent
                tell(statistics, [said[0]])
            }
            let rows = try objects(text)
            #expect(rows.map { $0["stream"] as? Int } == (listsSilent ? [0, 7, 8] : [0]))
            #expect(rows[0]["end"] as? String == "fin_responder" && rows[0]["end_after"] as? String == "filterload")
            #expect(rows[0]["end_after_seconds"] as? Double == 0.051)
            // All packets of the connection, not from its first message to the last.
            #expect(rows[0]["start"] as? Double == 0.25 && rows[0]["duration"] as? Double == 51.25)
            guard listsSilent else { continue }
            #expect(rows[1]["transport"] is NSNull && rows[1]["end"] as? String == "rst_responder")
            #expect(rows[1]["end_after"] is NSNull && rows[1]["messages"] as? Int == 0)
            #expect(rows[2]["transport"] as? String == "v2, begun before the capture")
        }
    }

    @Test func userAgentsAreMadeHarmless() throws {
        let said = [Said(userAgent: hostileAgent), Said(stream: 1, userAgent: Array(repeating: 0x61, count: 256))]
        let rows = try OutputTests.lines(.conversations, said)
        #expect(rows[0]["initiator_user_agent"] as? String == #"\x1b]0;x\x07"\\<b>\n\xe2\x80\xae\xff\x00"#)
        let table = try OutputTests.table(.conversations, said)
        #expect(table.joined().unicodeScalars.allSatisfy { $0 == "…" || $0.value >= 0x20 && $0.value < 0x7f })
        #expect(table[5].contains(" " + String(repeating: "a", count: 39) + "…"), "cut")
        #expect(!table[5].contains(String(repeating: "a", count: 40)))
        #expect((rows[1]["initiator_user_agent"] as? String)?.count == 256)
    }

    @Test func userAgentsAreKeptOnceAndNotWithoutLimit() {
        var agents = UserAgents()
        for number in 0..<UserAgents.limit { #expect(agents.index(of: Array("\(number)".utf8)) == Int32(number)) }
        #expect(agents.index(of: [1]) == nil && agents.index(of: Array("7".utf8)) == 7)
    }

    @Test func connectionsBeyondTheLimitShareARow() throws {
        let streams: [UInt64] = [0, 1, 2, 3, 1, 2]
        func text(_ format: Statistic.Format) throws -> String {
            written { output in
                tell(ConversationStatistics(output, format, limit: 2), streams.map { Said(stream: $0) })
            }
        }
        let rows = try objects(text(.ndjson))
        #expect(rows.map { $0["stream"] as? Int } == [1, 0, nil])
        #expect(rows.map { $0["messages"] as? Int } == [2, 1, 3])
        #expect(rows[2]["bytes"] as? Int == 96)
        #expect(Set(rows[2].keys) == ["statistic", "row", "messages", "bytes"])
        #expect(
            try text(.table).contains("\nFurther connections, with 3 messages and 96 bytes together, have no row.\n"))
    }

    @Test func pastedMessagesAreOfNoConnection() throws {
        #expect(try OutputTests.lines(.conversations, [Said(from: "", to: "")]).isEmpty)
    }
}

@Suite struct StatisticTests {
    @Test func names() {
        #expect(Statistic(rawValue: "conv,udp") == nil)
        #expect(Statistic.allCases.allSatisfy { !$0.meaning.isEmpty })
    }

    @Test func expert() throws {
        let unsettled = Remark.common.layoutUnsettled
        let bad = remark("bitcoin.checksum.bad")
        func write(_ output: ByteOutput, _ format: Statistic.Format) {
            let writer = Statistic.expert.makeWriter(output, format)
            for remark in [unsettled, bad, unsettled] {
                writer.write(makeRecord { $0.annotate(remark, value: 0) }, RawSpan())
            }
            writer.end()
        }
        let rows = try objects(written { write($0, .ndjson) })
        try #require(rows.count == 2)
        #expect(rows.map { $0["severity"] as? String } == ["Error", "Note"])
        #expect(rows.map { $0["count"] as? Int } == [1, 2])
        #expect(rows[1]["group"] as? String == "Protocol")
        #expect(rows[1]["summary"] as? String == unsettled.text(nil))
        let table = written { write($0, .table) }
        #expect(table.hasPrefix("Errors (1)\n==========\n   Frequency      Group  Summary\n"))
    }
}
