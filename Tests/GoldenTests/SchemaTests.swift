import Dissector
import Fields
import Foundation
import Testing

@testable import Output

/// `-G schema` says what `-T ndjson` writes.
@Suite struct GoldenSchemaTests {
    private static func schema() throws -> JSON {
        try JSONReader.read([UInt8](try Program.run(["-G", "schema"]).output)[...])
    }

    @Test func everyKeyIsInItWithItsType() throws {
        let schema = try Self.schema()
        let check = try SchemaCheck(schema)
        var compared = 0
        for run in try WrittenRecords.all.get().runs {
            for record in run.records {
                let problems = check.problems(of: record)
                #expect(problems.isEmpty, "\(run.arguments): \(problems.prefix(3))")
                compared += 1
            }
        }
        #expect(compared > 2000)
        #expect(check.keysSeen > 500)
    }

    /// What is no record of ours is found by the check, or it would prove nothing.
    @Test func whatIsWrongIsFound() throws {
        let check = try SchemaCheck(try Self.schema())
        let line = try #require(
            try Program.run(["-r", "captures/relay.pcap", "-T", "ndjson", "bitcoin.inv"]).outputText
                .split(separator: "\n").first)
        func problems(_ old: String, _ new: String) throws -> [String] {
            let changed = line.replacingOccurrences(of: old, with: new)
            #expect(changed != line, "\(old)")
            return check.problems(of: try JSONReader.read(Array(changed.utf8)[...]))
        }
        #expect(check.problems(of: try JSONReader.read(Array(line.utf8)[...])).isEmpty)
        #expect(try !problems("\"frame.number\":", "\"frame.numero\":").isEmpty)
        #expect(try !problems("\"frame.number\":", "\"frame.number\":-").isEmpty)
        #expect(try !problems("\"tcp.srcport\":", "\"tcp.srcport\":1000").isEmpty, "more than 16 bits")
        #expect(try !problems("\"bitcoin.command\":\"inv\"", "\"bitcoin.command\":7").isEmpty)
        #expect(try !problems("\"bitcoin.command\":\"inv\"", "\"bitcoin.command\":[\"inv\"]").isEmpty)
        #expect(try !problems("\"bitcoin.inv.type\":", "\"bitcoin.inv.type\":0.5,\"x\":").isEmpty)
    }

    /// Each dialect has all the columns, and says so in its own words.
    @Test(arguments: [
        ("clickhouse", "`", "CREATE TABLE messages (", "`bitcoin.checksum.status` Nullable("),
        ("duckdb", "\"", "CREATE TABLE messages (", "\"frame.number\" UBIGINT"),
        ("spark", "`", "`frame` STRUCT<", "`frame.number`: DECIMAL(20, 0)"),
    ])
    func dialects(_ name: String, _ quote: String, _ start: String, _ column: String) throws {
        let outcome = try Program.run(["-G", "schema,\(name)"])
        #expect(outcome.status == 0)
        let text = outcome.outputText
        #expect(text.contains("-- Records of btcshark -T ndjson, version \(RecordSchema.version)"))
        #expect(text.contains(start) && text.contains(column))
        for pair in [("(", ")"), ("<", ">")] {
            #expect(text.count { "\($0)" == pair.0 } == text.count { "\($0)" == pair.1 })
        }
        for (_, definition) in SchemaCheck.definitions(try Self.schema()) {
            for member in definition["properties"]?.members ?? [] where !member.key.hasPrefix("truncated") {
                #expect(text.contains("\(quote)\(member.key)\(quote)"), "\(member.key)")
            }
        }
    }

    @Test func unknownDialectsAreRefused() throws {
        let outcome = try Program.run(["-G", "schema,oracle"])
        #expect(outcome.status == 1 && outcome.errorText.contains("schema,duckdb"))
    }
}

/// Where fields stand in records is as it is written down; `UPDATE=1` adds what is not, and the program is then to be built
/// again.
///
/// What no sample has was written down by hand, from its layout.
@Suite struct GoldenPlacesTests {
    private static let file = Program.root.appendingPathComponent("Sources/Output/Schema/RecordPlaces+Text.swift")

    @Test func placesAreWrittenDown() throws {
        let order = try Self.order()
        var seen: [String: [String: Bool]] = [:]
        for run in try WrittenRecords.all.get().runs {
            for record in run.records { Self.note(record, in: "", order, &seen) }
        }
        #expect(seen.count > 100)
        var written = RecordPlaces.standard.members.mapValues { members in
            Dictionary(members.map { ($0.name, $0.isList) }, uniquingKeysWith: { first, _ in first })
        }
        for (object, members) in seen {
            for (name, isList) in members where written[object]?[name] != isList {
                Issue.record("\(object.isEmpty ? "a record" : object) has \(name)\(isList ? "[]" : "")")
                written[object, default: [:]][name] = isList
            }
        }
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            let known = written.filter { order[$0.key] != nil || $0.key.isEmpty }
            let source = """
                extension RecordPlaces {
                    // By UPDATE=1, see GoldenPlacesTests.
                    static let text = \"\"\"
                \(Self.text(known, order).map { "        \($0)\n" }.joined())        \"\"\"
                }

                """
            try source.write(to: Self.file, atomically: true, encoding: .utf8)
        }
    }

    /// What is written down are fields, each once in its object, and all fields of all messages stand somewhere.
    @Test func allFieldsHaveAPlace() throws {
        let order = try Self.order()
        let members = RecordPlaces.standard.members
        for (object, places) in members {
            #expect(object.isEmpty || order[object] != nil, "\(object) is no field")
            #expect(Set(places.map(\.name)).count == places.count, "\(object) has a field twice")
            for place in places { #expect(order[place.name] != nil, "\(place.name) is no field") }
        }
        let placed = Set(members.values.joined().map(\.name))
        let remarks = Set(
            try Program.run(["-G", "expert"]).outputText.split(separator: "\n").compactMap(Self.name(ofRemark:)))
        let missing = order.keys.filter { name in
            name.hasPrefix("bitcoin.") && !placed.contains(name) && !remarks.contains(name)
                // Only where it is named.
                && name != "bitcoin.payload"
                // No field, but a name for others.
                && RecordNames.fields(named: name).contains { $0.declaration.name == name }
        }
        #expect(missing.sorted() == [])
    }

    private static func name(ofRemark line: Substring) -> String? {
        line.split(separator: "\t", omittingEmptySubsequences: false).last.map(String.init)
    }

    /// The places of names in the list of all fields.
    private static func order() throws -> [String: Int] {
        let lines = try Program.run(["-G", "fields"]).outputText.split(separator: "\n")
        let names = lines.map { String($0.split(separator: "\t", omittingEmptySubsequences: false)[2]) }
        var order = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
        // What is remarked is no field of the layer.
        order["_ws.expert"] = nil
        return order
    }

    private static func note(
        _ object: JSON, in name: String, _ order: [String: Int], _ places: inout [String: [String: Bool]]
    ) {
        for member in object.members where order[member.key] != nil {
            let isList = if case .array = member.value { true } else { false }
            let before = places[name, default: [:]].updateValue(isList, forKey: member.key)
            #expect(before == nil || before == isList, "\(name)/\(member.key) is an array or a value")
            for element in member.value.elements { note(element, in: member.key, order, &places) }
        }
    }

    /// Objects and what is in them, in the order of the list of fields, in lines that are not too long.
    private static func text(_ places: [String: [String: Bool]], _ order: [String: Int]) -> [String] {
        var lines: [String] = []
        for (object, members) in places.sorted(by: { order[$0.key] ?? -1 < order[$1.key] ?? -1 }) {
            var line = "\(object):"
            for (name, isList) in members.sorted(by: { order[$0.key] ?? -1 < order[$1.key] ?? -1 }) {
                let word = name + (isList ? "[]" : "")
                if line.count + word.count > 110, line.last != ":" {
                    lines.append(line)
                    line = "\(object):"
                }
                line += " \(word)"
            }
            lines.append(line)
        }
        return lines
    }
}
