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

    /// - Parameters:
    ///   - summary: The line before each message's tree or dump, or alone.
    ///   - places: Where a message has what was looked for.
    ///   - tree: `-V`.
    ///   - annotated: `--annotate`.
    ///   - hex: `-x`.
    public init(
        _ output: ByteOutput, summary: SummaryLine?, places: PlaceLines? = nil, tree: TreeText? = nil,
        annotated: AnnotatedText? = nil, hex: Bool = false
    ) {
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
        summary?.append(record, to: &output.buffer)
        places?.append(record, to: &output.buffer)
        if showsTree {
            if let cutter, cutter.cuts(record.tree, from: record.protocolNode, byteCount: bytes.byteCount) {
                append(record, cutter.tree, bytes)
            } else {
                append(record, record.tree, bytes)
            }
        }
        if hex {
            if showsTree { output.buffer.append("\n") }
            if record.ciphertext.isEmpty {
                HexText.append(bytes, to: &output.buffer)
            } else {
                append(record.ciphertext.span.bytes, "Encrypted (")
                append(bytes, "Decrypted (")
            }
        }
        if showsTree || hex { output.buffer.append("\n") }
        output.flushIfFull()
    }

    private func append(_ record: borrowing Record, _ shown: borrowing Tree, _ bytes: RawSpan) {
        tree?.append(record, shown, bytes, to: &output.buffer) { output.drain(&$0) }
        annotated?.append(record, shown, bytes, to: &output.buffer) { output.drain(&$0) }
    }

    /// A dump with a heading, where there are two of them: `Encrypted (81 bytes):`.
    private func append(_ bytes: RawSpan, _ heading: StaticString) {
        output.buffer.append(heading)
        output.buffer.append(decimal: bytes.byteCount)
        output.buffer.append(bytes.byteCount == 1 ? " byte):\n" : " bytes):\n")
        HexText.append(bytes, to: &output.buffer)
    }
}
