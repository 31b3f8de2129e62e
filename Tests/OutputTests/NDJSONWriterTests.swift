import Fields
import Foundation
import Records
import Testing

@testable import Output

@Suite struct NDJSONWriterTests {
    private func write(_ bytes: [UInt8] = listBytes, _ fill: (inout TreeSink) -> Void = fillList) -> String {
        written(bytes, { NDJSONWriter($0) }, fill)
    }

    @Test func theWholeShape() {
        #expect(
            write() == "{\"kinds\":{\"kinds.count\":[2,3],\"kinds.list\":{\"kinds.item\":["
                + "{\"kinds.type\":1,\"kinds.type.name\":\"MSG_TX\",\"kinds.agent\":\"a\\\"\"},"
                + "{\"kinds.type\":9,\"kinds.agent\":\"b\\\\x1b\"}]},"
                + "\"kinds.services\":9,\"kinds.services.network\":true,\"kinds.services.witness\":true,"
                + "\"kinds.blob\":null,\"kinds.blob.truncated\":\"aabb\",\"_ws.expert\":["
                + "{\"name\":\"bitcoin.message.ends_early\",\"severity\":\"Error\",\"group\":\"Malformed\",\"message\":\"The message ends before this field does\","
                + "\"field\":\"kinds.blob\"},{\"name\":\"bitcoin.count.over_limit\",\"severity\":\"Error\",\"group\":\"Malformed\","
                + "\"message\":\"More than the 5 that receivers accept\",\"field\":\"kinds.blob\"}]}}\n")
    }

    /// A kind of field, its value, and the JSON of it.
    @Test(
        arguments: [
            (Kinds.count, .max, "18446744073709551615"), (Kinds.services, 1 << 63 + 1, "9223372036854775809"),
            (Kinds.signed, UInt64(bitPattern: .min), "-9223372036854775808"),
            (Kinds.amount, UInt64(bitPattern: -1), "-1"), (Kinds.relay, 0, "false"), (Kinds.relay, 255, "true"),
            (Kinds.network, 1, "true"), (Kinds.type, 2, "2,\"kinds.type.name\":\"MSG_BLOCK\""), (Kinds.type, 3, "3"),
            (Kinds.seconds, 1_301_327_937, "\"2011-03-28T15:58:57Z\",\"kinds.seconds.epoch\":1301327937"),
            (Kinds.seconds, UInt64(bitPattern: -1), "\"1969-12-31T23:59:59Z\",\"kinds.seconds.epoch\":-1"),
            (Kinds.seconds, 1 << 62, "\"4611686018427387904\",\"kinds.seconds.epoch\":4611686018427387904"),
            (
                Kinds.instant, 1_301_327_937_931_550_123,
                "\"2011-03-28T15:58:57.931550123Z\",\"kinds.instant.epoch\":1301327937.931550123"
            ),
            (
                Kinds.instant, UInt64(bitPattern: -1),
                "\"1969-12-31T23:59:59.999999999Z\",\"kinds.instant.epoch\":-0.000000001"
            ),
            (Kinds.span, 1_500_000_000, "1.500000000"), (Kinds.hash, 0, "\"0403020a\""),
            (Kinds.blob, 0, "\"0a020304\""),
            (Kinds.address, 0, "\"10.2.3.4\""), (Kinds.agent, 0, "\"\\\\n\\\\x02\\\\x03\\\\x04\""),
        ] as [(Field, UInt64, String)])
    func typedValues(_ field: Field, _ value: UInt64, _ expected: String) throws {
        let text = write([10, 2, 3, 4]) { $0.leaf(field, at: 0, length: 4, value: value, flags: []) }
        #expect(text == "{\"kinds\":{\"\(field.declaration.name)\":\(expected)}}\n")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }

    @Test func aValueOfAListAloneIsInAnArray() {
        let fill: (inout TreeSink) -> Void = { sink in
            let mark = sink.newest
            sink.leaf(Kinds.count, at: 0, length: 1, value: 1, flags: [])
            sink.list(after: mark)
            sink.leaf(Kinds.signed, at: 0, length: 1, value: 1, flags: [])
        }
        #expect(write(listBytes, fill) == "{\"kinds\":{\"kinds.count\":[1],\"kinds.signed\":1}}\n")
    }

    @Test func anEntryAloneIsInAnArray() {
        let text = write { sink in
            let item = sink.open(Kinds.item, at: 0, value: 0, flags: .listEntry)
            sink.leaf(Kinds.count, at: 0, length: 1, value: 1, flags: [])
            sink.close(item, at: 1)
        }
        #expect(text == "{\"kinds\":{\"kinds.item\":[{\"kinds.count\":1}]}}\n")
    }

    /// What a field has of companions and parts keeps that shape, in columns, too.
    @Test func aFieldThatRepeatsIsInAnArrayAlsoAlone() {
        let fill: (inout TreeSink) -> Void = { sink in
            sink.leaf(Kinds.stamp, at: 0, length: 1, value: 1, flags: [])
            sink.leaf(Kinds.choice, at: 0, length: 1, value: 1, flags: [])
            sink.leaf(Kinds.choice, at: 0, length: 1, value: 9, flags: [])
        }
        #expect(
            write(listBytes, fill)
                == "{\"kinds\":{\"kinds.stamp\":[\"1970-01-01T00:00:01Z\"],\"kinds.stamp.epoch\":[1],"
                + "\"kinds.choice\":[1,9],\"kinds.choice.name\":[\"MSG_TX\",null]}}\n")
        let cut = write([0xcc]) { $0.leaf(Kinds.choice, at: 0, length: 1, value: 0, flags: .truncated) }
        #expect(cut == "{\"kinds\":{\"kinds.choice\":[null],\"kinds.choice.truncated\":[\"cc\"]}}\n")
        let columns = [Kinds.stamp, Kinds.choice, Kinds.count].map { FieldColumn($0) }
        let text = written([1], { NDJSONWriter($0, columns: columns, depth: .tree) }) { sink in
            sink.leaf(Kinds.choice, at: 0, length: 1, value: 1, flags: [])
            sink.leaf(Kinds.count, at: 0, length: 1, value: 1, flags: [])
        }
        #expect(text == "{\"kinds.stamp\":null,\"kinds.choice\":[1],\"kinds.count\":1}\n")
    }

    @Test func whatStandsBesideAnArrayIsAsLong() {
        let text = write([0xcc]) { sink in
            for (value, flags) in [(1, []), (9, []), (0, .truncated)] as [(UInt64, NodeFlags)] {
                sink.leaf(Kinds.type, at: 0, length: 1, value: value, flags: flags)
                sink.leaf(Kinds.seconds, at: 0, length: 1, value: value, flags: flags)
            }
        }
        #expect(
            text == "{\"kinds\":{\"kinds.type\":[1,9,null],\"kinds.type.name\":[\"MSG_TX\",null,null],"
                + "\"kinds.type.truncated\":[null,null,\"cc\"],\"kinds.seconds\":[\"1970-01-01T00:00:01Z\","
                + "\"1970-01-01T00:00:09Z\",null],\"kinds.seconds.epoch\":[1,9,null],"
                + "\"kinds.seconds.truncated\":[null,null,\"cc\"]}}\n")
    }

    /// Bits of two integers beside each other, with another field between: each key once.
    @Test func partsOfSeveralValuesComeTogether() {
        let text = write { sink in
            for value in [0, 1] as [UInt64] {
                sink.leaf(Kinds.services, at: 0, length: 8, value: value, flags: [])
                let mark = sink.reopen()
                sink.leaf(Kinds.network, at: 0, length: 8, value: value, flags: .partOfParent)
                sink.close(mark, at: 8)
                sink.leaf(Kinds.relay, at: 0, length: 1, value: value, flags: [])
            }
        }
        #expect(
            text == "{\"kinds\":{\"kinds.services\":[0,1],\"kinds.services.network\":[false,true],"
                + "\"kinds.relay\":[false,true]}}\n")
    }

    @Test func columns() {
        let columns = [
            FieldColumn(Kinds.type), FieldColumn(Kinds.relay), FieldColumn(Kinds.services), FieldColumn(Kinds.count),
            FieldColumn(name: "any", fields: [Kinds.network]), FieldColumn(Kinds.type),
            FieldColumn(name: "both", fields: [Kinds.relay, Kinds.witness]), FieldColumn(Kinds.item),
            FieldColumn(Kinds.blob),
        ]
        let text = written(listBytes, { NDJSONWriter($0, columns: columns, depth: .tree) }, fillList)
        #expect(
            text
                == "{\"kinds.type\":[1,9],\"kinds.relay\":null,\"kinds.services\":9,\"kinds.count\":[2,3],\"any\":true,"
                + "\"both\":[true],\"kinds.item\":[{\"kinds.type\":1,\"kinds.type.name\":\"MSG_TX\",\"kinds.agent\":\"a\\\"\"},"
                + "{\"kinds.type\":9,\"kinds.agent\":\"b\\\\x1b\"}],\"kinds.blob\":null}\n")
        let nested = [FieldColumn(Kinds.item), FieldColumn(Kinds.list), FieldColumn(Kinds.layer)]
        let within = written(listBytes, { NDJSONWriter($0, columns: nested, depth: .tree) }, fillList)
        let items =
            "[{\"kinds.type\":1,\"kinds.type.name\":\"MSG_TX\",\"kinds.agent\":\"a\\\"\"},"
            + "{\"kinds.type\":9,\"kinds.agent\":\"b\\\\x1b\"}]"
        #expect(within.hasPrefix("{\"kinds.item\":\(items),\"kinds.list\":{\"kinds.item\":\(items)},\"kinds\":{"))
        #expect(within.contains("\"kinds.list\":{\"kinds.item\":\(items)},\"kinds.services\":9"))
        let alone = written([], { NDJSONWriter($0, columns: [FieldColumn(Kinds.count)], depth: .tree) }) { sink in
            let item = sink.open(Kinds.item, at: 0, value: 0, flags: .listEntry)
            sink.leaf(Kinds.count, at: 0, length: 0, value: 1, flags: [])
            sink.close(item, at: 0)
        }
        #expect(alone == "{\"kinds.count\":[1]}\n", "within a list it is an array, also alone")
    }

    @Test(arguments: hostileTexts)
    func anyTextIsValid(_ bytes: [UInt8]) throws {
        let text = write(bytes) { $0.leaf(Kinds.agent, at: 0, length: bytes.count, value: 0, flags: []) }
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: String]]
        #expect(object == ["kinds": ["kinds.agent": harmless(bytes)]])
    }

    @Test func fieldsDeclaredLaterArePassedOver() {
        let text = written { output in
            let writers: [any RecordSink] = [
                NDJSONWriter(output), EKWriter(output), JSONWriter(output),
                PDMLWriter(output, creator: "t", captureFile: nil),
            ]
            let late = Field("kinds.late", "Late", .unsigned(bits: 8), "declared after the writers were made")
            let record = makeRecord(layer: Kinds.layer) { sink in
                sink.leaf(late, at: 0, length: 0, value: 1, flags: [])
                let mark = sink.reopen()
                sink.leaf(Kinds.relay, at: 0, length: 0, value: 1, flags: [])
                sink.close(mark, at: 0)
                sink.leaf(Kinds.count, at: 0, length: 0, value: 2, flags: [])
            }
            for writer in writers { writer.write(record, RawSpan()) }
        }
        #expect(!text.contains("late") && !text.contains("relay"))
        #expect(text.hasPrefix("{\"kinds\":{\"kinds.count\":2}}\n"))
    }
}
