import Dissection

/// `-T fields`: the named fields of each message, tab-separated, several values of one field joined by commas.
public final class FieldsWriter: RecordWriter {
    private let output: ByteOutput
    private let declarations: [FieldDeclaration]
    // For each field of the catalog the column it goes to, or -1.
    private var columnOfField: [Int16]
    // For each column the next one of the same field, or -1: a field may be asked for twice.
    private let twin: [Int]
    private var columns: [TextBuffer]
    private var value = ValueText()
    public let detail: Detail
    public var wantsInfo: Bool { false }

    /// - Parameters:
    ///   - fields: In the order of their columns.
    ///   - detail: How much of the tree holds them all.
    public init(_ output: ByteOutput, fields: [Field], detail: Detail) {
        self.output = output
        self.detail = detail
        declarations = Catalog.declarations
        columnOfField = Array(repeating: -1, count: declarations.count)
        columns = fields.map { _ in TextBuffer() }
        var twin = Array(repeating: -1, count: fields.count)
        for (column, field) in fields.enumerated() {
            let first = columnOfField[Int(field.id)]
            if first >= 0 { twin[column] = Int(first) } else { columnOfField[Int(field.id)] = Int16(clamping: column) }
        }
        self.twin = twin
    }

    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        for column in columns.indices { columns[column].removeAll() }
        var index = 0
        let count = record.tree.nodes.count
        while index < count {
            let node = record.tree.nodes[index]
            index += 1
            // A field that was declared after this writer was made cannot be one that was asked for.
            guard Int(node.fieldID) < columnOfField.count else { continue }
            let column = Int(columnOfField[Int(node.fieldID)])
            guard column >= 0 else { continue }
            if !columns[column].isEmpty { columns[column].append(",") }
            append(node, record.tree, bytes, to: &columns[column])
        }
        for column in columns.indices {
            if column > 0 { output.buffer.append("\t") }
            output.buffer.append(columns[twin[column] >= 0 ? twin[column] : column])
        }
        output.buffer.append("\n")
        output.flushIfFull()
    }

    private func append(_ node: Node, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let declaration = declarations[Int(node.fieldID)]
        switch declaration.kind {
        case .group, .layer: text.append(declaration.label)
        default:
            let own = tree.bytes(of: node, in: bytes)
            if node.flags.contains(.truncated) {
                text.append(hexadecimal: own)
            } else {
                value.append(node, declaration.kind, own, .plain, to: &text)
            }
        }
    }
}
