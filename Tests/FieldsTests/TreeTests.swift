import Testing

@testable import Fields

private let leaf = Field("test.leaf", "Leaf", .unsigned(bits: 8), "a leaf of these tests")
private let group = Field("test.group", "Group", .group, "a heading of these tests")

@Suite struct TreeTests {
    /// group(leaf, group(leaf), leaf) with annotations and headings.
    private func sample() -> Tree {
        var sink = TreeSink()
        let outer = sink.open(group, at: 0, value: 0, flags: [])
        sink.leaf(leaf, at: 0, length: 1, value: 1, flags: [])
        sink.annotate(.common.truncated, value: 1)
        sink.annotate(.common.layoutUnsettled, value: 2)
        let inner = sink.open(group, at: 1, value: 0, flags: [])
        sink.leaf(leaf, at: 1, length: 2, value: 2, flags: [])
        sink.close(inner, at: 3)
        sink.head(inner, textBuffer("inner"))
        sink.leaf(leaf, at: 3, length: 1, value: 3, flags: [])
        sink.annotate(.common.countOverLimit, value: 3)
        sink.close(outer, at: 4)
        // A group is headed after its children, whose headings come later in the tree.
        sink.head(outer, textBuffer("outer group"))
        return sink.tree
    }

    private func heading(_ tree: borrowing Tree, _ node: Int) -> String? {
        guard let range = tree.heading(of: node) else { return nil }
        return String(decoding: tree.generated[range], as: UTF8.self)
    }

    @Test func nodesStandInTheOrderOfTheirBytes() {
        let tree = sample()
        #expect(tree.nodes.map(\.end) == [5, 2, 4, 4, 5])
        #expect(tree.nodes.map(\.depth) == [0, 1, 1, 2, 1])
        #expect(tree.nodes.map(\.range) == [0..<4, 0..<1, 1..<3, 1..<3, 3..<4])
        #expect(tree.nodes.map(\.field) == [group, leaf, group, leaf, leaf])
        #expect(MemoryLayout<Node>.size == 24)
    }

    @Test func annotationsAreFoundByTheirNode() {
        let tree = sample()
        #expect((0..<6).map { tree.annotations(of: $0) } == [0..<0, 0..<2, 2..<2, 2..<2, 2..<3, 3..<3])
        #expect(tree.annotations.map(\.value) == [1, 2, 3])
        #expect((0..<5).map { tree.nodes[$0].flags.contains(.annotated) } == [false, true, false, false, true])
        #expect(Tree().annotations(of: 0).isEmpty)
    }

    @Test func headingsAreFoundByTheirNode() {
        let tree = sample()
        #expect((0..<6).map { heading(tree, $0) } == ["outer group", nil, "inner", nil, nil, nil])
        #expect(tree.nodes[0].flags.contains(.headed) && !tree.nodes[1].flags.contains(.headed))
        #expect(Tree().heading(of: 0) == nil)
    }

    @Test func manyHeadingsAndAnnotations() {
        var sink = TreeSink()
        for index in 0..<100 {
            let mark = sink.open(group, at: 0, value: 0, flags: [])
            if index % 3 == 0 { sink.annotate(.common.truncated, value: UInt64(index)) }
            sink.close(mark, at: 0)
            if index % 2 == 0 { sink.head(mark, textBuffer("\(index)")) }
        }
        let tree = sink.tree
        var place = 0
        for index in 0..<100 where index % 10 < 7 {
            let range = tree.heading(of: index, from: &place)
            #expect(range == tree.heading(of: index))
        }
        for index in 0..<100 {
            #expect(heading(tree, index) == (index % 2 == 0 ? "\(index)" : nil))
            #expect(
                tree.annotations(of: index).map { tree.annotations[$0].value }
                    == (index % 3 == 0 ? [UInt64(index)] : []))
        }
    }

    @Test func truncatingForgetsWhatWasSaid() {
        var tree = sample()
        tree.truncate(to: 2)
        #expect(tree.nodes.count == 2)
        #expect(tree.annotations.count == 2)
        #expect(heading(tree, 0) == "outer group" && heading(tree, 2) == nil)
        tree.truncate(to: 99)
        #expect(tree.nodes.count == 2)
        tree.removeAll()
        #expect(tree.nodes.isEmpty && tree.annotations.isEmpty && tree.headings.isEmpty && tree.generated.isEmpty)
    }

    @Test func anEmptyTreeTakesNoAnnotation() {
        var sink = TreeSink()
        sink.annotate(.common.truncated, value: 0)
        #expect(sink.tree.annotations.isEmpty)
    }

    /// A hostile message of many small entries does not take gigabytes.
    @Test func listsStopWhenTheTreeIsFull() {
        let bytes = [UInt8](repeating: 0, count: TreeSink.nodeLimit)
        let tree = dissect(bytes) { c throws(Stop) in
            try c.list(of: group, .max, stride: 1) { (c, _) throws(Stop) in try c.integer(leaf, UInt8.self) }
        }
        #expect(tree.stopped && tree.left == 0)
        #expect(tree.nodes.count == TreeSink.nodeLimit)
        #expect(tree.kinds == ["bitcoin.tree.full"])
        let values = dissect(bytes + [0]) { c throws(Stop) in
            try c.values(.max, stride: 1) { (c, _) throws(Stop) in try c.integer(leaf, UInt8.self) }
        }
        #expect(values.stopped && values.nodes.count == TreeSink.nodeLimit && values.kinds == ["bitcoin.tree.full"])
    }

    @Test func remarksHaveTheirNumber() {
        #expect(Remark.common.countOverLimit.text(50_000) == "More than the 50000 that receivers accept")
        #expect(Remark.common.countOverLimit.text(nil) == "More than the N that receivers accept")
        // No remark is declared here: the manual, which other tests check in this process, has all that are.
        #expect(RemarkDeclaration.text("Less than {signed}", UInt64(bitPattern: -1)) == "Less than -1")
        #expect(Severity.chat < .note && Severity.note < .warning && Severity.warning < .error)
    }
}
