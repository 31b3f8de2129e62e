import Fields
import Foundation
import Records
import Testing

@testable import Output

@Suite struct JSONWriterTests {
    @Test func tsharksShape() throws {
        let text = written(listBytes, time: 1_301_327_937_931_550_000, { JSONWriter($0) }, fillList)
        let expected = """
            [
              {
                "_index": "packets-2011-03-28",
                "_type": "doc",
                "_score": null,
                "_source": {
                  "layers": {
                    "kinds": {
                      "kinds.count": [
                        "2",
                        "3"
                      ],
                      "kinds.list": {
                        "kinds.item": [
                          {
                            "kinds.type": "1",
                            "kinds.agent": "a\\""
                          },
                          {
                            "kinds.type": "9",
                            "kinds.agent": "b\\\\x1b"
                          }
                        ]
                      },
                      "kinds.services": "0x0000000000000009",
                      "kinds.services_tree": {
                        "kinds.services.network": "1",
                        "kinds.services.witness": "1"
                      },
                      "kinds.blob": "aa:bb",
                      "kinds.blob_tree": {
                        "_ws.expert": [
                          {
                            "bitcoin.message.ends_early": "",
                            "_ws.expert.message": "The message ends before this field does",
                            "_ws.expert.severity": "8388608",
                            "_ws.expert.group": "117440512"
                          },
                          {
                            "bitcoin.count.over_limit": "",
                            "_ws.expert.message": "More than the 5 that receivers accept",
                            "_ws.expert.severity": "8388608",
                            "_ws.expert.group": "117440512"
                          }
                        ]
                      }
                    }
                  }
                }
              }
            ]

            """
        #expect(text == expected)
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [Any])
    }

    @Test func anArrayOfNothingOrOfSeveral() {
        func write(_ count: Int) -> String {
            written { output in
                let writer = JSONWriter(output, columns: [FieldColumn(Kinds.count)], depth: .header)
                writer.begin()
                for number in 0..<count {
                    let record = makeRecord(layer: Kinds.layer) {
                        $0.leaf(Kinds.count, at: 0, length: 1, value: UInt64(number), flags: [])
                    }
                    writer.write(record, RawSpan())
                }
                writer.end()
            }
        }
        #expect(write(0) == "[]\n")
        #expect(write(2).hasPrefix("[\n  {\n    \"_index\""))
        #expect(write(2).contains("\n    }\n  },\n  {\n"))
        #expect(write(2).hasSuffix("\n    }\n  }\n]\n"))
    }

    @Test func columnsAreArrays() throws {
        let columns = [
            FieldColumn(Kinds.agent), FieldColumn(Kinds.relay), FieldColumn(Kinds.list), FieldColumn(Kinds.agent),
            FieldColumn(name: "any", fields: [Kinds.network, Kinds.type]),
        ]
        let text = written(listBytes, { JSONWriter($0, columns: columns, depth: .tree) }, fillList)
        let layers = try layers(text)
        #expect(
            layers as? [String: [String]] == [
                "kinds.agent": ["a\"", "b\\x1b"], "kinds.list": ["List"], "any": ["1", "9", "1"],
            ])
    }

    /// Bytes have colons in trees, and none where a column asks for them, also those of a field that is cut off.
    @Test func bytesOfColumns() throws {
        let columns = [FieldColumn(Kinds.blob)]
        let json = written(listBytes, { JSONWriter($0, columns: columns, depth: .tree) }, fillList)
        #expect(try layers(json) as? [String: [String]] == ["kinds.blob": ["aabb"]])
        let ek = written(listBytes, { EKWriter($0, columns: columns, depth: .tree) }, fillList)
        #expect(ek.hasSuffix("\"layers\":{\"kinds_blob\":[\"aabb\"]}}\n"))
        #expect(written(listBytes, { JSONWriter($0) }, fillList).contains("\"kinds.blob\": \"aa:bb\""))
    }

    private func layers(_ text: String) throws -> [String: Any] {
        let array = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let source = try #require(array.first?["_source"] as? [String: Any])
        return try #require(source["layers"] as? [String: Any])
    }

    @Test func rawValues() throws {
        let text = written(listBytes, { JSONWriter($0, .raw) }, fillList)
        let layers = try layers(text)
        let kinds = try #require(layers["kinds"] as? [String: Any])
        #expect(Set(layers.keys) == ["kinds_raw", "kinds"])
        #expect(kinds["kinds.count"] == nil && kinds["kinds.services"] == nil)
        #expect(kinds["kinds.services_raw"] as? NSArray == ["010000006122" + "0900", 0, 8, 0, 11] as NSArray)
        #expect(kinds["kinds.count_raw"] as? NSArray == [["01", 0, 1, 0, 11], ["aa", 12, 1, 0, 11]] as NSArray)
        let bits = try #require(kinds["kinds.services_tree"] as? [String: Any])
        #expect(bits["kinds.services.witness_raw"] as? NSArray == ["1", 0, 8, 8, 2] as NSArray)
        let list = try #require(kinds["kinds.list"] as? [String: Any])
        #expect((list["kinds.item_raw"] as? [Any])?.count == 2 && (list["kinds.item"] as? [Any])?.count == 2)
        #expect(kinds["kinds.list_raw"] as? NSArray == ["010000006122090000" + "00621b", 0, 12, 0, 0] as NSArray)
        #expect(
            text.contains(
                "\"kinds.blob_raw\": [\n            \"aabb\",\n            12,\n            2,\n            0,\n            30\n          ]"
            ))
    }

    @Test func rawBesideValues() throws {
        let text = written(listBytes, { JSONWriter($0, .valuesAndRaw) }, fillList)
        let kinds = try #require(try layers(text)["kinds"] as? [String: Any])
        #expect(kinds["kinds.services"] as? String == "0x0000000000000009")
        #expect((kinds["kinds.services_raw"] as? [Any])?.count == 5)
        let hash: [UInt8] = [1, 2]
        let computed = written([], { JSONWriter($0, .raw) }) { $0.generate(Kinds.hash, value: 0, hash.span.bytes) }
        let generated = try #require(try layers(computed)["kinds"] as? [String: Any])
        #expect(generated["kinds.hash_raw"] == nil, "it has no bytes in the message")
    }

    /// `tcp.seq_raw` is a field, and `tcp.seq` cannot have its bytes under that key, too.
    @Test func rawBesideAFieldOfThatName() throws {
        let values = written([7], { JSONWriter($0, .valuesAndRaw) }, fillPlaces)
        #expect(values.ranges(of: "\"kinds.place_raw\":").count == 1)
        let kinds = try #require(try layers(values)["kinds"] as? [String: Any])
        #expect(kinds["kinds.place"] as? String == "1" && kinds["kinds.place_raw"] as? String == "7")
        #expect(kinds["kinds.place_raw_raw"] as? NSArray == ["07", 0, 1, 0, 4] as NSArray)
        let raw = try #require(
            try layers(written([7], { JSONWriter($0, .raw) }, fillPlaces))["kinds"] as? [String: Any])
        #expect(Set(raw.keys) == ["kinds.place_raw_raw"])
    }

    /// Repeated fields of which some have parts: as many trees as values.
    @Test func treesGoWithTheirValues() throws {
        let text = written([], { JSONWriter($0) }) { sink in
            for value in [9, 0, 1] as [UInt64] {
                sink.leaf(Kinds.services, at: 0, length: 0, value: value, flags: [])
                guard value != 0 else { continue }
                let mark = sink.reopen()
                sink.leaf(Kinds.network, at: 0, length: 0, value: 1, flags: .partOfParent)
                sink.close(mark, at: 0)
            }
            let empty = sink.open(Kinds.list, at: 0, value: 0, flags: [])
            sink.close(empty, at: 0)
        }
        let kinds = try #require(try layers(text)["kinds"] as? [String: Any])
        let trees = kinds["kinds.services_tree"] as? [[String: String]]
        #expect(trees == [["kinds.services.network": "1"], [:], ["kinds.services.network": "1"]])
        #expect((kinds["kinds.list"] as? [String: Any])?.isEmpty == true)
    }

    @Test(arguments: hostileTexts)
    func anyTextIsValid(_ bytes: [UInt8]) throws {
        for make in [
            { (output: ByteOutput) in JSONWriter(output) as any RecordSink },
            { JSONWriter($0, .valuesAndRaw) }, { JSONWriter($0, columns: [FieldColumn(Kinds.agent)], depth: .tree) },
        ] {
            let text = written(bytes, make) { $0.leaf(Kinds.agent, at: 0, length: bytes.count, value: 0, flags: []) }
            let layers = try layers(text)
            let shown = (layers["kinds"] as? [String: Any])?["kinds.agent"] as? String
            let column = (layers["kinds.agent"] as? [String])?.first
            #expect(shown ?? column == harmless(bytes))
        }
    }

    /// A large message is written piece by piece, and whole.
    @Test func largeMessages() throws {
        let text = written([], { JSONWriter($0) }) { sink in
            for number in 0..<20_000 { sink.leaf(Kinds.count, at: 0, length: 0, value: UInt64(number), flags: []) }
        }
        let values = (try layers(text)["kinds"] as? [String: Any])?["kinds.count"] as? [String]
        #expect(values == (0..<20_000).map(String.init))
    }
}

@Suite struct EKWriterTests {
    private func write(_ bytes: [UInt8] = listBytes, raw: Bool = false, _ fill: (inout TreeSink) -> Void = fillList)
        -> [Substring]
    {
        written(bytes, time: 1_301_327_937_931_550_000, { EKWriter($0, raw: raw) }, fill).split(separator: "\n")
    }

    @Test func tsharksShape() throws {
        let lines = write()
        try #require(lines.count == 2)
        #expect(lines[0] == "{\"index\":{\"_index\":\"packets-2011-03-28\"}}")
        let expected: [String] = [
            "{\"timestamp\":\"1301327937931\",\"layers\":{\"kinds\":{\"kinds_kinds_count\":[\"2\",\"3\"],",
            "\"kinds_kinds_list\":null,\"kinds_kinds_item\":null,\"kinds_kinds_type\":[\"1\",\"9\"],",
            "\"kinds_kinds_agent\":[\"a\\\"\",\"b\\\\x1b\"],\"kinds_kinds_services\":\"0x0000000000000009\",",
            "\"kinds_kinds_services_network\":true,\"kinds_kinds_services_witness\":true,",
            "\"kinds_kinds_blob\":\"aa:bb\",\"_ws_expert\":[{\"_ws_expert__ws_expert_message\":",
            "\"The message ends before this field does\",\"_ws_expert__ws_expert_severity\":\"8388608\",",
            "\"_ws_expert__ws_expert_group\":\"117440512\"},{\"_ws_expert__ws_expert_message\":",
            "\"More than the 5 that receivers accept\",\"_ws_expert__ws_expert_severity\":\"8388608\",",
            "\"_ws_expert__ws_expert_group\":\"117440512\"}]}}}",
        ]
        #expect(lines[1] == expected.joined())
    }

    @Test func rawBesideValues() {
        let line = write(raw: true)[1]
        #expect(line.contains("\"kinds_kinds_count_raw\":[\"01\",\"aa\"],\"kinds_kinds_count\":[\"2\",\"3\"],"))
        let hash: [UInt8] = [1, 2]
        let generated = write([], raw: true) { $0.generate(Kinds.hash, value: 0, hash.span.bytes) }[1]
        #expect(generated.contains("kinds_kinds_hash\"") && !generated.contains("kinds_kinds_hash_raw"))
    }

    @Test func rawBesideAFieldOfThatName() {
        let line = write([7], raw: true, fillPlaces)[1]
        #expect(
            line.contains(
                "\"kinds_kinds_place\":\"1\",\"kinds_kinds_place_raw_raw\":\"07\",\"kinds_kinds_place_raw\":\"7\""))
    }

    @Test func columns() {
        let columns = [FieldColumn(Kinds.agent), FieldColumn(Kinds.relay), FieldColumn(Kinds.network)]
        let text = written(listBytes, { EKWriter($0, columns: columns, depth: .tree) }, fillList)
        #expect(
            text == "{\"index\":{\"_index\":\"packets-1970-01-01\"}}\n{\"timestamp\":\"0\",\"layers\":{\"kinds_agent\":"
                + "[\"a\\\"\",\"b\\\\x1b\"],\"kinds_services_network\":[\"1\"]}}\n")
    }

    @Test func timesBeforeTheEpoch() {
        let text = written([], time: -1, { EKWriter($0) }) { _ in }
        #expect(
            text
                == "{\"index\":{\"_index\":\"packets-1969-12-31\"}}\n{\"timestamp\":\"-1\",\"layers\":{\"kinds\":{}}}\n"
        )
    }

    @Test(arguments: hostileTexts)
    func anyTextIsValid(_ bytes: [UInt8]) throws {
        let lines = write(bytes) { $0.leaf(Kinds.agent, at: 0, length: bytes.count, value: 0, flags: []) }
        try #require(lines.count == 2)
        let object = try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any]
        let layers = object?["layers"] as? [String: [String: String]]
        #expect(layers == ["kinds": ["kinds_kinds_agent": harmless(bytes)]])
    }
}
