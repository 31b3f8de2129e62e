import Fields
import Foundation
import Records
import Testing

@testable import Output

/// `-j` and `-J`.
@Suite struct LayerChoiceTests {
    private static let fields = (
        one: Field("layer_one", "One", .layer, "first"), two: Field("layer_two", "Two", .layer, "second"),
        number: Field("layer_one.number", "Number", .unsigned(bits: 8), "a number"),
        part: Field("layer_one.number.part", "Part", .unsigned(bits: 8), "a part of it"),
        group: Field("layer_two.group", "Group", .group, "a group"),
        text: Field("layer_two.group.text", "Text", .unsigned(bits: 8), "in the group")
    )

    private var record: Record {
        let fields = Self.fields
        var record = Record()
        record.number = 1
        var sink = TreeSink()
        let one = sink.open(fields.one, at: 0, value: 0, flags: .generated)
        let number = sink.open(fields.number, at: 0, value: 1, flags: .generated)
        sink.generate(fields.part, value: 2, RawSpan())
        sink.close(number, at: 0)
        sink.close(one, at: 0)
        let two = sink.open(fields.two, at: 0, value: 0, flags: .generated)
        let group = sink.open(fields.group, at: 0, value: 0, flags: .generated)
        sink.generate(fields.text, value: 3, RawSpan())
        sink.annotate(.common.layoutUnsettled, value: 0)
        sink.close(group, at: 0)
        sink.close(two, at: 0)
        record.tree = sink.tree
        record.protocolNode = 3
        return record
    }

    private func layers(_ layers: [String], complete: [String] = []) throws -> [String: Any] {
        _ = Self.fields
        let choice = LayerChoice(layers: layers, complete: complete)
        let text = written { output in
            let writer = JSONWriter(output, layers: choice)
            writer.begin()
            writer.write(record, RawSpan())
            writer.end()
        }
        let array = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let source = try #require(array.first?["_source"] as? [String: Any])
        return try #require(source["layers"] as? [String: Any])
    }

    @Test func completeLayers() throws {
        let layers = try layers([], complete: ["layer_two"])
        #expect(Set(layers.keys) == ["layer_two"])
        let group = (layers["layer_two"] as? [String: Any])?["layer_two.group"] as? [String: Any]
        #expect(group?["layer_two.group.text"] as? String == "3")
        #expect("\(layers)".contains("layout_unsettled") || "\(layers)".contains("_ws.expert"))
    }

    @Test func layersWithoutWhatIsUnderFields() throws {
        let one = try layers(["layer_one"])["layer_one"] as? [String: Any]
        #expect(one?["layer_one.number"] as? String == "1" && one?.count == 1)
        let two = try layers(["layer_two"])["layer_two"] as? [String: Any]
        #expect((two?["layer_two.group"] as? [String: Any])?.isEmpty == true)
    }

    @Test func namedGroups() throws {
        let both = try layers(["layer_one", "layer_one.number", "layer_two", "layer_two.group"])
        let one = both["layer_one"] as? [String: Any]
        #expect((one?["layer_one.number_tree"] as? [String: Any])?["layer_one.number.part"] as? String == "2")
        let group = (both["layer_two"] as? [String: Any])?["layer_two.group"] as? [String: Any]
        #expect(group?["layer_two.group.text"] as? String == "3")
    }

    @Test func unknownLayers() throws {
        #expect(try layers(["nonsense"]).isEmpty)
    }
}
