import DisplayFilter
import Fields
import Testing

@Suite struct FilterTests {
    @Test(arguments: Verdicts.passing) func passes(_ text: String) throws {
        #expect(try sample().passes(text))
    }

    @Test(arguments: Verdicts.failing) func fails(_ text: String) throws {
        #expect(try !sample().passes(text))
    }

    /// `not` turns every verdict round, whatever the filter.
    @Test func negationTurnsEveryVerdictRound() throws {
        for text in Verdicts.passing { #expect(try !sample().passes("not (\(text))"), "\(text)") }
        for text in Verdicts.failing { #expect(try sample().passes("not (\(text))"), "\(text)") }
    }

    @Test func nothingHoldsOfAnEmptyTree() throws {
        for text in [
            "demo", "demo.u8 == 200", "demo.u8 != 1", "demo.port === 1", "all demo.port > 0", "demo.u8 == demo.u8",
        ] {
            #expect(try !Message().passes(text), "\(text)")
        }
    }

    @Test func fieldsTellWhatMustBeDissected() throws {
        let text = "demo.u8 == 1 and (demo.addr == 1.2.3.4 or len(demo.agent) > 3) and count(demo.item) > demo.other"
        let fields = try filter(text).fields
        typealias Fields = TestFields
        #expect(
            fields == [Fields.byte, Fields.source, Fields.destination, Fields.agent, Fields.item, Fields.other])
        // A word that is a value is no field.
        #expect(try filter("demo.type == MSG_TX").fields == [Fields.type])
    }

    /// The bytes a node claims may end behind those there are.
    @Test func nodesBehindTheBytesAreHarmless() throws {
        var message = Message()
        message.sink.leaf(TestFields.script, at: 5, length: 100, value: 0, flags: [])
        message.sink.leaf(TestFields.hash, at: 5, length: 100, value: 0, flags: [])
        message.sink.leaf(TestFields.source, at: 5, length: 100, value: 0, flags: [])
        message.bytes = [1, 2, 3]
        for text in [
            "demo.script contains 01", "demo.script[0]", "demo.hash == \(Hashes.genesis)", "demo.src == 1.2.3.4",
        ] {
            #expect(try !message.passes(text), "\(text)")
        }
    }

    @Test func layoutsAndFiltersAgree() throws {
        let bytes: [UInt8] = [0x8d, 0x20, 0x00, 0x01]
        var cursor = Cursor(bytes.span.bytes, TreeSink())
        try cursor.integer(TestFields.port, UInt16.self)
        try cursor.bigEndian(TestFields.port, UInt16.self)
        let tree = cursor.finish().tree
        #expect(
            try filter("demo.port == 8333 and demo.port == 1 and count(demo.port) == 2").matches(tree, bytes.span.bytes)
        )
    }

    /// Many items in a set, many parts of a filter: all of them are looked at.
    @Test func longFilters() throws {
        let items = (0..<5000).map { String($0 * 2) }.joined(separator: ", ")
        #expect(try !sample().passes("demo.port in {\(items)} and demo.port in {3}"))
        #expect(try sample().passes("demo.port in {\(items), 8333}"))
        let parts = (0..<3000).map { "demo.u8 == \($0 % 199)" }.joined(separator: " or ")
        #expect(try !sample().passes(parts))
        #expect(try sample().passes(parts + " or demo.u8 == 200"))
        #expect(try sample().passes(Array(repeating: "!", count: 60_000).joined() + "demo"))
    }

    /// Comparing two fields with very many values each does not compare all pairs.
    @Test func manyValuesOnBothSides() throws {
        var message = Message()
        for index in 0..<100_000 {
            message.sink.leaf(TestFields.item, at: 0, length: 0, value: UInt64(index * 2), flags: [])
            message.sink.leaf(TestFields.other, at: 0, length: 0, value: UInt64(index * 2 + 1), flags: [])
        }
        #expect(try !message.passes("demo.item == demo.other"))
        #expect(try message.passes("demo.item != demo.other and demo.item < demo.other and demo.item > demo.other"))
    }
}
