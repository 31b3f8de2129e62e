import Fields
import Foundation
import FoundationXML
import Records
import Testing

@testable import Output

/// The elements of a document, each as its name, attributes and depth.
final class Elements: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var depth: Int
        var attributes: [String: String]
    }

    private(set) var all: [Element] = []
    private var depth = 0

    /// Nil where the document is not well-formed.
    static func parse(_ text: String) -> [Element]? {
        let elements = Elements()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = elements
        return parser.parse() ? elements.all : nil
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes: [String: String] = [:]
    ) {
        all.append(Element(name: name, depth: depth, attributes: attributes))
        depth += 1
    }

    func parser(_: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?) { depth -= 1 }
}

@Suite struct PDMLWriterTests {
    private func write(
        _ bytes: [UInt8] = listBytes, columns: [FieldColumn]? = nil, _ fill: (inout TreeSink) -> Void = fillList
    ) -> String {
        let time: Int64 = 1_301_327_937_931_550_000
        guard let columns else {
            return written(bytes, time: time, { PDMLWriter($0, creator: "btcshark/1", captureFile: "a.pcap") }, fill)
        }
        return written(
            bytes, time: time, { PDMLWriter($0, creator: "t", captureFile: nil, columns: columns, depth: .tree) }, fill
        )
    }

    @Test func tsharksShape() {
        let dots = Array(repeating: "....", count: 2).joined(separator: " ")
        #expect(
            write() == """
                <?xml version="1.0" encoding="utf-8"?>
                <pdml version="0" creator="btcshark/1" capture_file="a.pcap">
                <packet>
                  <proto name="geninfo" pos="0" showname="General information" size="61">
                    <field name="num" pos="0" show="7" showname="Number" value="7" size="61"/>
                    <field name="len" pos="0" show="61" showname="Frame Length" value="3d" size="61"/>
                    <field name="caplen" pos="0" show="14" showname="Captured Length" value="e" size="61"/>
                    <field name="timestamp" pos="0" show="2011-03-28T15:58:57.931550000Z" showname="Captured Time" value="1301327937.931550000" size="61"/>
                  </proto>
                  <proto name="kinds" showname="Kinds &lt;&amp;&quot;&#x27;&gt;" size="0" pos="0">
                    <field name="kinds.count" showname="Count: 2" size="1" pos="0" show="2" value="01"/>
                    <field name="kinds.list" showname="List" size="12" pos="0" show="" value="">
                      <field name="kinds.item" showname="Item 0" size="6" pos="0" show="" value="">
                        <field name="kinds.type" showname="Type: MSG_TX (1)" size="4" pos="0" show="1" value="01000000"/>
                        <field name="kinds.agent" showname="Agent: a&quot;" size="2" pos="4" show="a&quot;" value="6122"/>
                      </field>
                      <field name="kinds.item" showname="Item 1" size="6" pos="6" show="" value="">
                        <field name="kinds.type" showname="Type: Unknown (9)" size="4" pos="6" show="9" value="09000000"/>
                        <field name="kinds.agent" showname="Agent: b\\x1b" size="2" pos="10" show="b\\x1b" value="621b"/>
                      </field>
                    </field>
                    <field name="kinds.services" showname="Services: 0x0000000000000009" size="8" pos="0" show="0x0000000000000009" value="0100000061220900">
                      <field name="kinds.services.network" showname="\(dots) ...1 = NETWORK: Set" size="8" pos="0" show="1" value="1" unmaskedvalue="0100000061220900"/>
                      <field name="kinds.services.witness" showname="\(dots) 1... = WITNESS: Set" size="8" pos="0" show="1" value="1" unmaskedvalue="0100000061220900"/>
                    </field>
                    <field name="kinds.count" showname="Count: 3" size="1" pos="12" show="3" value="aa"/>
                    <field name="kinds.blob" showname="Blob: aabb" size="2" pos="12" show="aabb" value="aabb">
                      <field name="_ws.expert" showname="Expert Info (Error/Malformed): The message ends before this field does" size="0" pos="12">
                        <field name="_ws.expert.message" showname="Message: The message ends before this field does" hide="yes" size="0" pos="0" show="The message ends before this field does"/>
                        <field name="_ws.expert.severity" showname="Severity level: Error" size="0" pos="0" show="8388608"/>
                        <field name="_ws.expert.group" showname="Group: Malformed" size="0" pos="0" show="117440512"/>
                      </field>
                      <field name="_ws.expert" showname="Expert Info (Error/Malformed): More than the 5 that receivers accept" size="0" pos="12">
                        <field name="_ws.expert.message" showname="Message: More than the 5 that receivers accept" hide="yes" size="0" pos="0" show="More than the 5 that receivers accept"/>
                        <field name="_ws.expert.severity" showname="Severity level: Error" size="0" pos="0" show="8388608"/>
                        <field name="_ws.expert.group" showname="Group: Malformed" size="0" pos="0" show="117440512"/>
                      </field>
                    </field>
                  </proto>
                </packet>

                </pdml>

                """)
    }

    @Test func itIsWellFormedAndNested() throws {
        let elements = try #require(Elements.parse(write()))
        let items = elements.filter { $0.attributes["name"] == "kinds.item" }
        #expect(items.map(\.depth) == [4, 4])
        #expect(elements.first { $0.name == "proto" && $0.depth == 2 }?.attributes["name"] == "geninfo")
        #expect(elements.first { $0.attributes["name"] == "kinds" }?.attributes["showname"] == "Kinds <&\"'>")
    }

    @Test func computedFieldsHaveNoBytes() throws {
        let hash: [UInt8] = [1, 2]
        let text = write { sink in
            sink.generate(Kinds.hash, value: 0, hash.span.bytes)
            let list = sink.open(Kinds.list, at: 0, value: 0, flags: [])
            sink.close(list, at: 0)
            sink.head(list, buffer("<b>\u{1b}"))
        }
        #expect(
            text.contains("<field name=\"kinds.hash\" showname=\"Hash: 0201\" size=\"0\" pos=\"0\" show=\"0201\"/>"))
        #expect(text.contains("showname=\"List: &lt;b&gt;\\x1b\""))
    }

    @Test func columns() throws {
        let columns = [
            FieldColumn(Kinds.agent), FieldColumn(Kinds.list), FieldColumn(name: "a&b", fields: [Kinds.network]),
        ]
        let text = write(columns: columns)
        let elements = try #require(Elements.parse(text))
        let fields = elements.filter { $0.depth == 2 && $0.name == "field" }
        #expect(fields.map { $0.attributes["name"] } == ["kinds.agent", "kinds.agent", "kinds.list", "a&b"])
        #expect(fields.map { $0.attributes["value"] } == ["a\"", "b\\x1b", "List", "1"])
    }

    @Test func anEmptyDocumentAndHostileNames() throws {
        let name = "<\u{1}\u{202e}\">.pcap"
        let text = written { output in
            let writer = PDMLWriter(output, creator: "t", captureFile: name)
            writer.begin()
            writer.end()
        }
        let elements = try #require(Elements.parse(text))
        #expect(elements.map { $0.attributes["capture_file"] } == [harmless(Array(name.utf8))])
    }

    @Test(arguments: hostileTexts)
    func anyTextIsWellFormed(_ bytes: [UInt8]) throws {
        for columns in [nil, [FieldColumn(Kinds.agent)]] {
            let text = write(bytes, columns: columns) {
                $0.leaf(Kinds.agent, at: 0, length: bytes.count, value: 0, flags: [])
            }
            let elements = try #require(Elements.parse(text))
            let agent = try #require(elements.first { $0.attributes["name"] == "kinds.agent" })
            #expect(agent.attributes[columns == nil ? "show" : "value"] == harmless(bytes))
            if columns == nil { #expect(agent.attributes["showname"] == "Agent: " + harmless(bytes)) }
        }
    }
}

@Suite struct TabsTests {
    /// tshark's `-T tabs`: the columns keep their width.
    @Test func tsharksShape() {
        var record = makeRecord(time: 35_795_000)
        record.frameNumber = 4
        record.source = Array("10.20.0.2:49960".utf8)
        record.destination = Array("10.20.0.1:8333".utf8)
        record.length = 197
        record.info = buffer("version")
        var line = SummaryLine(time: TimeColumn(.epoch), colour: Colour(isOn: false), separator: 0x09)
        let text = text { line.append(record, to: &$0) }
        #expect(text == "    4\t  0.035795\t   10.20.0.2\t→\t10.20.0.1   \tBitcoin\t197\tversion\n")
    }
}
