import Fields
import Records
import Testing

@testable import Output

@Suite struct FieldsFormatTests {
    private func format(_ options: [String]) throws -> FieldsFormat {
        var format = FieldsFormat()
        for option in options { try format.set(option) }
        try format.check()
        return format
    }

    @Test func tsharksDefaults() {
        let format = FieldsFormat()
        #expect(!format.hasHeader && !format.hasByteOrderMark && format.escapesSeparators)
        #expect((format.separator, format.aggregator) == (0x09, 0x2c))
        #expect(format.occurrence == .all && format.quote == .none && format.quotationMark == nil)
    }

    @Test func optionsAreTaken() throws {
        let all = try format([
            "header=y", "bom=y", "escape=n", "separator=,", "aggregator=/s", "occurrence=l", "quote=s",
        ])
        #expect(all.hasHeader && all.hasByteOrderMark && !all.escapesSeparators)
        #expect((all.separator, all.aggregator) == (0x2c, 0x20))
        #expect(all.occurrence == .last && all.quotationMark == 0x27)
        #expect(try format(["separator=/t"]).separator == 0x09)
        #expect(try format(["separator=/"]).separator == 0x2f)
        #expect(try format(["separator=="]).separator == 0x3d)
        #expect(try format(["header=y", "header=n"]) == FieldsFormat(), "the last one holds")
    }

    @Test(arguments: [
        ("header", "option=value"), ("", "option=value"), ("colour=y", "no option 'colour'"), ("header=z", "y or n"),
        ("bom=", "y or n"), ("occurrence=x", "f (first)"), ("occurrence=", "f (first)"), ("occurrence=fl", "f (first)"),
        ("quote=x", "d (double)"), ("separator=", "one ASCII character"), ("separator=ab", "one ASCII character"),
        ("separator=\u{1b}", "one ASCII character"), ("separator=ü", "one ASCII character"),
        ("separator=\n", "one ASCII character"), ("separator=a", "occur in values"), ("separator=1", "occur in values"),
        ("separator=\\", "occur in values"), ("aggregator=\"", "occur in values"),
        ("aggregator=", "one ASCII character"),
    ])
    func whatIsRefusedIsSaid(_ option: String, _ reason: String) {
        var format = FieldsFormat()
        let problem = #expect(throws: FieldsFormat.Problem.self) { try format.set(option) }
        #expect(problem?.description.hasPrefix("-E: ") == true && problem?.description.contains(reason) == true)
        #expect(format == FieldsFormat(), "nothing was changed")
    }

    @Test func columnsAndValuesCanBeToldApart() throws {
        #expect(try format(["separator=,"]).aggregator == 0x3b, "commas are taken")
        #expect(try format(["separator=,", "quote=d"]).aggregator == 0x2c, "but not within quotes")
        #expect(throws: FieldsFormat.Problem.self) { try format(["separator=,", "aggregator=,"]) }
        #expect(try format(["separator=,", "aggregator=,", "occurrence=f"]).aggregator == 0x2c, "nothing is joined")
        #expect(try format(["separator=,", "aggregator=,", "quote=d"]).aggregator == 0x2c)
    }
}

@Suite struct FieldsLayoutTests {
    private func lines(
        _ columns: [FieldColumn], _ options: String..., bytes: [UInt8] = listBytes,
        _ fill: (inout TreeSink) -> Void = fillList
    ) throws -> String {
        var format = FieldsFormat()
        for option in options { try format.set(option) }
        return written(bytes, { FieldsWriter($0, columns: columns, format: format, depth: .tree) }, fill)
    }

    private let columns = [FieldColumn(Kinds.type), FieldColumn(Kinds.relay), FieldColumn(Kinds.count)]

    @Test func headerAndMark() throws {
        let both = FieldColumn(name: "both", fields: [Kinds.network, Kinds.count])
        #expect(
            try lines([both] + columns, "header=y", "bom=y")
                == "\u{feff}both\tkinds.type\tkinds.relay\tkinds.count\n2,1,3\t1,9\t\t2,3\n")
    }

    @Test func oneOfSeveral() throws {
        #expect(try lines(columns, "occurrence=f") == "1\t\t2\n")
        #expect(try lines(columns, "occurrence=l") == "9\t\t3\n")
        #expect(try lines(columns, "aggregator=/s", "separator=|") == "1 9||2 3\n")
        #expect(try lines(columns, "separator=,") == "1;9,,2;3\n")
    }

    @Test func quotesStandAroundWhatIsThere() throws {
        #expect(try lines(columns, "quote=d", "separator=,") == "\"1,9\",,\"2,3\"\n")
        #expect(try lines(columns, "quote=s") == "'1,9'\t\t'2,3'\n")
        let empty = try lines([FieldColumn(Kinds.agent)], "quote=d") {
            $0.leaf(Kinds.agent, at: 0, length: 0, value: 0, flags: [])
        }
        #expect(empty == "\"\"\n", "an empty text is there")
        #expect(try lines([FieldColumn(Kinds.agent)], "quote=d") == "\"a\"\",b\\x1b\"\n")
    }

    private func agents(_ texts: [String], _ options: String...) throws -> String {
        var format = FieldsFormat()
        for option in options { try format.set(option) }
        let bytes = texts.flatMap { Array($0.utf8) }
        let make = { FieldsWriter($0, columns: [FieldColumn(Kinds.agent)], format: format, depth: .tree) }
        return String(
            written(bytes, make) { sink in
                var at = 0
                for text in texts {
                    sink.leaf(Kinds.agent, at: at, length: text.utf8.count, value: 0, flags: [])
                    at += text.utf8.count
                }
            }.dropLast())
    }

    @Test func separatorsInValuesAreEscaped() throws {
        #expect(try agents(["a,b"]) == "a,b", "alone it is not taken apart")
        #expect(try agents(["a,b", "c"]) == "a\\x2cb,c")
        #expect(try agents(["a,b", "c"], "quote=d") == "\"a\\x2cb,c\"")
        #expect(try agents(["a,b"], "separator=,") == "a\\x2cb")
        #expect(try agents(["a,b;c", "d"], "separator=,") == "a\\x2cb\\x3bc;d")
        #expect(try agents(["a,b"], "separator=,", "quote=d") == "\"a,b\"")
        #expect(try agents(["a,b", "c"], "separator=,", "escape=n") == "a,b;c")
        #expect(try agents(["a\tb\u{1b}"], "escape=n") == "a\\tb\\x1b", "control characters are escaped always")
        #expect(try agents(["it's"], "quote=s") == "'it''s'")
    }

    /// Spreadsheets run what begins so.
    @Test func formulasAreNone() throws {
        for mark in ["=", "+", "-", "@"] {
            let escaped = text { $0.append(hexadecimal: UInt64(mark.utf8.first ?? 0), digits: 2) }
            #expect(try agents([mark + "1+1"], "quote=d") == "\"\\x\(escaped)1+1\"")
        }
        #expect(try agents(["=1", "=2"]) == "\\x3d1,=2", "only a cell's beginning is looked at")
        #expect(try agents(["=1"], "escape=n") == "=1")
        #expect(try agents(["-0.138067"]) == "-0.138067" && agents(["-1|2"]) == "\\x2d1|2")
        let number = try lines([FieldColumn(Kinds.signed)]) {
            $0.leaf(Kinds.signed, at: 0, length: 8, value: UInt64(bitPattern: -5), flags: [])
        }
        #expect(number == "-5\n", "a number is one")
    }

    @Test func anAddressHoldsNoSeparator() throws {
        let row = try lines([FieldColumn(Kinds.address)], "separator=.", bytes: [10, 0, 0, 1]) {
            $0.leaf(Kinds.address, at: 0, length: 4, value: 0, flags: [])
        }
        #expect(row == "10\\x2e0\\x2e0\\x2e1\n")
    }
}

@Suite struct CSVTests {
    /// RFC 4180, strictly: records end in a line break, quotes stand around whole fields, and are doubled within.
    private func parse(_ text: String) throws -> [[String]] {
        struct Malformed: Error { let at: Int }
        var rows: [[String]] = []
        var row: [String] = []
        let scalars = Array(text.unicodeScalars)
        var at = 0
        while at < scalars.count {
            var field = ""
            if scalars[at] == "\"" {
                at += 1
                while true {
                    guard at < scalars.count else { throw Malformed(at: at) }
                    if scalars[at] == "\"" {
                        at += 1
                        guard at < scalars.count, scalars[at] == "\"" else { break }
                    }
                    field.unicodeScalars.append(scalars[at])
                    at += 1
                }
            } else {
                while at < scalars.count, scalars[at] != ",", scalars[at] != "\n" {
                    if scalars[at] == "\"" || scalars[at] == "\r" { throw Malformed(at: at) }
                    field.unicodeScalars.append(scalars[at])
                    at += 1
                }
            }
            row.append(field)
            guard at < scalars.count else { throw Malformed(at: at) }
            switch scalars[at] {
            case ",": at += 1
            case "\n":
                at += 1
                rows.append(row)
                row = []
            default: throw Malformed(at: at)
            }
        }
        guard row.isEmpty else { throw Malformed(at: at) }
        return rows
    }

    /// A row for each text: a number, the text, the text twice.
    private func rows(_ options: [String]) throws -> String {
        var format = FieldsFormat()
        for option in options { try format.set(option) }
        let columns = [Kinds.count, Kinds.agent, Kinds.blob].map(FieldColumn.init)
        return written { output in
            let writer = FieldsWriter(output, columns: columns, format: format, depth: .tree)
            writer.begin()
            for (index, bytes) in hostileTexts.enumerated() {
                let record = makeRecord(layer: Kinds.layer) { sink in
                    sink.leaf(Kinds.count, at: 0, length: 0, value: UInt64(index), flags: [])
                    sink.leaf(Kinds.agent, at: 0, length: bytes.count, value: 0, flags: [])
                    sink.leaf(Kinds.blob, at: 0, length: bytes.count, value: 0, flags: [])
                }
                writer.write(record, bytes.span.bytes)
            }
            writer.end()
        }
    }

    /// Takes back the escape of a formula's first character.
    private func unescaped(_ value: String) -> String {
        for mark in ["=": "3d", "+": "2b", "-": "2d", "@": "40"] where value.hasPrefix("\\x" + mark.value) {
            return mark.key + value.dropFirst(4)
        }
        return value
    }

    @Test(arguments: [["quote=d", "separator=,", "header=y"], ["quote=d", "separator=,", "header=y", "escape=n"]])
    func whatIsWrittenCanBeReadBack(_ options: [String]) throws {
        let written = try rows(options)
        let parsed = try parse(written)
        try #require(parsed.count == hostileTexts.count + 1)
        #expect(parsed[0] == ["kinds.count", "kinds.agent", "kinds.blob"])
        for (index, bytes) in hostileTexts.enumerated() {
            let hex = bytes.map { byte in text { $0.append(hexadecimal: UInt64(byte), digits: 2) } }.joined()
            let row = parsed[index + 1]
            try #require(row.count == 3)
            #expect(row[0] == "\(index)" && row[2] == hex)
            #expect(unescaped(row[1]) == harmless(bytes))
        }
        #expect(written.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f || $0 == "\n" })
    }

    /// Without quotes, too, every row has its three cells.
    @Test(arguments: ["separator=,", "separator=/t", "separator=;", "separator=/s", "separator=/"])
    func rowsStayWhole(_ separator: String) throws {
        var format = FieldsFormat()
        try format.set(separator)
        let character = Character(Unicode.Scalar(format.separator))
        let lines = try rows([separator]).split(separator: "\n")
        #expect(lines.count == hostileTexts.count)
        for line in lines {
            #expect(line.split(separator: character, omittingEmptySubsequences: false).count == 3)
        }
    }
}
