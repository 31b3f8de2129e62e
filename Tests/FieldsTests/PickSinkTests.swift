import Fields
import Testing

private let number = Field("pick.number", "Number", .unsigned(bits: 8), "a number of these tests")
private let other = Field("pick.other", "Other", .unsigned(bits: 8), "another number of these tests")

@Suite struct PickSinkTests {
    private func pick(_ remarks: Set<Remark>) -> (nodes: [Node], annotations: [Annotation], isMalformed: Bool) {
        var cursor = Cursor(
            [UInt8](repeating: 7, count: 4).span.bytes, PickSink(wanted: FieldSet([number]), remarks: remarks))
        do throws(Stop) {
            try cursor.integer(number, UInt8.self)
            for _ in 0..<2 {
                try cursor.integer(other, UInt8.self)
                cursor.annotate(.common.countOverLimit, 5)
            }
            try cursor.integer(number, UInt8.self)
        } catch {
            Issue.record("the layout stops")
        }
        let sink = cursor.finish().finish()
        return (Array(sink.tree.nodes), Array(sink.tree.annotations), sink.isMalformed)
    }

    /// A message may have millions of remarks on fields that nobody wants.
    @Test func onlyWantedRemarksAreKept() {
        let without = pick([])
        #expect(without.nodes.map(\.field) == [number, number] && without.annotations.isEmpty && without.isMalformed)
        #expect(without.nodes.allSatisfy { $0.flags == [] })
        let with = pick([.common.countOverLimit])
        #expect(with.annotations.map(\.value) == [5, 5] && with.nodes.allSatisfy { $0.flags == [] })
    }
}
