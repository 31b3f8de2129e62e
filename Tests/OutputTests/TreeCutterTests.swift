import Fields
import Foundation
import FoundationXML
import Output
import Records
import Testing

/// What is left out of large messages, and what is said of it.
@Suite struct TreeCutterTests {
    /// `lists` entries, each with a number and a list of as many values without headings, of which each has a computed
    /// one after it; then a field after all.
    private func fill(_ sink: inout TreeSink, lists: Int, values: Int) {
        sink.leaf(Kinds.count, at: 0, length: 1, value: UInt64(lists), flags: [])
        for entry in 0..<lists {
            let item = sink.open(Kinds.item, at: 0, value: UInt64(entry), flags: .listEntry)
            sink.leaf(Kinds.type, at: 0, length: 4, value: 1, flags: [])
            let mark = sink.newest
            for value in 0..<values {
                sink.leaf(Kinds.signed, at: 0, length: 8, value: UInt64(value), flags: [])
                sink.generate(Kinds.amount, value: 7, RawSpan())
                if value == 0 { sink.list(after: mark) }
            }
            sink.close(item, at: 0)
        }
        sink.leaf(Kinds.relay, at: 0, length: 1, value: 1, flags: [])
        sink.annotate(.common.truncated, value: 0)
    }

    private func ndjson(_ budget: OutputBudget?, lists: Int, values: Int) -> String {
        written([UInt8](repeating: 0, count: 9), { NDJSONWriter($0, budget: budget) }) {
            fill(&$0, lists: lists, values: values)
        }
    }

    private func budget(_ fields: Int, text: Int = 1000) -> OutputBudget {
        OutputBudget(fields: fields, bytesPerField: nil, text: text)
    }

    private func object(_ text: String) throws -> [String: Any] {
        let line = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(line?["kinds"] as? [String: Any])
    }

    @Test func whatHasRoomIsWhole() {
        let whole = ndjson(nil, lists: 3, values: 4)
        #expect(ndjson(budget(100), lists: 3, values: 4) == whole)
        #expect(!whole.contains("truncated"))
    }

    /// Of each list as many entries are left as of the others, also of those within entries; each says how many it has.
    @Test func nestedLists() throws {
        let kinds = try object(ndjson(budget(60), lists: 50, values: 100))
        let items = try #require(kinds["kinds.item"] as? [[String: Any]])
        #expect((2..<50).contains(items.count))
        for item in items {
            let values = try #require(item["kinds.signed"] as? [Int])
            #expect(values == Array(0..<items.count))
            // What belongs to a value goes with it.
            #expect((item["kinds.amount"] as? [Int])?.count == items.count)
            let cut = try #require(item["truncated"] as? [String: Any])
            #expect(cut["truncated.field"] as? String == "kinds.signed")
            #expect(cut["truncated.shown"] as? Int == items.count && cut["truncated.total"] as? Int == 100)
        }
        let cut = try #require(kinds["truncated"] as? [String: Any])
        #expect(cut["truncated.field"] as? String == "kinds.item")
        #expect(cut["truncated.shown"] as? Int == items.count && cut["truncated.total"] as? Int == 50)
        // What stands after the list, and the remark on it.
        #expect(kinds["kinds.relay"] as? Bool == true)
        #expect((kinds["_ws.expert"] as? [Any])?.count == 1)
    }

    /// A short list is whole beside a long one.
    @Test func shortLists() throws {
        let kinds = try object(ndjson(budget(200), lists: 2, values: 1000))
        let items = try #require(kinds["kinds.item"] as? [[String: Any]])
        #expect(items.count == 2 && kinds["truncated"] == nil)
        for item in items {
            let values = try #require(item["kinds.signed"] as? [Int])
            #expect((40..<50).contains(values.count))
        }
    }

    /// The budget holds whatever the shape, and a larger one shows no less.
    @Test(arguments: [(1, 10_000), (10_000, 1), (100, 100), (1000, 3)])
    func bounds(_ lists: Int, _ values: Int) {
        var last = 0
        for fields in [20, 100, 1000, 5000] {
            let text = ndjson(budget(fields), lists: lists, values: values)
            let count = text.components(separatedBy: "\"kinds.").count + text.components(separatedBy: ",").count
            #expect(count < fields * 6 + 60, "\(fields)")
            #expect(text.utf8.count >= last)
            last = text.utf8.count
        }
    }

    /// Remarks on what is left out are said of the list, each once.
    @Test func remarks() {
        let text = written([], { NDJSONWriter($0, budget: budget(10)) }) { sink in
            for entry in 0..<100 {
                let item = sink.open(Kinds.item, at: 0, value: UInt64(entry), flags: .listEntry)
                if entry > 50 { sink.annotate(.common.countOverLimit, value: 5) }
                if entry == 99 { sink.annotate(.common.truncated, value: 0) }
                sink.close(item, at: 0)
            }
        }
        #expect(text.components(separatedBy: "More than the 5 that receivers accept").count == 2)
        #expect(text.components(separatedBy: "The message ends before this field does").count == 2)
    }

    @Test func longTexts() {
        let long = String(repeating: "é", count: 100)
        let text = written([], { NDJSONWriter($0, budget: budget(1000, text: 51)) }) { sink in
            sink.generate(Kinds.agent, value: 0, Array(long.utf8).span.bytes)
            sink.generate(Kinds.hash, value: 0, [UInt8](repeating: 1, count: 60).span.bytes)
        }
        // No half of a character.
        #expect(text.contains("\"\(String(repeating: "é", count: 25))\""))
        #expect(text.contains(#""truncated.field":"kinds.agent","truncated.shown":50,"truncated.total":200"#))
        #expect(text.contains(String(repeating: "01", count: 60)))
    }

    /// Every format marks it, and is well-formed.
    @Test func allFormats() throws {
        func text(_ make: (ByteOutput) -> any RecordSink) -> String {
            written([UInt8](repeating: 0, count: 9), make) { fill(&$0, lists: 50, values: 100) }
        }
        let budget = budget(60)
        for json in [text({ JSONWriter($0, budget: budget) }), text({ JSONWriter($0, .raw, budget: budget) })] {
            #expect(json.contains("\"truncated.total") && json.utf8.count < 30_000)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
        }
        let ek = text { EKWriter($0, budget: budget) }
        #expect(ek.contains("\"truncated_truncated_total\":[") && ek.utf8.count < 10_000)
        let pdml = text { PDMLWriter($0, creator: "t", captureFile: nil, budget: budget) }
        #expect(pdml.contains("<field name=\"truncated.total\" showname=\"Total: 100\""))
        #expect(XMLParser(data: Data(pdml.utf8)).parse())
    }

    /// In text one line says it, with what to do.
    @Test func inText() {
        func lines(full: Bool) -> [Substring] {
            written(
                [UInt8](repeating: 0, count: 9),
                {
                    TextWriter($0, summary: nil, tree: TreeText(full: full, colour: Colour(isOn: false)))
                }
            ) { fill(&$0, lists: 700, values: 700) }.split(separator: "\n")
        }
        let shown = lines(full: false)
        #expect(shown.count < 350_100)
        let more = shown.filter { $0.contains("[Left out: ") }
        #expect(more.last?.hasSuffix(" of 700 of Item; --full shows all]") == true)
        #expect(more.first?.hasSuffix(" of 700 of Signed; --full shows all]") == true)
        #expect(!shown.contains { $0.contains("Shown: ") })
        #expect(shown.contains { $0.contains("Relay: True") })
        #expect(lines(full: true).count > 700 * 1400)
    }
}
