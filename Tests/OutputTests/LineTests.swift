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
