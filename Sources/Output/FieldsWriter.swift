import Fields
import Records

/// `-T fields`: a line a message with a cell for each column; ``FieldsFormat`` says how.
///
/// A gap has a line only where one of its own fields is a column.
/// A cell is empty, without quotes, where the message has no such field. A field that was cut off shows the bytes that
/// are there as hexadecimal digits; a group shows its label.
public final class FieldsWriter: RecordSink {
    private let output: ByteOutput
    private let format: FieldsFormat
    private let declarations: [FieldDeclaration]
    private var columns: ColumnNodes
    private var value = ValueText()
    private var cell = TextBuffer()
    private let showsGaps: Bool
    public var wants: Wants { columns.wants(depth) }
    private let depth: Depth

    /// - Parameter depth: How much of the tree holds the fields of all columns.
    public init(_ output: ByteOutput, columns: [FieldColumn], format: FieldsFormat, depth: Depth) {
        self.output = output
        self.format = format
        self.depth = depth
        declarations = Catalog.declarations
        let nodes = ColumnNodes(columns, fieldCount: declarations.count, distinct: false)
        self.columns = nodes
        showsGaps = nodes.wantsGaps
    }

    /// - Parameters:
    ///   - fields: In the order of their columns.
    ///   - depth: How much of the tree holds them all.
    public convenience init(_ output: ByteOutput, fields: [Field], depth: Depth) {
        self.init(output, columns: fields.map(FieldColumn.init), format: FieldsFormat(), depth: depth)
    }

    public func begin() {
        if format.hasByteOrderMark { output.buffer.append("\u{feff}") }
        guard format.hasHeader else { return }
        for (index, column) in columns.columns.enumerated() {
            if index > 0 { output.buffer.append(ascii: format.separator) }
            output.buffer.append(column.name)
        }
        output.buffer.append("\n")
    }

    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isNumbered || showsGaps else { return }
        columns.collect(record.tree)
        var text = output.take()
        for column in columns.columns.indices {
            if column > 0 { text.append(ascii: format.separator) }
            appendCell(column, record.tree, bytes, to: &text)
        }
        text.append("\n")
        output.give(text)
    }

    private func appendCell(_ column: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let count = columns.nodes[column].count
        guard count > 0 else { return }
        let shown =
            switch format.occurrence {
            case .all: 0..<count
            case .first: 0..<1
            case .last: count - 1..<count
            }
        if let mark = format.quotationMark { text.append(ascii: mark) }
        for place in shown {
            if place > shown.lowerBound { text.append(ascii: format.aggregator) }
            let node = tree.nodes[Int(columns.nodes[column][place])]
            append(
                node, columns.columns[column].companion, tree, bytes, isFirst: place == shown.lowerBound,
                isAlone: shown.count == 1, to: &text)
        }
        if let mark = format.quotationMark { text.append(ascii: mark) }
    }

    private func append(
        _ node: Node, _ companion: FieldCompanion?, _ tree: borrowing Tree, _ bytes: RawSpan, isFirst: Bool,
        isAlone: Bool, to text: inout TextBuffer
    ) {
        let kind = declarations[Int(node.fieldID)].kind
        let own = tree.bytes(of: node, in: bytes)
        cell.removeAll()
        switch kind {
        case _ where companion != nil: _ = companion?.append(node, kind, to: &cell)
        case .group, .layer: cell.append(declarations[Int(node.fieldID)].label)
        case _ where node.flags.contains(.truncated): return text.append(hexadecimal: own)
        case .hash, .bytes: return value.append(node, kind, own, .plain, to: &text)
        default: value.append(node, kind, own, .plain, to: &cell)
        }
        // Numbers, times and addresses can hold the separator, but no formula: a minus is one's sign.
        let isText =
            companion == .name || kind == .text || kind == .paddedText || kind == .decimal || kind == .group
            || kind == .layer
        let isFormula = isText && isFirst && Self.isFormula(cell)
        for (index, byte) in cell.bytes.enumerated() {
            append(
                byte, isFormula: isFormula && index == 0,
                isAggregator: isText && !isAlone && byte == format.aggregator, to: &text)
        }
    }

    /// One byte of a cell, escaped as ``FieldsFormat`` says.
    private func append(_ byte: UInt8, isFormula: Bool, isAggregator: Bool, to text: inout TextBuffer) {
        let mark = format.quotationMark
        let isSeparator = mark == nil && byte == format.separator
        if format.escapesSeparators, isSeparator || isFormula || isAggregator {
            text.append("\\x")
            text.append(hexadecimal: UInt64(byte), digits: 2)
            return
        }
        if byte == mark { text.append(ascii: byte) }
        text.append(ascii: byte)
    }

    /// Whether a spreadsheet would compute it. A number with its sign is none.
    private static func isFormula(_ text: borrowing TextBuffer) -> Bool {
        switch text.bytes.first {
        case 0x3d, 0x40: true
        case 0x2b, 0x2d: !text.bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        default: false
        }
    }
}
