import Fields
import Foundation
import Output
import Records
import Testing

/// The fields of these tests.
enum Fields {
    static let layer = Field("test.out", "Test protocol", .layer, "a layer of the output tests")
    static let group = Field("test.out.group", "Group", .group, "a heading of the output tests")
    static let entry = Field("test.out.entry", "Entry", .group, "an entry of the output tests")
    static let number = Field("test.out.number", "Number", .unsigned(bits: 32), "a number of the output tests")
    static let other = Field("test.out.other", "Other", .unsigned(bits: 32), "another number of the output tests")
    static let blob = Field("test.out.blob", "Blob", .bytes, "bytes of the output tests")
    static let text = Field("test.out.text", "Text", .text, "text of the output tests")
    static let low = Field("test.out.low", "LOW", .flag(mask: 1, bits: 8), "the lowest bit of eight")
    static let high = Field("test.out.high", "HIGH", .flag(mask: 0x8000, bits: 16), "the highest bit of sixteen")
    static let topmost = Field("test.out.topmost", "TOP", .flag(mask: 1 << 63, bits: 64), "the highest bit of 64")
    static let all = [layer, group, entry, number, other, blob, text, low, high, topmost]
}

/// What `body` appends.
func text(_ body: (inout TextBuffer) -> Void) -> String {
    var buffer = TextBuffer()
    body(&buffer)
    return buffer.string
}

func buffer(_ string: String) -> TextBuffer {
    var buffer = TextBuffer()
    buffer.append(string)
    return buffer
}

/// A record from 10.0.0.1:1000 to 10.0.0.2:8333 with whatever `fill` puts under the protocol's layer.
func makeRecord(time: Int64 = 0, _ fill: (inout TreeSink) -> Void = { _ in }) -> Record {
    var record = Record()
    record.frameNumber = 7
    record.time = time
    record.source = Array("10.0.0.1:1000".utf8)
    record.destination = Array("10.0.0.2:8333".utf8)
    record.stream = 3
    record.length = 61
    record.info = buffer("inv 1 × MSG_TX")
    record.said = 3..<record.info.count
    record.frames = [5, 7]
    var sink = TreeSink()
    let layer = sink.open(Fields.layer, at: 0, value: 0, flags: [])
    fill(&sink)
    sink.close(layer, at: 0)
    record.tree = sink.tree
    return record
}

/// The lines of `text`, each a JSON object.
func objects(_ text: String) throws -> [[String: Any]] {
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
    }
}

extension TextBuffer {
    init(_ text: String) {
        self.init()
        append(text)
    }
}
