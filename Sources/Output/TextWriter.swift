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
    }

    public var wants: Wants { Wants(showsTree ? .tree : .summary, info: summary != nil) }
    private var showsTree: Bool { tree != nil || annotated != nil }
    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        summary?.append(record, to: &output.buffer)
        places?.append(record, to: &output.buffer)
        tree?.append(record, bytes, to: &output.buffer) { output.drain(&$0) }
        annotated?.append(record, bytes, to: &output.buffer) { output.drain(&$0) }
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

    /// A dump with a heading, where there are two of them: `Encrypted (81 bytes):`.
    private func append(_ bytes: RawSpan, _ heading: StaticString) {
        output.buffer.append(heading)
        output.buffer.append(decimal: bytes.byteCount)
        output.buffer.append(bytes.byteCount == 1 ? " byte):\n" : " bytes):\n")
        HexText.append(bytes, to: &output.buffer)
    }
}
