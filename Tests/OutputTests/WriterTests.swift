import Fields
import Foundation
import Records
import Testing

@testable import Output

@Suite struct FieldsWriterTests {
    /// The line of a record with two entries, each of a number and a text.
    private func line(_ fields: [Field], truncated: Bool = false) -> String {
        _ = Fields.all
        let output = ByteOutput(descriptor: -1)
        let writer = FieldsWriter(output, fields: fields, depth: .tree)
        let bytes: [UInt8] = [1, 0, 0, 0, 0x61, 0x09, 2, 0, 0, 0, 0x62, 0x63]
        let record = makeRecord { sink in
            for index in 0..<2 {
                let entry = sink.open(Fields.entry, at: index * 6, value: UInt64(index), flags: .listEntry)
                sink.leaf(Fields.number, at: index * 6, length: 4, value: UInt64(index) + 1, flags: [])
                let flags: NodeFlags = truncated && index == 1 ? .truncated : []
                sink.leaf(Fields.text, at: index * 6 + 4, length: 2, value: 0, flags: flags)
                sink.close(entry, at: index * 6 + 6)
            }
            sink.leaf(Fields.low, at: 0, length: 1, value: 1, flags: .partOfParent)
        }
        writer.begin()
        writer.write(record, bytes.span.bytes)
        return output.buffer.string
    }

    @Test func valuesOfOneFieldAreJoined() {
        #expect(line([Fields.number]) == "1,2\n")
        #expect(line([Fields.text, Fields.number]) == "a\\t,bc\t1,2\n", "a tab in a text is no separator")
        #expect(line([Fields.low]) == "1\n")
    }

    @Test func absentFieldsAreEmpty() {
        #expect(line([Fields.blob]) == "\n")
        #expect(line([Fields.blob, Fields.number, Fields.blob, Fields.other]) == "\t1,2\t\t\n")
    }

    @Test func aFieldMayBeAskedForTwice() {
        #expect(line([Fields.number, Fields.low, Fields.number, Fields.number]) == "1,2\t1\t1,2\t1,2\n")
    }

    @Test func groupsShowTheirLabels() {
        #expect(line([Fields.layer, Fields.entry]) == "Test protocol\tEntry,Entry\n")
    }

    @Test func truncatedValuesAreTheBytesThatAreThere() {
        #expect(line([Fields.text], truncated: true) == "a\\t,6263\n")
    }

    @Test func fieldsDeclaredLaterArePassedOver() {
        let output = ByteOutput(descriptor: -1)
        let writer = FieldsWriter(output, fields: [Fields.number], depth: .tree)
        let late = Field("test.out.late", "Late", .unsigned(bits: 8), "declared after the writer was made")
        let record = makeRecord { sink in
            sink.leaf(late, at: 0, length: 0, value: 1, flags: [])
            sink.leaf(Fields.number, at: 0, length: 0, value: 2, flags: [])
        }
        writer.write(record, RawSpan())
        #expect(output.buffer.string == "2\n")
    }

    @Test func columnsAreClearedFromRecordToRecord() {
        let output = ByteOutput(descriptor: -1)
        let writer = FieldsWriter(output, fields: [Fields.number], depth: .tree)
        let first = makeRecord { $0.leaf(Fields.number, at: 0, length: 0, value: 1, flags: []) }
        writer.write(first, RawSpan())
        writer.write(makeRecord(), RawSpan())
        writer.write(first, RawSpan())
        #expect(output.buffer.string == "1\n\n1\n")
        #expect(writer.wants.depth == .tree && !writer.wants.info)
    }
}

@Suite struct TextWriterTests {
    private func write(summary: Bool, tree: Bool, hex: Bool) -> String {
        _ = Fields.all
        let output = ByteOutput(descriptor: -1)
        let plain = Colour(isOn: false)
        let writer = TextWriter(
            output, summary: summary ? SummaryLine(time: TimeColumn(.relative), colour: plain) : nil,
            tree: tree ? TreeText(full: false, colour: plain) : nil, hex: hex)
        #expect(writer.wants.depth == (tree ? .tree : .summary) && writer.wants.info == summary)
        let bytes: [UInt8] = [0x41]
        for _ in 0..<2 { writer.write(makeRecord(), bytes.span.bytes) }
        return output.buffer.string
    }

    private let line = "    7   0.000000 10.0.0.1:1000 → 10.0.0.2:8333 Bitcoin 61 inv 1 × MSG_TX\n"
    private let dump = "0000  41                                                A\n"

    @Test func summaryAlone() { #expect(write(summary: true, tree: false, hex: false) == line + line) }

    @Test func summaryAndDump() {
        #expect(write(summary: true, tree: false, hex: true) == line + dump + "\n" + line + dump + "\n")
    }

    @Test func aBlankLineAfterEachTree() {
        let tree = write(summary: false, tree: true, hex: false)
        #expect(tree.hasSuffix("\nTest protocol\n\n"))
        #expect(tree.split(separator: "\n\n").count == 2)
        #expect(write(summary: false, tree: true, hex: true).hasSuffix("\nTest protocol\n\n" + dump + "\n"))
    }

    /// On a terminal no line is wider than it; those for programs are complete.
    @Test func linesAreCut() {
        _ = Fields.all
        func lines(_ width: Int?, isForPeople: Bool = true) -> [Substring] {
            let output = ByteOutput(descriptor: -1)
            output.width = width
            let plain = Colour(isOn: false)
            let writer = TextWriter(
                output, summary: SummaryLine(time: TimeColumn(.relative), colour: plain),
                tree: TreeText(full: false, colour: plain), hex: true, isForPeople: isForPeople)
            let bytes: [UInt8] = [0x41]
            for _ in 0..<2 { writer.write(makeRecord(), bytes.span.bytes) }
            return output.buffer.string.split(separator: "\n", omittingEmptySubsequences: false)
        }
        let all = lines(nil)
        #expect(all.contains { $0.count > 72 } && lines(200) == all && lines(30, isForPeople: false) == all)
        let cut = lines(30)
        #expect(cut.count == all.count && cut.contains("    7   0.000000 10.0.0.1:100…"))
        for (cut, complete) in zip(cut, all) {
            #expect(
                cut == complete ? complete.count <= 30 : cut.count == 30 && complete.hasPrefix(cut.dropLast()), "\(cut)"
            )
        }
    }

    /// Also of a text that grows too large to be held.
    @Test func linesOfALargeTreeAreCut() {
        let blob = [UInt8](repeating: 0x41, count: 60)
        let text = written { output in
            output.width = 40
            let writer = TextWriter(output, summary: nil, tree: TreeText(full: true, colour: Colour(isOn: false)))
            let record = makeRecord { sink in
                for _ in 0..<2_000 { sink.leaf(Fields.blob, at: 0, length: 60, value: 0, flags: []) }
            }
            writer.write(record, blob.span.bytes)
            writer.end()
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count > 2_000 && lines.allSatisfy { $0.count <= 40 })
        #expect(lines.count { $0.hasPrefix("    Blob: 4141414141") && $0.last == "…" } == 2_000)
    }
}

@Suite struct ByteOutputTests {
    private func fill(_ output: ByteOutput, _ count: Int) {
        output.buffer.append(String(repeating: "x", count: count))
        output.flushIfFull()
    }

    @Test func writesWhenFull() throws {
        let path = NSTemporaryDirectory() + "output-test-" + UUID().uuidString
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            unlink(path)
        }
        func written() -> Int { Int(lseek(descriptor, 0, SEEK_END)) }
        let output = ByteOutput(descriptor: descriptor)
        fill(output, ByteOutput.capacity - 1)
        #expect(written() == 0)
        fill(output, 1)
        #expect(written() == ByteOutput.capacity && output.buffer.isEmpty)
        fill(output, 3)
        output.flush()
        output.flush()
        #expect(written() == ByteOutput.capacity + 3)
        output.isLineBuffered = true
        fill(output, 1)
        #expect(written() == ByteOutput.capacity + 4)
        #expect(!output.isClosed && output.errorNumber == 0)
    }

    @Test func aFullDiskIsAnError() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let output = ByteOutput(descriptor: descriptor, isLineBuffered: true)
        fill(output, 1)
        #expect(output.isClosed && output.errorNumber == ENOSPC)
        #expect(output.buffer.isEmpty, "nothing is kept that can never be written")
        fill(output, 1)
        #expect(output.errorNumber == ENOSPC && output.buffer.isEmpty)
    }

    @Test func aDescriptorThatIsNotOpenIsAnError() {
        let output = ByteOutput(descriptor: -1, isLineBuffered: true)
        output.flush()
        #expect(!output.isClosed, "nothing was written")
        fill(output, 1)
        #expect(output.isClosed && output.errorNumber == EBADF)
    }

    /// In a process of its own, since signals are everybody's.
    @Test func aReaderMayGoAway() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            let output = ByteOutput(descriptor: ends[1], isLineBuffered: true)
            output.buffer.append("read")
            output.flush()
            #expect(!output.isClosed)
            close(ends[0])
            output.buffer.append("unread")
            output.flush()
            #expect(output.isClosed && output.errorNumber == 0)
        }
    }

    /// A pipe takes less than is offered: the rest is written when there is room.
    @Test func allIsWrittenThroughANarrowPipe() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (input, end) = (ends[0], ends[1])
        let reader = Task.detached {
            var count = 0
            var chunk = [UInt8](repeating: 0, count: 1000)
            while true {
                let got = read(input, &chunk, chunk.count)
                guard got > 0 else { return count }
                count += got
            }
        }
        let output = ByteOutput(descriptor: end)
        fill(output, 300_001)
        close(end)
        #expect(await reader.value == 300_001)
        close(input)
        #expect(!output.isClosed)
    }
}
