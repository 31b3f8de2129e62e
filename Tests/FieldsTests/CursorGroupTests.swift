import Fields
import Support
import Testing

private let number = Field("test.number", "Number", .unsigned(bits: 64), "a number of these tests")
private let blob = Field("test.blob", "Blob", .bytes, "bytes of these tests")
private let outer = Field("test.outer", "Outer", .group, "a heading of these tests")
private let entry = Field("test.entry", "Entry", .group, "an entry of these tests")
private let remainder = Field("test.remainder", "Remainder", .bytes, "what an inner layout leaves")
private let low = Field("test.low", "Low", .flag(mask: 1, bits: 16), "the lowest bit")
private let high = Field("test.high", "High", .flag(mask: 0x8000, bits: 16), "the highest bit")

/// A message with everything a layout can do.
private func everything<Sink: FieldSink & ~Copyable>(_ c: inout Cursor<Sink>) throws(Stop) {
    let count = try c.compactSize(number, of: number)
    try c.list(of: entry, count, stride: 6) { (c, _) throws(Stop) in
        try c.integer(number, UInt16.self)
        try c.bytes(blob, 4)
    }
    try c.group(outer) { c throws(Stop) in
        let flags = try c.bigEndian(number, UInt16.self)
        c.parts { c in
            c.flags([(low, 1), (high, 0x8000)], of: UInt64(flags), bytes: 2)
            c.generate(number, 1)
        }
        let several = try c.compactSize(number, of: number)
        try c.list(of: entry, several, minimum: 1) { (c, _) throws(Stop) in
            let length = try c.compactSize(number, of: number)
            try c.bytes(blob, length)
        }
    }
    c.generate(number, 7)
    let inner = try c.compactSize(number, of: number)
    try c.within(inner, remainder: remainder) { c throws(Stop) in try c.integer(number, UInt16.self) }
    try c.values(2, stride: 3) { (c, _) throws(Stop) in try c.bytes(blob, 3) }
    try c.values(2, minimum: 1) { (c, _) throws(Stop) in
        let length = try c.compactSize(number, of: number)
        try c.bytes(blob, length)
    }
}

private let everythingBytes: [UInt8] =
    [2] + [1, 0, 9, 9, 9, 9] + [2, 0, 8, 8, 8, 8]  // a list of two
    + [0x80, 0x00, 3] + [2, 7, 7] + [0] + [1, 6]  // a group with flags and a list of three
    + [5, 1, 2, 3, 4, 5]  // five bytes of which the inner layout reads two
    + [1, 1, 1, 2, 2, 2] + [0xfd, 2, 0, 5, 5] + [1, 4]

@Suite struct CursorGroupTests {
    @Test func aWholeMessage() {
        let tree = dissect(everythingBytes) { c throws(Stop) in try everything(&c) }
        #expect(!tree.stopped && tree.left == 0)
        #expect(violations(tree, byteCount: everythingBytes.count).isEmpty)
        #expect(tiles(tree, to: everythingBytes.count))
        let entries = tree.nodes.filter { $0.field == entry }
        #expect(entries.map(\.value) == [0, 1, 0, 1, 2])
        #expect(entries.allSatisfy { $0.flags == .listEntry })
        #expect(tree.nodes.filter { $0.field == low || $0.field == high }.map(\.value) == [0, 1])
        #expect(tree.nodes.filter { $0.field == low }.map(\.range) == [13..<15])
        #expect(tree.nodes.filter { $0.field == remainder }.map(\.range) == [25..<28])
        #expect(tree.nodes.filter { $0.flags.contains(.generated) }.map(\.value) == [1, 7])
        #expect(skim(everythingBytes) { c throws(Stop) in try everything(&c) } == (false, 0))
    }

    @Test func everyProperPrefixStopsWithATruncatedNode() {
        for count in 0..<everythingBytes.count {
            let bytes = Array(everythingBytes[..<count])
            let tree = dissect(bytes) { c throws(Stop) in try everything(&c) }
            #expect(tree.stopped, "\(count) bytes")
            #expect(tree.left == 0, "\(count) bytes")
            #expect(violations(tree, byteCount: count).isEmpty, "\(count) bytes: \(violations(tree, byteCount: count))")
            #expect(tiles(tree, to: count), "\(count) bytes")
            #expect(tree.nodes.contains { $0.flags.contains(.truncated) }, "\(count) bytes")
            #expect(tree.kinds.contains("bitcoin.message.ends_early"), "\(count) bytes")
            #expect(skim(bytes) { c throws(Stop) in try everything(&c) } == (true, 0), "\(count) bytes")
        }
    }

    @Test func damagedMessagesKeepTheInvariants() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<3_000 {
            var bytes = everythingBytes
            for _ in 0...generator.next() % 4 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            let tree = dissect(bytes) { c throws(Stop) in try everything(&c) }
            try #require(violations(tree, byteCount: bytes.count).isEmpty, "\(bytes)")
            try #require(tiles(tree, to: bytes.count - tree.left), "\(bytes)")
            let skimmed = skim(bytes) { c throws(Stop) in try everything(&c) }
            try #require(skimmed == (tree.stopped, tree.left), "\(bytes)")
        }
    }

    @Test func groupsCloseOnStop() {
        let tree = dissect([1, 2, 3]) { c throws(Stop) in
            try c.group(outer) { c throws(Stop) in
                try c.group(entry) { c throws(Stop) in
                    try c.bytes(blob, 2)
                    try c.integer(number, UInt32.self)
                }
            }
        }
        #expect(tree.stopped)
        #expect(tree.nodes.map(\.field) == [outer, entry, blob, number])
        #expect(tree.nodes.map(\.range) == [0..<3, 0..<3, 0..<2, 2..<3])
        #expect(tree.nodes.map(\.end) == [4, 4, 3, 4])
        #expect(tree.nodes.map(\.depth) == [0, 1, 2, 2])
    }

    /// A count of 2⁶⁴ costs no more than the bytes that are there.
    @Test(arguments: [0, 1, 35, 36, 37, 200])
    func hugeCounts(_ size: Int) {
        let bytes = [UInt8](repeating: 0xff, count: 9) + [UInt8](repeating: 1, count: size)
        func list<Sink: FieldSink & ~Copyable>(_ c: inout Cursor<Sink>, _ stride: Bool) throws(Stop) {
            let count = try c.compactSize(number, of: number)
            #expect(count == Int.max)
            if stride {
                try c.list(of: entry, count, stride: 36) { (c, _) throws(Stop) in try c.bytes(blob, 36) }
            } else {
                try c.values(count, minimum: 36) { (c, _) throws(Stop) in try c.bytes(blob, 36) }
            }
        }
        for stride in [true, false] {
            let tree = dissect(bytes) { c throws(Stop) in try list(&c, stride) }
            #expect(tree.stopped && tree.left == 0)
            #expect(tree.nodes.filter { $0.field == blob }.count == size / 36 + 1)
            #expect(tree.nodes.last?.flags.contains(.truncated) == true)
            #expect(tree.nodes.last?.length == UInt32(size % 36))
            #expect(violations(tree, byteCount: bytes.count).isEmpty)
            #expect(skim(bytes) { c throws(Stop) in try list(&c, stride) } == (true, 0))
        }
    }

    /// A list of one looks like no list but for its flag; also where it is cut short.
    @Test(arguments: [[1, 2, 3], [1]] as [[UInt8]])
    func aValueAloneIsKnownAsOfAList(_ bytes: [UInt8]) {
        let tree = dissect(bytes) { c throws(Stop) in
            try c.values(1, minimum: 2) { (c, _) throws(Stop) in try c.integer(number, UInt16.self) }
            try c.bytes(blob, 1)
        }
        #expect(tree.nodes.first?.flags.contains(.listed) == true)
        #expect(tree.nodes.dropFirst().allSatisfy { !$0.flags.contains(.listed) })
    }

    @Test func emptyAndNegativeCountsReadNothing() {
        for count in [0, -1, Int.min] {
            func lists<Sink: FieldSink & ~Copyable>(_ c: inout Cursor<Sink>) throws(Stop) {
                try c.integer(number, UInt16.self)
                try c.list(of: entry, count, stride: 2) { (c, _) throws(Stop) in try c.bytes(blob, 2) }
                try c.list(of: entry, count, minimum: 2) { (c, _) throws(Stop) in try c.bytes(blob, 2) }
                try c.values(count, stride: 2) { (c, _) throws(Stop) in try c.bytes(blob, 2) }
                try c.values(count, minimum: 2) { (c, _) throws(Stop) in try c.bytes(blob, 2) }
                #expect(c.offset == 2, "\(count) entries")
            }
            #expect(dissect([1, 2, 3, 4]) { c throws(Stop) in try lists(&c) }.nodes.count == 1)
            #expect(skim([1, 2, 3, 4]) { c throws(Stop) in try lists(&c) } == (false, 2))
        }
    }

    @Test func innerLayoutsCannotReadFurther() {
        let tree = dissect([1, 2, 3, 4, 5]) { c throws(Stop) in
            try c.within(2, remainder: remainder) { c throws(Stop) in
                #expect(c.left == 2 && c.end == 2)
                try c.integer(number, UInt32.self)
            }
            #expect(c.offset == 2 && c.left == 3, "the outer layout goes on")
            try c.bytes(blob, 3)
        }
        #expect(!tree.stopped)
        #expect(tree.nodes.map(\.field) == [number, blob])
        #expect(tree.nodes.map(\.flags.rawValue) == [5, 0])
        #expect(tree.nodes.map(\.range) == [0..<2, 2..<5])
    }

    @Test(arguments: [4, 100, Int.max, -1])
    func innerLayoutsThatAreCutAreTruncated(_ count: Int) {
        let tree = dissect([1, 2, 3]) { c throws(Stop) in
            try c.within(count, remainder: remainder) { c throws(Stop) in try c.integer(number, UInt16.self) }
            Issue.record("the layout goes on")
        }
        #expect(tree.stopped && tree.left == 0)
        #expect(tree.nodes.map(\.range) == [0..<2, 2..<3])
        #expect(tree.nodes.last?.flags.contains(.truncated) == true)
        #expect(tree.kinds == ["bitcoin.message.ends_early"])
    }

    @Test func partsBelongUnderTheFieldBefore() {
        let tree = dissect([1, 0x80, 9]) { c throws(Stop) in
            let keepsFields = c.keepsFields
            #expect(keepsFields)
            let value = try c.integer(number, UInt16.self)
            c.parts { c in c.flags([(low, 1), (high, 0x8000)], of: UInt64(value), bytes: 2) }
            try c.bytes(blob, 1)
        }
        #expect(tree.nodes.map(\.field) == [number, low, high, blob])
        #expect(tree.nodes.map(\.depth) == [0, 1, 1, 0])
        #expect(tree.nodes.map(\.range) == [0..<2, 0..<2, 0..<2, 2..<3])
        #expect(tree.nodes.map(\.value) == [0x8001, 1, 1, 0])
        #expect(violations(tree, byteCount: 3).isEmpty && tiles(tree, to: 3))
    }

    @Test func groupsAreHeadedFromWithin() {
        var cursor = Cursor([UInt8](repeating: 0, count: 4).span.bytes, TreeSink())
        do throws(Stop) {
            try cursor.group(outer) { c throws(Stop) in
                let mark = c.mark
                try c.group(entry) { c throws(Stop) in
                    let mark = c.mark
                    try c.bytes(blob, 4)
                    c.head(mark, textBuffer("inner"))
                }
                c.head(mark, textBuffer("outer"))
                c.generate(blob, textBuffer("computed"))
            }
        } catch {
            Issue.record("the layout stops")
        }
        let tree = cursor.finish().tree
        let texts = (0..<4).map { tree.heading(of: $0).map { String(decoding: tree.generated[$0], as: UTF8.self) } }
        #expect(texts == ["outer", "inner", nil, nil])
        #expect(String(decoding: tree.generated[tree.nodes[3].range], as: UTF8.self) == "computed")
    }

    @Test func generatedNodesHaveBytesOfTheirOwn() {
        let tree = dissect([1, 2]) { c throws(Stop) in
            let text: [UInt8] = [9, 8, 7]
            c.generate(blob, text.span.bytes)
            try c.bytes(blob, 2)
            c.generate(number, 42)
            c.annotate(.common.layoutUnsettled)
        }
        #expect(tree.nodes.map(\.flags) == [.generated, [], [.generated, .annotated]])
        #expect(tree.nodes.map(\.range) == [0..<3, 0..<2, 3..<3])
        #expect(tree.generated == [9, 8, 7])
        #expect(violations(tree, byteCount: 2).isEmpty)
    }
}
