import Fields
import Records
import Testing

@testable import Output

@Suite struct TreeTextTests {
    /// The lines under the layer's own.
    private func lines(
        _ bytes: [UInt8] = [], full: Bool = false, colour: Bool = false, _ fill: (inout TreeSink) -> Void
    ) -> [String] {
        _ = Fields.all
        let record = makeRecord(fill)
        var tree = TreeText(full: full, colour: Colour(isOn: colour))
        let all = text { tree.append(record, bytes.span.bytes, to: &$0) }
        #expect(all.hasSuffix("\n"))
        return all.dropLast().split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).map(String.init)
    }

    private func heading(_ record: borrowing Record, full: Bool = false) -> [Substring] {
        _ = Fields.all
        var tree = TreeText(full: full, colour: Colour(isOn: false))
        return text { tree.append(record, RawSpan(), to: &$0) }.split(separator: "\n")
    }

    @Test func whereTheMessageComesFrom() {
        var record = makeRecord(time: 1_301_327_937_931_550_000)
        #expect(
            heading(record) == [
                "Frame 7: Bitcoin message of 61 bytes, reassembled from 2 frames (5, 7), complete at "
                    + "2011-03-28 15:58:57.931550000 UTC",
                "Transmission Control Protocol, 10.0.0.1:1000 → 10.0.0.2:8333, Stream: 3",
                "Test protocol",
            ])
        record.frames = [7]
        record.length = 1
        record.time = -1
        #expect(
            heading(record)[0] == "Frame 7: Bitcoin message of 1 byte, complete at 1969-12-31 23:59:59.999999999 UTC")
        record.frames = ContiguousArray(1...9)
        #expect(heading(record)[0].contains("from 9 frames (1, 2, 3, 4, 5, 6, 7, 8, …), "))
        #expect(heading(record, full: true)[0].contains("from 9 frames (1, 2, 3, 4, 5, 6, 7, 8, 9), "))
    }

    @Test func fourSpacesALevel() {
        let lines = lines([1, 0, 0, 0, 2, 0, 0, 0]) { sink in
            let group = sink.open(Fields.group, at: 0, value: 0, flags: [])
            for index in 0..<2 {
                let entry = sink.open(Fields.entry, at: index * 4, value: UInt64(index), flags: .listEntry)
                sink.leaf(Fields.number, at: index * 4, length: 4, value: UInt64(index) + 1, flags: [])
                sink.close(entry, at: index * 4 + 4)
            }
            sink.close(group, at: 8)
            sink.head(group, buffer("2 entries\u{1b}[31m"))
        }
        #expect(
            lines == [
                "    Group: 2 entries\\x1b[31m", "        Entry 0", "            Number: 1", "        Entry 1",
                "            Number: 2",
            ])
    }

    @Test func computedItemsStandInBrackets() {
        let lines = lines { sink in
            let own: [UInt8] = [0xab, 0xcd]
            sink.generate(Fields.number, value: 7, RawSpan())
            sink.generate(Fields.blob, value: 0, own.span.bytes)
            let group = sink.open(Fields.group, at: 0, value: 0, flags: .generated)
            sink.close(group, at: 0)
            sink.head(group, buffer("why"))
        }
        #expect(lines == ["    [Number: 7]", "    [Blob: abcd]", "    [Group: why]"])
    }

    @Test func truncatedNodesShowWhatIsThere() {
        let lines = lines([0xaa, 0xbb]) { sink in
            sink.leaf(Fields.number, at: 0, length: 2, value: 0, flags: .truncated)
            sink.annotate(.common.truncated, value: 0)
            sink.leaf(Fields.text, at: 2, length: 0, value: 0, flags: .truncated)
        }
        #expect(
            lines == [
                "    Number: aabb <truncated>",
                "        [Expert Info (Error/Malformed): The message ends before this field does]",
                "    Text: <missing>",
            ])
    }

    @Test func bitFields() {
        let lines = lines([0xff]) { sink in
            sink.leaf(Fields.low, at: 0, length: 1, value: 1, flags: .partOfParent)
            sink.leaf(Fields.low, at: 0, length: 1, value: 0, flags: .partOfParent)
            sink.leaf(Fields.high, at: 0, length: 1, value: 1, flags: .partOfParent)
            sink.leaf(Fields.topmost, at: 0, length: 1, value: 1, flags: .partOfParent)
        }
        let dots = Array(repeating: "....", count: 15).joined(separator: " ")
        #expect(
            lines == [
                "    .... ...1 = LOW: Set", "    .... ...0 = LOW: Not set", "    1... .... .... .... = HIGH: Set",
                "    1... \(dots) = TOP: Set",
            ])
    }

    @Test func annotationsFollowTheirNode() {
        let lines = lines([1, 2, 3, 4]) { sink in
            sink.leaf(Fields.number, at: 0, length: 4, value: 9, flags: [])
            sink.annotate(.common.countOverLimit, value: 5)
            sink.annotate(remark("bitcoin.trailing.ignored"), value: 0)
            sink.leaf(Fields.other, at: 0, length: 4, value: 9, flags: [])
        }
        #expect(
            lines == [
                "    Number: 9", "        [Expert Info (Error/Malformed): More than the 5 that receivers accept]",
                "        [Expert Info (Warning/Protocol): Bytes after the last known field: receivers ignore them]",
                "    Other: 9",
            ])
    }

    @Test func longBytesAreCutUnlessFull() {
        let limit = TreeText.byteLimit
        let bytes = [UInt8](repeating: 0xab, count: limit + 1)
        let hex = String(repeating: "ab", count: limit)
        func blob(_ count: Int, full: Bool, _ flags: NodeFlags = []) -> [String] {
            lines(bytes, full: full) { $0.leaf(Fields.blob, at: 0, length: count, value: 0, flags: flags) }
        }
        #expect(blob(limit, full: false) == ["    Blob: \(hex)"])
        #expect(blob(limit + 1, full: false) == ["    Blob: \(hex)…"])
        #expect(blob(limit + 1, full: true) == ["    Blob: \(hex)ab"])
        #expect(blob(limit + 1, full: false, .truncated) == ["    Blob: \(hex)… <truncated>"])
        #expect(blob(limit + 1, full: true, .truncated) == ["    Blob: \(hex)ab <truncated>"])
    }

    @Test func textIsEscaped() {
        let hostile = Array("/\u{1b}]0;owned\u{7}\n\u{202e}/".utf8)
        let lines = lines(hostile) { $0.leaf(Fields.text, at: 0, length: hostile.count, value: 0, flags: []) }
        #expect(lines == ["    Text: /\\x1b]0;owned\\x07\\n\\xe2\\x80\\xae/"])
    }

    /// Ranges that are not in the message's bytes show nothing rather than trap.
    @Test func rangesAreClamped() {
        let lines = lines([1, 2]) { sink in
            sink.leaf(Fields.blob, at: 1, length: 99, value: 0, flags: [])
            sink.leaf(Fields.blob, at: 99, length: 1, value: 0, flags: [])
        }
        #expect(lines == ["    Blob: 02", "    Blob: "])
    }

    @Test func colours() {
        let plain = lines([1, 2, 3, 4]) { sink in
            sink.leaf(Fields.number, at: 0, length: 4, value: 9, flags: [])
            sink.annotate(.common.countOverLimit, value: 0)
            sink.annotate(.common.layoutUnsettled, value: 0)
        }
        let coloured = lines([1, 2, 3, 4], colour: true) { sink in
            sink.leaf(Fields.number, at: 0, length: 4, value: 9, flags: [])
            sink.annotate(.common.countOverLimit, value: 0)
            sink.annotate(.common.layoutUnsettled, value: 0)
        }
        #expect(!plain.joined().contains("\u{1b}"))
        #expect(coloured[0] == plain[0])
        #expect(coloured[1].contains("\u{1b}[31m[Expert Info (Error/Malformed)"))
        #expect(coloured[2] == plain[2], "a note is not red")
    }
}
