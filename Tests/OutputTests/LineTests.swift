import Fields
import Records
import Testing

@testable import Output

@Suite struct HexTextTests {
    private func lines(_ bytes: [UInt8]) -> [Substring] {
        text { HexText.append(bytes.span.bytes, to: &$0) }.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func tsharksShape() {
        let bytes: [UInt8] = [0xdd, 0x12, 0xf9, 0xbe, 0xb4, 0xd9, 0x69, 0x6e, 0x76] + [UInt8](repeating: 0, count: 7)
        #expect(lines(bytes) == ["0000  dd 12 f9 be b4 d9 69 6e 76 00 00 00 00 00 00 00   ......inv.......", ""])
    }

    @Test func theLastLineIsFilledUp() {
        #expect(lines([]) == [""])
        #expect(lines([0x41]) == ["0000  41                                                A", ""])
        let two = lines([UInt8](repeating: 0x7e, count: 31))
        #expect(two.count == 3)
        #expect(two[1].hasPrefix("0010  7e 7e"))
        #expect(two[1].count == two[0].count - 1)
        #expect(two[0].firstIndex(of: "~") == two[0].index(two[0].startIndex, offsetBy: 56))
    }

    @Test func onlyASCIIIsShown() {
        let all = lines(Array(0...255)).joined()
        #expect(all.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        #expect(lines([0x1f, 0x20, 0x5c, 0x7e, 0x7f, 0x80, 0xff])[0].hasSuffix("  . \\~..."))
    }

    @Test func longMessagesHaveLongOffsets() {
        #expect(lines([UInt8](repeating: 0, count: 0xffff))[0].hasPrefix("0000  "))
        let long = lines([UInt8](repeating: 0, count: 0x1_0001))
        #expect(long[0].hasPrefix("00000000  "))
        #expect(long[0x1000].hasPrefix("00010000  00 "))
    }
}

@Suite struct SummaryLineTests {
    private func line(_ record: borrowing Record, colour: Bool = false) -> String {
        var line = SummaryLine(time: TimeColumn(.relative), colour: Colour(isOn: colour))
        return text { line.append(record, to: &$0) }
    }

    /// The columns of `tshark -r F -Y bitcoin`, spaces and all.
    @Test func tsharksShape() {
        var record = Record()
        record.frameNumber = 419
        record.source = Array("192.168.1.142".utf8)
        record.destination = Array("184.58.165.119".utf8)
        record.length = 127
        record.info = buffer("inv")
        var line = SummaryLine(time: TimeColumn(.relative), colour: Colour(isOn: false))
        _ = text { line.append(record, to: &$0) }
        record.time = 1_371_666_630_000
        #expect(
            text { line.append(record, to: &$0) }
                == "  419 1371.666630 192.168.1.142 → 184.58.165.119 Bitcoin 127 inv\n")
        record.frameNumber = 4
        record.time = 35_795_000
        record.source = Array("10.20.0.2".utf8)
        record.destination = Array("10.20.0.1".utf8)
        record.length = 197
        record.info = buffer("version")
        #expect(
            text { line.append(record, to: &$0) }
                == "    4   0.035795    10.20.0.2 → 10.20.0.1    Bitcoin 197 version\n")
    }

    @Test func wideValuesPushTheRest() {
        var record = makeRecord(time: .max)
        record.frameNumber = .max
        record.source = Array("[2001:db8:1:2:3:4:5:6]:65535".utf8)
        var line = SummaryLine(time: TimeColumn(.epoch), colour: Colour(isOn: false))
        #expect(
            text { line.append(record, to: &$0) }
                == "18446744073709551615 9223372036.854775 [2001:db8:1:2:3:4:5:6]:65535 → 10.0.0.2:8333 Bitcoin 61 "
                + "inv 1 × MSG_TX\n")
    }

    /// Of nothing but who sent it and what it is about.
    @Test func familyAndDirectionHaveColours() {
        var record = makeRecord()
        record.command = "inv"
        record.said = 3..<record.info.count
        let plain = line(record)
        #expect(line(record, colour: true).hasSuffix("Bitcoin 61 \u{1b}[35minv\u{1b}[0m 1 × MSG_TX\n"))
        for (sender, code) in [(Record.Sender.initiator, "36"), (.responder, "32")] {
            record.sender = sender
            let ends = "\u{1b}[\(code)m10.0.0.1:1000 → 10.0.0.2:8333\u{1b}[0m Bitcoin 61 \u{1b}[35minv\u{1b}[0m 1"
            #expect(line(record, colour: true).contains(ends))
            #expect(line(record, colour: true).replacing(/\u{1b}\[[0-9]+m/, with: "") == plain)
            #expect(line(record) == plain)
        }
        // What is no message has no family.
        record.ending = .gap
        #expect(!line(record, colour: true).contains("[35m"))
    }

    @Test func aProblemColoursTheLine() {
        var record = makeRecord()
        #expect(!line(record, colour: true).contains("\u{1b}"))
        record.command = "inv"
        record.said = 3..<record.info.count
        record.hasProblem = true
        #expect(!line(record).contains("\u{1b}"))
        #expect(line(record, colour: true).hasSuffix("Bitcoin 61 \u{1b}[31minv 1 × MSG_TX\u{1b}[0m\n"))
    }
}

/// On a terminal that has no room for it a line gives up what says least, and never the answer at its end.
@Suite struct NarrowLineTests {
    private static let time: Int64 = 1_371_666_630_138_162_933

    private func pong(_ after: String) -> Record {
        var record = makeRecord(time: Self.time)
        record.info = buffer("pong 14735583e72c046b")
        record.said = 4..<record.info.count
        record.info.append(after)
        record.timeDecimals = 9
        return record
    }

    private func line(_ format: TimeFormat) -> SummaryLine {
        SummaryLine(time: TimeColumn(format), colour: Colour(isOn: false))
    }

    @Test(
        arguments: [
            (nil, "18:30:30.138162933", "Bitcoin 61 pong 14735583e72c046b [197 µs]"),
            (96, "18:30:30.138162933", "Bitcoin 61 pong 14735583e72c046b [197 µs]"),
            (95, "18:30:30.138", "61 pong 14735583e72c046b [197 µs]"),
            (82, "18:30:30.138", "61 pong 14735583e72c046b [197 µs]"),
            (81, "18:30:30.138", "61 pong 1473…046b [197 µs]"), (75, "18:30:30.138", "61 pong 1473…046b [197 µs]"),
            (74, "18:30:30.138", "61 pong 1473…046b [197\n      µs]"),
            (60, "18:30:30.138", "61 pong\n      1473…046b [197 µs]"),
        ] as [(Int?, String, String)])
    func anAnswer(_ room: Int?, _ time: String, _ end: String) {
        var line = line(.utc)
        let record = pong(" [197 µs]")
        #expect(
            text { line.append(record, into: room, to: &$0) }
                == "    7 \(time) 10.0.0.1:1000 → 10.0.0.2:8333 \(end)\n")
    }

    /// What nobody has asked is not written on two lines: the writer cuts it.
    @Test func withoutAnAnswer() {
        var line = line(.utc)
        let record = pong("")
        #expect(
            text { line.append(record, into: 60, to: &$0) }
                == "    7 18:30:30.138 10.0.0.1:1000 → 10.0.0.2:8333 61 pong 14735583e72c046b\n")
    }

    /// Spans keep their microseconds, and are those that they would be with more room.
    @Test func spansOfTime() {
        var line = line(.delta)
        let first = makeRecord(time: Self.time - 1_500_000_999)
        let other = pong(" [197 µs]")
        _ = text { line.append(first, into: 80, to: &$0) }
        #expect(text { line.append(other, into: 80, to: &$0) }.hasPrefix("    7   1.500000 10.0.0.1:1000 → "))
    }

    /// Once a line had no room all have the same columns.
    @Test func furtherLines() {
        var line = line(.relative)
        let short = makeRecord()
        let wide = pong(" [197 µs]")
        let ends = "    7   0.000000 10.0.0.1:1000 → 10.0.0.2:8333"
        #expect(text { line.append(short, into: 80, to: &$0) } == "\(ends) Bitcoin 61 inv 1 × MSG_TX\n")
        _ = text { line.append(wide, into: 80, to: &$0) }
        #expect(text { line.append(short, into: 80, to: &$0) } == "\(ends) 61 inv 1 × MSG_TX\n")
        #expect(text { line.append(short, to: &$0) }.hasSuffix(" 61 inv 1 × MSG_TX\n"))
    }

    /// Of the end of a connection every word is there.
    @Test(arguments: 30...110) func anEnd(_ room: Int) {
        var record = makeRecord()
        record.ending = .close
        record.said = 0..<0
        record.info = buffer("connection closed by 10.20.0.2:52816 (FIN) 44.9 s after pong")
        var line = line(.relative)
        let lines = text { line.append(record, into: room, to: &$0) }.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= room } && lines.dropFirst().allSatisfy { $0.hasPrefix("      ") })
        let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(words == "7 0.000000 10.0.0.1:1000 → 10.0.0.2:8333 61 \(record.info.string)")
    }

    @Test func coloursStay() {
        var plain = line(.utc)
        var coloured = SummaryLine(time: TimeColumn(.utc), colour: Colour(isOn: true))
        var record = pong(" [197 µs]")
        record.command = "pong"
        record.hasProblem = true
        for room in 40...100 {
            let line = text { coloured.append(record, into: room, to: &$0) }
            #expect(line.contains("\u{1b}[31m"))
            #expect(line.replacing(/\u{1b}\[[0-9]+m/, with: "") == text { plain.append(record, into: room, to: &$0) })
        }
    }
}
