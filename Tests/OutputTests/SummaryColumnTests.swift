import Fields
import Records
import Testing

@testable import Output

/// `gui.column.format` and `-T psml`.
@Suite struct SummaryColumnTests {
    private func parse(_ text: String) throws(SummaryColumn.Problem) -> [SummaryColumn] {
        _ = Kinds.all
        return try SummaryColumn.parse(text) {
            // Fields of modules that these tests do not see.
            if ["eth.src", "eth.dst", "vlan.id", "ip.dsfield.dscp"].contains($0) { return [Kinds.count] }
            return $0 == "_ws.expert.severity" ? [Kinds.choice] : Catalog.field(named: $0).map { [$0] } ?? []
        }
    }

    private func problem(_ text: String) -> String? {
        do throws(SummaryColumn.Problem) {
            _ = try parse(text)
            return nil
        } catch { return error.description }
    }

    @Test func columnsAreRead() throws {
        let columns = try parse("\"No.\",\"%m\", \"A, B\" ,%i,Port,%S")
        #expect(columns.map(\.title) == ["No.", "A, B", "Port"])
        #expect(try parse("\"\u{1b}[2J\",\"%m\"")[0].title == "\\x1b[2J")
    }

    @Test func whatIsWrongIsSaid() {
        for text in ["", "\"No.\"", "\"No.\",\"%m\",\"x\"", "\"No.\",\"%m", "A,%zz", "A,%Cus", "A,%Cus:", "A,%m:1"] {
            #expect(problem(text) != nil, "\(text)")
        }
        #expect(problem("A,%Cus:nonsense.field")?.contains("'nonsense.field'") == true)
        #expect(problem("A,%zz")?.contains("-G column-formats") == true)
        for code in ["%m", "%hs", "%YDOYut", "%Cus:FIELD"] {
            #expect(problem("A,%zz")?.contains(" \(code)") == true, "\(code)")
        }
        #expect(problem("A,%x") != nil, "tshark's rate of wireless packets")
    }

    /// Every code that is listed can be used.
    @Test func theListIsTrue() throws {
        var text = TextBuffer()
        SummaryColumn.appendFormats(to: &text)
        let codes = text.string.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(codes.count > 20 && Set(codes).count == codes.count)
        for code in codes where code != "%Cus" { #expect(problem("A,\(code)") == nil, "\(code)") }
    }

    /// Hardware addresses and the like are fields; of remarks the worst one is shown.
    @Test func fieldsThatHaveCodes() throws {
        let columns = try parse("Src,%hs,Dst,%uhd,VLAN,%q,Expert,%a")
        #expect(ColumnsWriter.fields(of: columns) == [Kinds.count, Kinds.count, Kinds.count, Kinds.choice])
        let text = written { output in
            let writer = ColumnsWriter(output, columns, style: .tabs, time: TimeColumn(.relative), depth: .tree)
            #expect(writer.wants.depth == .tree && !writer.wants.info)
            for values in [[1, 2, 1], [7], []] as [[UInt64]] {
                let record = makeRecord(layer: Kinds.layer) {
                    $0.leaf(Kinds.count, at: 0, length: 1, value: 300, flags: [])
                    for value in values { $0.generate(Kinds.choice, value: value, RawSpan()) }
                }
                writer.write(record, RawSpan())
            }
            writer.end()
        }
        #expect(text == "300\t300\t300\tMSG_BLOCK\n300\t300\t300\t\n300\t300\t300\t\n")
    }

    private func lines(_ style: ColumnsWriter.Style, _ format: String) throws -> String {
        let columns = try parse(format)
        return written { output in
            let writer = ColumnsWriter(output, columns, style: style, time: TimeColumn(.relative), depth: .summary)
            writer.begin()
            var record = Said(from: "[2001:db8::1]:8333", to: "10.0.0.1:1000", length: 32, seconds: 1.5).record
            record.frameNumber = 7
            record.info.append("ping <&>")
            writer.write(record, RawSpan())
            writer.write(record, RawSpan())
            writer.end()
        }
    }

    @Test func addressesHaveNoPorts() throws {
        let line = try lines(.tabs, "N,%m,T,%t,S,%s,P,%S,D,%d,Q,%D,B,%B").split(separator: "\n")[0]
        #expect(
            line.split(separator: "\t").map { $0.filter { $0 != " " } }
                == ["7", "1.500000", "2001:db8::1", "8333", "10.0.0.1", "1000", "32"])
    }

    /// Columns of a terminal count: a mark over a letter takes none, a letter of an East Asian script two.
    @Test func columnsArePaddedAsTheyAreSeen() throws {
        let columns = try parse("S,%s,D,%d,I,%i")
        let text = written { output in
            let writer = ColumnsWriter(output, columns, style: .text, time: TimeColumn(.relative), depth: .summary)
            for (source, destination) in [("node", "node"), ("n\u{f6}de", "no\u{308}de"), ("\u{7bc0}", "\u{70b9}x")] {
                var record = Said(from: source, to: destination, length: 1, seconds: 1).record
                record.info.append("|")
                writer.write(record, RawSpan())
            }
            writer.end()
        }
        let expected = [("node", 8, "node", 8), ("n\u{f6}de", 8, "no\u{308}de", 8), ("\u{7bc0}", 10, "\u{70b9}x", 9)]
        let lines = expected.map {
            String(repeating: " ", count: $1) + "\($0) \($2)" + String(repeating: " ", count: $3) + " |\n"
        }
        #expect(Array(text.utf8) == Array(lines.joined().utf8))
    }

    @Test func psml() throws {
        let text = try lines(.psml(creator: "test"), "No.,%m,\"<Info>\",%i")
        #expect(
            text == """
                <?xml version="1.0" encoding="utf-8"?>
                <psml version="0" creator="test">
                <structure>
                <section>No.</section>
                <section>&lt;Info&gt;</section>
                </structure>

                <packet>
                <section>7</section>
                <section>ping &lt;&amp;&gt;</section>
                </packet>

                <packet>
                <section>7</section>
                <section>ping &lt;&amp;&gt;</section>
                </packet>

                </psml>

                """)
    }
}
