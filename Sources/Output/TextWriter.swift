import Dissection

/// What people read: summary lines, trees and hex dumps in any combination.
public final class TextWriter: RecordWriter {
    private let output: ByteOutput
    private var summary: SummaryLine?
    private var tree: TreeText?
    private let hex: Bool

    /// - Parameters:
    ///   - summary: The line before each message's tree or dump, or alone.
    ///   - tree: `-V`.
    ///   - hex: `-x`.
    public init(_ output: ByteOutput, summary: SummaryLine?, tree: TreeText?, hex: Bool) {
        self.output = output
        self.summary = summary
        self.tree = tree
        self.hex = hex
    }

    public var detail: Detail { tree == nil ? .summary : .tree }
    public var wantsInfo: Bool { summary != nil }
    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        summary?.append(record, to: &output.buffer)
        tree?.append(record, bytes, to: &output.buffer)
        if hex {
            if tree != nil { output.buffer.append("\n") }
            HexText.append(bytes, to: &output.buffer)
        }
        if tree != nil || hex { output.buffer.append("\n") }
        output.flushIfFull()
    }
}
