import Fields
import Records
import Testing

@testable import Output

/// Columns that a text takes on a terminal.
@Suite struct ScreenColumnTests {
    @Test(
        arguments: [
            ("", 0), ("inv", 3), ("→ … µs", 6), ("ä", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("한", 2),
            ("\u{1112}\u{1161}\u{11ab}", 2), ("⚡", 2), ("☂", 1), ("🙂", 2), ("\u{1f1e9}\u{1f1ea}", 2),
            ("\u{1b}[1mab\u{1b}[0m", 2), ("\u{1b}[38;5;4mab\u{1b}[0m漢", 4), ("\u{1b}", 0), ("\u{1b}[31", 0),
        ])
    func columns(_ text: String, _ columns: Int) {
        #expect(buffer(text).columns() == columns)
        #expect(buffer("12345" + text).columns(from: 5) == columns)
        #expect(buffer(text).columns(from: 1_000) == 0)
    }
}

/// Lines that have no room are cut or folded.
@Suite struct LineFitterTests {
    private func cut(_ lines: String, _ width: Int, from start: Int = 0) -> String {
        text {
            $0.append(lines)
            LineFitter(.cut, into: width).fit(&$0, from: start)
        }
    }

    @Test func whatHasRoomStays() {
        for line in [
            "", "\n", "1234567890\n", "12345\n12345\n", "漢字漢字漢\n", "\u{1b}[31m1234567890\u{1b}[0m\n", "1234567890",
        ] {
            #expect(cut(line, 10) == line)
        }
    }

    @Test func anEllipsisIsTheLastColumn() {
        #expect(cut("12345678901\n123\n12345678901", 10) == "123456789…\n123\n123456789…")
        // A wide character that has half of its room has none.
        #expect(cut("漢字漢字漢字\n", 10) == "漢字漢字…\n")
        #expect(cut("1漢字漢字漢字\n", 10) == "1漢字漢字…\n")
        #expect(cut("123456789e\u{301}\n", 10) == "123456789e\u{301}\n")
        #expect(cut("12345678e\u{301}01\n", 10) == "12345678e\u{301}…\n")
    }

    @Test func coloursEnd() {
        #expect(cut("12\u{1b}[31m345678901\u{1b}[0m\n", 10) == "12\u{1b}[31m3456789…\u{1b}[0m\n")
        #expect(cut("123456789012\u{1b}[31m3\u{1b}[0m\n", 10) == "123456789…\u{1b}[31m\u{1b}[0m\n")
    }

    /// A hash or an address can be copied; what is after it is cut, and so are longer runs of digits.
    @Test func hashesAreWritten() {
        let hash = String(repeating: "0a", count: 32)
        #expect(cut("  Hash: \(hash)\n", 20) == "  Hash: \(hash)\n")
        #expect(cut("  Hash: \(hash) and more\n", 20) == "  Hash: \(hash)…\n")
        let address = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85"
        #expect(cut("[Address: \(address)]\n", 20) == "[Address: \(address)]\n")
        #expect(cut("[Address: \(address) (3)]\n", 20) == "[Address: \(address)…\n")
        #expect(cut("  \u{1b}[1mHash: \(hash)\u{1b}[0m\n", 20) == "  \u{1b}[1mHash: \(hash)\u{1b}[0m\n")
        #expect(cut("Data: \(hash)\(hash)\n", 20) == "Data: " + hash.prefix(13) + "…\n")
        #expect(cut("Number: 12345678901234567890\n", 20) == "Number: 12345678901…\n")
        #expect(cut("One after it is not there \(hash)\n", 20) == "One after it is not…\n")
    }

    @Test func earlierLinesStay() {
        #expect(cut("12345678901\n12345678901\n", 10, from: 12) == "12345678901\n123456789…\n")
        #expect(cut("12345678901\n", 10, from: 12) == "12345678901\n")
    }

    private func folded(_ lines: String, _ width: Int, after column: Int = 0, indent: Int = 2) -> String {
        text {
            $0.append(lines)
            LineFitter(.folded(after: column, indent: indent), into: width).fit(&$0)
        }
    }

    @Test func linesGoOn() {
        #expect(folded("one two three four five\n", 30) == "one two three four five\n")
        #expect(folded("one two three four five\nsix\n", 10) == "one two\n  three\n  four\n  five\nsix\n")
        #expect(folded("one two three", 13) == "one two three")
        #expect(folded("one two three", 12) == "one two\n  three")
        // A word is never broken: a terminal does that where it must, and copies it as one.
        #expect(folded("a 12345678901234567890 b\n", 10) == "a 12345678901234567890\n  b\n")
        #expect(folded("漢字 漢字 漢字\n", 10) == "漢字 漢字\n  漢字\n")
    }

    @Test func theyGoOnUnderTheirText() {
        #expect(
            folded("0000  ab      Name: value of it\n", 25, after: 14)
                == "0000  ab      Name: value\n            of it\n",
            "no more than half of the width is left out")
        #expect(
            folded("0000  ab  Name: value of it\n", 24, after: 8) == "0000  ab  Name: value of\n            it\n")
        #expect(
            folded("          Name: value of it\n", 24, after: 8, indent: 0)
                == "          Name: value of\n          it\n")
    }

    @Test func foldedLinesEndTheirColours() {
        #expect(
            folded("one \u{1b}[2mtwo three\u{1b}[0m four\n", 10)
                == "one \u{1b}[2mtwo\u{1b}[0m\n  \u{1b}[2mthree\u{1b}[0m\n  four\n")
    }
}

/// Columns of a table that have room.
@Suite struct TableFitTests {
    private static func column(_ unit: Column.Unit, _ importance: Column.Importance) -> Column {
        ValuedColumn<Void>("k", "K", unit, "m", importance: importance) { nil }.column
    }

    private let columns = [
        Self.column(.text, .name), Self.column(.count, .usual), Self.column(.count, .main),
        Self.column(.longText(shown: 40), .usual),
        Self.column(.count, .detail), Self.column(.count, .usual),
    ]
    private let widths = [10, 8, 6, 30, 4, 9]

    private func fit(_ room: Int?) -> TableFit {
        TableFit(columns, widths: widths, gaps: Array(repeating: 2, count: 6), into: room)
    }

    @Test func allIsShownWhereThereIsRoom() {
        for room in [nil, 77, 1_000] {
            let fit = fit(room)
            #expect(fit.shown == [0, 1, 2, 3, 4, 5] && fit.widths == widths && fit.total == 77)
        }
    }

    @Test(
        arguments: [
            // The long text gives room first, down to 16 columns.
            (76, [0, 1, 2, 3, 4, 5], 29), (63, [0, 1, 2, 3, 4, 5], 16),
            // Then what is least important goes, and room that is left is given back.
            (62, [0, 1, 2, 3, 5], 21), (57, [0, 1, 2, 3, 5], 16),
            // Of equal ones the right one; a smaller one may have room in its place, but nothing of less importance.
            (56, [0, 1, 2, 3], 26), (46, [0, 1, 2, 3], 16), (45, [0, 1, 2, 5], 16), (38, [0, 1, 2], 16),
            (28, [0, 1, 2], 16), (27, [0, 2], 16), (18, [0, 2], 16), (17, [0], 16), (10, [0], 16),
        ])
    func room(_ room: Int, _ shown: [Int], _ long: Int) {
        let fit = fit(room)
        #expect(fit.shown == shown, "\(fit.widths)")
        #expect(fit.total <= room)
        if shown.contains(3) { #expect(fit.widths[3] == long) }
    }

    /// What names a row is there in any case, though no shorter than can be read.
    @Test func namesAreShortened() {
        let names = [Self.column(.text, .name), Self.column(.text, .name), Self.column(.count, .main)]
        let fit = TableFit(names, widths: [40, 20, 5], gaps: [0, 2, 2], into: 30)
        #expect(fit.shown == [0, 1] && fit.widths.prefix(2) == [14, 14] && fit.total == 30)
        #expect(fit.isShortened(0) && fit.isShortened(1) && !fit.isShortened(2))
        let least = TableFit(names, widths: [40, 20, 5], gaps: [0, 2, 2], into: 5)
        #expect(least.shown == [0, 1] && least.widths.prefix(2) == [8, 8])
    }

    /// Whatever the widths, nothing but names is wider than the room, and none of more importance is left out for one
    /// of less that takes as much.
    @Test func anyTable() {
        for seed in 0..<2_000 {
            var random = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15
            func next(_ limit: Int) -> Int {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(random >> 33) % limit
            }
            let count = 1 + next(12)
            let all: [Column.Importance] = [.detail, .usual, .main, .name]
            let columns = (0..<count).map { _ in
                Self.column(next(3) == 0 ? .longText(shown: 40) : .count, all[next(4)])
            }
            let widths = (0..<count).map { _ in 1 + next(40) }
            let room = 10 + next(120)
            let fit = TableFit(columns, widths: widths, gaps: Array(repeating: 2, count: count), into: room)
            let isNamesOnly = fit.shown.allSatisfy { columns[$0].importance == .name }
            #expect(fit.total <= room || isNamesOnly && fit.shown.allSatisfy { fit.widths[$0] <= 8 }, "\(seed)")
            #expect(columns.indices.allSatisfy { columns[$0].importance != .name || fit.shown.contains($0) }, "\(seed)")
            #expect(zip(fit.widths, widths).allSatisfy { $0 <= $1 }, "\(seed)")
            func need(_ index: Int) -> Int {
                if case .longText = columns[index].unit { min(widths[index], 16) } else { widths[index] }
            }
            for out in columns.indices where !fit.shown.contains(out) {
                let isDisplaced = fit.shown.contains { shown in
                    columns[shown].importance < columns[out].importance && need(out) <= need(shown)
                }
                #expect(!isDisplaced, "\(seed)")
            }
        }
    }
}

/// A table says what has no room in it.
@Suite struct FittedTableTests {
    private struct Row {
        let name: String
        let agent: String
        let count: UInt64
    }

    private let columns: [ValuedColumn<Row>] = [
        .init("name", "Name", .text, "m", importance: .name) { .printable($0.name) },
        .init("agent", "User agent", .longText(shown: 40), "m", importance: .main) { .printable($0.agent) },
        .init("count", "Count", .count, "m") { .number($0.count) },
        .init("count_percent", "Percent", .count, "m") { .number($0.count) },
        .init("bytes_percent", "Percent", .count, "m", importance: .detail) { .number($0.count) },
    ]
    private let rows = [
        Row(name: "one", agent: "/Satoshi:28.1.0(a comment)/", count: 5), Row(name: "漢字", agent: "/b/", count: 12),
    ]

    private func table(_ width: Int?, _ style: TableText<Row>.Style = .framed("Title")) -> String {
        written { output in
            output.width = width
            TableText(style, columns, notes: [buffer("A note of some words.")]).append(rows, to: output)
        }
    }

    @Test func allOfIt() {
        let complete = """
            ==========================================================
            Title
            Name  User agent                   Count  Percent  Percent
            ----------------------------------------------------------
            one   /Satoshi:28.1.0(a comment)/      5        5        5
            漢字  /b/                             12       12       12
            A note of some words.
            ==========================================================

            """
        #expect(table(nil) == complete && table(58) == complete && table(200) == complete)
    }

    @Test func some() {
        #expect(
            table(40)
                == """
                ========================================
                Title
                Name  User agent          Count  Percent
                ----------------------------------------
                one   /Satoshi:28.1.0(a…      5        5
                漢字  /b/                    12       12
                A note of some words.
                For 40 columns left out: bytes percent;
                  shortened: User agent. --full shows
                  all.
                ========================================

                """)
        for width in 20..<58 {
            let lines = table(width).split(separator: "\n")
            #expect(lines.allSatisfy { buffer(String($0)).columns() <= width }, "\(width)")
            // What is left out may be on several lines.
            let text = lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
            #expect(text.contains("left out:") || text.contains("shortened:"), "\(width)")
        }
    }

    /// Without frame and notes of its own.
    @Test func bare() {
        #expect(table(24, .bare).split(separator: "\n").prefix(2) == ["Name  User agent", "one   /Satoshi:28.1.0(a…"])
        #expect(!table(24, .bare).contains("left out"))
    }
}
