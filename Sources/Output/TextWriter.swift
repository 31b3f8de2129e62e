import Fields
import Records

/// What people read: summary lines, trees and hex dumps in any combination.
public final class TextWriter: RecordSink {
    private let output: ByteOutput
    private var summary: SummaryLine?
    private let places: PlaceLines?
    private var tree: TreeText?
    private var annotated: AnnotatedText?
    private let hex: Bool
    /// Nil where all is shown.
    private let cutter: TreeCutter?
    /// Lines have the width of the output.
    private let isForPeople: Bool

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
        self.isForPeople = isForPeople
        self.output = output
        self.summary = summary
        self.places = places
        self.tree = tree
        self.annotated = annotated
        self.hex = hex
        if let annotated, !annotated.full {
            cutter = TreeCutter(.annotated)
        } else {
            cutter = tree.flatMap { $0.full ? nil : TreeCutter(.tree) }
        }
    }

    public var wants: Wants { Wants(showsTree ? .tree : .summary, info: summary != nil) }
    private var showsTree: Bool { tree != nil || annotated != nil }
    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        var text = output.take()
        fit(.cut, &text) { text, _ in
            summary?.append(record, into: isForPeople ? output.width : nil, to: &text)
            places?.append(record, to: &text)
        }
        if showsTree {
            if let cutter, cutter.cuts(record.tree, from: record.protocolNode, byteCount: bytes.byteCount) {
                append(record, cutter.tree, bytes, to: &text)
            } else {
                append(record, record.tree, bytes, to: &text)
            }
        }
        if hex {
            if showsTree { text.append("\n") }
            fit(.cut, &text) { text, _ in
                if record.ciphertext.isEmpty {
                    HexText.append(bytes, to: &text)
                } else {
                    Self.append(record.ciphertext.span.bytes, "Encrypted (", to: &text)
                    Self.append(bytes, "Decrypted (", to: &text)
                }
            }
        }
        if showsTree || hex { text.append("\n") }
        output.give(text)
    }

    private func append(
        _ record: borrowing Record, _ shown: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        fit(.cut, &text) { text, drain in tree?.append(record, shown, bytes, to: &text, draining: drain) }
        fit(.folded(after: AnnotatedText.width, indent: 2), &text) { text, drain in
            annotated?.append(record, shown, bytes, to: &text, draining: drain)
        }
    }

    /// Appends the lines of `body` as the output has room for them. `body` drains a text that has grown large, at the
    /// end of a line.
    private func fit(
        _ manner: LineFitter.Manner, _ text: inout TextBuffer,
        _ body: (inout TextBuffer, (inout TextBuffer) -> Void) -> Void
    ) {
        let fitter = isForPeople ? output.width.map { LineFitter(manner, into: $0) } : nil
        var start = text.count
        body(&text) { text in
            fitter?.fit(&text, from: start)
            output.drain(&text)
            start = text.count
        }
        fitter?.fit(&text, from: start)
    }

    /// A dump with a heading, where there are two of them: `Encrypted (81 bytes):`.
    private static func append(_ bytes: RawSpan, _ heading: StaticString, to text: inout TextBuffer) {
        text.append(heading)
        text.append(decimal: bytes.byteCount)
        text.append(bytes.byteCount == 1 ? " byte):\n" : " bytes):\n")
        HexText.append(bytes, to: &text)
    }
}
