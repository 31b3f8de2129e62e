import Fields
import Testing

private let number = Field("test.number", "Number", .unsigned(bits: 64), "a number of these tests")
private let blob = Field("test.blob", "Blob", .bytes, "bytes of these tests")

@Suite struct CursorTests {
    private let sample: [UInt8] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8]

    @Test func integersInBothByteOrders() {
        func values<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> [T] {
            var values: [T] = []
            let tree = dissect(sample) { c throws(Stop) in values.append(try c.integer(number, T.self)) }
            #expect(tree.nodes.map(\.value) == [UInt64(truncatingIfNeeded: values[0])])
            #expect(tree.nodes.map(\.range) == [0..<MemoryLayout<T>.size])
            _ = dissect(sample) { c throws(Stop) in values.append(try c.bigEndian(number, T.self)) }
            return values
        }
        #expect(values(UInt8.self) == [1, 1])
        #expect(values(UInt16.self) == [0x0201, 0x0102])
        #expect(values(UInt32.self) == [0x0403_0201, 0x0102_0304])
        #expect(values(UInt64.self) == [0xf807_0605_0403_0201, 0x0102_0304_0506_07f8])
        #expect(values(Int64.self) == [-0x07f8_f9fa_fbfc_fdff, 0x0102_0304_0506_07f8])
    }

    @Test func signedValuesAreExtended() {
        let tree = dissect([0xfe, 0xff]) { c throws(Stop) in #expect(try c.integer(number, Int16.self) == -2) }
        #expect(tree.nodes[0].value == UInt64(bitPattern: -2))
    }

    @Test func integersOfOddWidths() {
        for width in 1...8 {
            let value = sample[..<width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            let tree = dissect(sample) { c throws(Stop) in #expect(try c.integer(number, bytes: width) == value) }
            #expect(tree.nodes.map(\.value) == [value] && tree.nodes.map(\.range) == [0..<width])
            let cut = dissect(Array(sample[..<(width - 1)])) { c throws(Stop) in try c.integer(number, bytes: width) }
            #expect(
                cut.stopped && cut.kinds == ["bitcoin.message.ends_early"] && cut.nodes.map(\.range) == [0..<width - 1])
        }
    }

    @Test func readsFollowEachOther() {
        let tree = dissect(sample, from: 1) { c throws(Stop) in
            #expect(c.offset == 1 && c.left == 7 && c.end == 8)
            try c.integer(number, UInt16.self)
            #expect(try c.bytes(blob, 3) == 3..<6)
            #expect(c.peek() == 0x07 && c.peek(1) == 0xf8 && c.peek(2) == nil && c.peek(-1) == nil)
            #expect(c.load(littleEndian: UInt16.self, at: 0) == 0x0201)
            #expect(c.load(littleEndian: UInt16.self, at: 6) == 0xf807)
            #expect(c.load(littleEndian: UInt16.self, at: 7) == nil)
            #expect(c.load(littleEndian: UInt16.self, at: -1) == nil)
            #expect(c.load(littleEndian: UInt16.self, at: .max) == nil)
            #expect(c.rest(blob) == 6..<8)
            #expect(c.rest(blob).isEmpty)
        }
        #expect(tree.nodes.map(\.range) == [1..<3, 3..<6, 6..<8])
        #expect(violations(tree, byteCount: 8).isEmpty)
    }

    @Test func startIsClamped() {
        #expect(dissect(sample, from: -5) { _ in }.left == 8)
        #expect(dissect(sample, from: 99) { _ in }.left == 0)
    }

    @Test func readingTooFarGivesATruncatedNode() {
        let tree = dissect(sample) { c throws(Stop) in
            try c.bytes(blob, 5)
            try c.integer(number, UInt32.self)
            Issue.record("the layout goes on")
        }
        #expect(tree.stopped && tree.left == 0)
        #expect(tree.nodes.map(\.range) == [0..<5, 5..<8])
        #expect(tree.nodes[1].flags == [.truncated, .annotated])
        #expect(tree.kinds == ["bitcoin.message.ends_early"])
        for count in [-1, Int.min, 9, Int.max] {
            let tree = dissect(sample) { c throws(Stop) in try c.bytes(blob, count) }
            #expect(tree.stopped && tree.nodes.map(\.range) == [0..<8], "\(count) bytes")
            #expect(tree.nodes[0].flags.contains(.truncated))
        }
    }

    // MARK: CompactSize

    @Test(
        arguments: [
            ([0x00], 0, true), ([0xfc], 0xfc, true), ([0xfd, 0xfd, 0x00], 0xfd, true),
            ([0xfd, 0xff, 0xff], 0xffff, true), ([0xfe, 0, 0, 1, 0], 0x1_0000, true),
            ([0xfe, 0xff, 0xff, 0xff, 0xff], 0xffff_ffff, true), ([0xff, 0, 0, 0, 0, 1, 0, 0, 0], 0x1_0000_0000, true),
            ([0xff, 255, 255, 255, 255, 255, 255, 255, 255], .max, true),
            ([0xfd, 0xfc, 0x00], 0xfc, false), ([0xfd, 0, 0], 0, false), ([0xfe, 0xff, 0xff, 0, 0], 0xffff, false),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 0xffff_ffff, false),
            ([0xff, 0, 0, 0, 0, 0, 0, 0, 0], 0, false),
        ] as [([UInt8], UInt64, Bool)])
    func compactSize(_ bytes: [UInt8], _ value: UInt64, _ isMinimal: Bool) {
        let tree = dissect(bytes + [0xaa]) { c throws(Stop) in #expect(try c.compactSize(number: number) == value) }
        #expect(tree.nodes.map(\.range) == [0..<bytes.count])
        #expect(tree.nodes.map(\.value) == [value])
        #expect(tree.kinds == (isMinimal ? [] : ["bitcoin.compactsize.not_minimal"]))
        _ = dissect(bytes) { c throws(Stop) in #expect(try c.compactSize(number, of: number) == Int(clamping: value)) }
        for cut in 0..<bytes.count {
            let tree = dissect(Array(bytes[..<cut])) { c throws(Stop) in _ = try c.compactSize(number: number) }
            #expect(
                tree.stopped && tree.kinds == ["bitcoin.message.ends_early"] && tree.nodes.map(\.range) == [0..<cut])
            #expect(skim(Array(bytes[..<cut])) { c throws(Stop) in _ = try c.compactSize(number: number) }.stopped)
        }
    }

    @Test func compactSizeOverItsLimit() {
        func annotations(_ bytes: [UInt8], _ limit: UInt64) -> [Annotation] {
            dissect(bytes) { c throws(Stop) in _ = try c.compactSize(number: number, limit: limit) }.annotations
        }
        #expect(annotations([5], 5).isEmpty)
        #expect(annotations([6], 5).map(\.remark.name) == ["bitcoin.count.over_limit"])
        #expect(annotations([6], 5).map(\.value) == [5])
        #expect(annotations([0xfd, 0, 1], 0x100).isEmpty)
        #expect(annotations([0xfd, 1, 1], 0x100).map(\.remark.name) == ["bitcoin.count.over_limit"])
        #expect(
            annotations([0xfd, 6, 0], 5).map(\.remark.name) == [
                "bitcoin.compactsize.not_minimal", "bitcoin.count.over_limit",
            ])
    }
}
