import Fields
import Foundation
import Records
import Testing

@testable import Output

/// A row with a value of each kind.
private struct Item {
    var name: String? = "tx"
    var agent = "/short/"
    var isOpen = true
    var stream: UInt64 = 7
    var messages: UInt64? = 2
    var bytes: UInt64? = 1500
    var whole: UInt64 = 3000
    var nanoseconds: Int64 = 1_500_000_001
    var hasTime = true

    static let columns: [ValuedColumn<Item>] = [
        .init("row", nil, .text, "not in the table") { _ in .word("item") },
        .init("name", "Name", .text, "what it is called") {
            .label($0.name.map(buffer), shown: buffer($0.name.map { " \($0)" } ?? "All"))
        },
        .init("agent", "Agent", .longText(shown: 8), "cut where it is long", place: 12) { .printable($0.agent) },
        .init("open", "", .flag(yes: "<->", no: "?-?"), "a title that is empty") { .flag($0.isOpen) },
        .init("stream", "#", .number, "first in the table", place: 0) { .number($0.stream) },
        .init("messages", "Count", .count, "null where nobody knows") { .number($0.messages) },
        .init("bytes", "Bytes", .bytes, "left out where there are none") { $0.bytes.map { .number($0) } },
        .init("share", "Share", .percent, "of a whole") { .quotient(.percent($0.bytes ?? 0, of: $0.whole)) },
        .init("average", "Average", .averageBytes, "of a message") {
            .quotient(Quotient($0.bytes ?? 0, of: $0.messages ?? 0))
        },
        .init("rate", "Rate", .perSecond, "of messages") {
            .quotient(.rate($0.messages ?? 0, nanoseconds: 3_000_000_000))
        },
        .init("time", "Time", .seconds, "left out where there is none") { item in
            item.hasTime ? .nanoseconds(item.nanoseconds, decimals: 9) : nil
        },
    ]

    static let some = [
        Item(),
        Item(
            name: nil, agent: "ä\"\\23456", isOpen: false, stream: 12, messages: nil, bytes: nil, whole: 0,
            hasTime: false),
        Item(name: "", agent: "ä\"\\234567", bytes: 0, nanoseconds: -1),
    ]
}

/// One declaration makes the table and the data.
@Suite struct ColumnTests {
    @Test func framedTable() {
        let table = TableText(.framed("Items:"), Item.columns, notes: [buffer("A note."), buffer("Another.")])
        #expect(
            written { table.append(Item.some, to: $0) }
                == """
                ============================================================================
                Items:
                 #  Name       Count  Bytes   Share  Average    Rate          Time  Agent
                ----------------------------------------------------------------------------
                 7   tx   <->      2   1500  50.00%    750.0  0.6667   1.500000001  /short/
                12  All   ?-?      -      -       -        -  0.0000             -  ä"\\23456
                 7        <->      2      0   0.00%      0.0  0.6667  -0.000000001  ä"\\2345…
                A note.
                Another.
                ============================================================================

                """)
    }

    /// All columns but the last are moved to the right, into the widths of their declarations.
    @Test func underlinedTable() {
        let columns: [ValuedColumn<(String, UInt64)>] = [
            .init("what", "What", .text, "moved to the right", width: 6) { .printable($0.0) },
            .init("said", "Said", .text, "the last") { .printable("<\($0.0)>") },
            .init("count", "Times", .count, "the first", place: 0, width: 7) { .number($0.1) },
        ]
        let table = TableText(.underlined(buffer("Words (3)")), columns)
        #expect(
            written { table.append([("ä", 1), ("too long", 12_345_678)], to: $0) }
                == """
                Words (3)
                =========
                  Times  What  Said
                      1     ä  <ä>
                12345678too long  <too long>

                """)
    }

    @Test func data() {
        let lines = TableLines(.expert, Item.columns)
        #expect(
            written { lines.append(Item.some, to: $0) }
                == """
                {"statistic":"expert","row":"item","name":"tx","agent":"/short/","open":true,"stream":7,"messages":2,\
                "bytes":1500,"share":50.00,"average":750.0,"rate":0.6667,"time":1.500000001}
                {"statistic":"expert","row":"item","name":null,"agent":"ä\\"\\\\23456","open":false,"stream":12,\
                "messages":null,"share":null,"average":null,"rate":0.0000}
                {"statistic":"expert","row":"item","name":"","agent":"ä\\"\\\\234567","open":true,"stream":7,"messages":2,\
                "bytes":0,"share":0.00,"average":0.0,"rate":0.6667,"time":-0.000000001}

                """)
    }

    /// A column without a place comes last where it was declared last, also when all others have places.
    @Test func aNewColumnIsTheLast() {
        let columns: [ValuedColumn<Int>] = [
            .init("a", "A", .text, "second", place: 1) { _ in nil },
            .init("b", "B", .text, "first", place: 0) { _ in nil },
            .init("c", "C", .text, "new") { _ in nil },
        ]
        let table = written { TableText(.framed("T"), columns).append([0], to: $0) }
        #expect(table.split(separator: "\n").dropFirst(2).first == "B  A  C")
    }

    @Test(arguments: Statistic.allCases)
    func declarations(of statistic: Statistic) {
        let columns = statistic.columns
        let keys = columns.map { "\($0.key)" }
        #expect(Set(keys).count == keys.count && !keys.contains("statistic"))
        for column in columns {
            let (key, meaning) = ("\(column.key)", "\(column.meaning)")
            #expect(!key.isEmpty && key.allSatisfy { $0 == "_" || $0.isLowercase && $0.isASCII }, "\(key)")
            #expect(!meaning.isEmpty && meaning.first?.isUppercase == false && meaning.last != ".", "\(key)")
        }
        // A terminal that has no room for all of them has one that names the row.
        #expect(columns.contains { $0.title != nil && $0.importance == .name })
    }

    /// Members are those of the columns, in their order, and of the type that the unit says.
    @Test(arguments: Statistic.allCases)
    func dataIsAsDeclared(of statistic: Statistic) throws {
        let said = [
            Said(userAgent: Array("/a/".utf8)),
            Said(
                from: "10.0.0.2:8333", to: "10.0.0.1:1000", seconds: 1, sender: .responder, userAgent: Array("/b/".utf8)
            ),
            .encrypted(70, from: "10.0.0.3:1000", to: "10.0.0.2:8333", .initiator, lasting: 4, stream: 1),
        ]
        let text = written { output in
            let writer = statistic.makeWriter(output, .ndjson)
            (writer as? ConversationStatistics)?.lives = [
                ConnectionLife(
                    stream: 0, initiator: [], responder: [], isDirected: true, first: 0, last: 0,
                    end: .init(isReset: false, by: .responder, lastMessage: TextBuffer("ping"), wait: 1_000),
                    looksRandom: false)
            ]
            writer.write(makeRecord { $0.annotate(.common.layoutUnsettled, value: 0) }, RawSpan())
            tell(writer, said)
        }
        let columns = statistic.columns
        var seen: Set<String> = []
        for (line, object) in zip(text.split(separator: "\n"), try objects(text)) {
            let places = columns.compactMap { line.range(of: "\"\($0.key)\":")?.lowerBound }
            #expect(places == places.sorted() && object.count == places.count + 1, "\(line)")
            for column in columns {
                guard let value = object["\(column.key)"], !(value is NSNull) else { continue }
                seen.insert("\(column.key)")
                switch column.unit {
                case .text, .longText: #expect(value is String, "\(column.key)")
                case .flag: #expect(value is Bool, "\(column.key)")
                case .number, .count, .bytes: #expect(value is UInt64, "\(column.key)")
                case .averageBytes, .percent, .perSecond, .seconds, .duration: #expect(value is Double, "\(column.key)")
                case .samples: Issue.record("\(column.key) is no member")
                }
            }
        }
        #expect(seen == Set(columns.map { "\($0.key)" }), "each has a value somewhere")
    }
}
