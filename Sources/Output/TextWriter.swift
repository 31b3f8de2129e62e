import Fields
import Records

/// What people read: summary lines, trees and hex dumps in any combination.
public final class TextWriter: RecordSink {
    private let output: ByteOutput
    /// One value: Swift looks at each access to a variable of an object as the program runs.
    private var form: RecordText

    /// - Parameters:
    ///   - summary: The line before each message's tree or dump, or alone.
    ///   - places: Where a message has what was looked for.
    ///   - tree: `-V`.
    ///   - annotated: `--annotate`.
    ///   - hex: `-x`.
    ///   - isForPeople: Lines are cut where the output has a width; those of ``AnnotatedText`` are folded.
    public init(
        _ output: ByteOutput, summary: SummaryLine?, places: PlaceLines? = nil, tree: TreeText? = nil,
        annotated: AnnotatedText? = nil, hex: Bool = false, isForPeople: Bool = true
    ) {
        self.output = output
        form = RecordText(
            of: output, summary: summary, places: places, tree: tree, annotated: annotated, hex: hex,
            isForPeople: isForPeople)
    }

    public var wants: Wants { Wants(form.showsTree ? .tree : .summary, info: form.summary != nil) }
    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        var text = output.take()
        form.append(record, bytes, to: &text)
        output.give(text)
    }
}
