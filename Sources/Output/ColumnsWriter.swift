import Fields
import Records

/// Summary lines of chosen columns: as text, with TABs, or as `-T psml`, Wireshark's XML of summaries.
///
/// Addresses stand without their ports here, as in tshark, which has columns of their own for ports.
public final class ColumnsWriter: RecordSink {
    public enum Style: Sendable {
        case text, tabs
        /// - Parameter creator: Name and version of the program, as `btcshark/0.1.0`.
        case psml(creator: String)
    }

    private struct Cell {
        let content: SummaryColumn.Content
        /// Where the column shows a time.
        var time: TimeColumn?
        /// Of fields: its place among the columns of ``nodes``.
        let place: Int
    }

    private let output: ByteOutput
    private let style: Style
    private let titles: [String]
    private let declarations: [FieldDeclaration]
    private var cells: [Cell]
    private var nodes: ColumnNodes
    private var value = ValueText()
    private var text = TextBuffer()
    /// Of all messages so far.
    private var bytes: UInt64 = 0
    private let depth: Depth

    /// - Parameter depth: How much of the tree holds the fields that columns show.
    public init(_ output: ByteOutput, _ columns: [SummaryColumn], style: Style, time: TimeColumn, depth: Depth) {
        self.output = output
        self.style = style
        self.depth = depth
        titles = columns.map(\.title)
        declarations = Catalog.declarations
        var fields: [FieldColumn] = []
        var cells: [Cell] = []
        for column in columns {
            var shown: TimeColumn?
            switch column.content {
            case .fields(let members, _), .highest(let members):
                fields.append(FieldColumn(name: column.title, fields: members))
            case .time: shown = time
            case .timeAs(let format): shown = TimeColumn(format)
            default: break
            }
            cells.append(Cell(content: column.content, time: shown, place: fields.count - 1))
        }
        self.cells = cells
        nodes = ColumnNodes(fields, fieldCount: declarations.count, distinct: false)
    }

    /// The fields that columns show.
    public static func fields(of columns: [SummaryColumn]) -> [Field] {
        columns.flatMap {
            switch $0.content {
            case .fields(let fields, _), .highest(let fields): fields
            default: [Field]()
            }
        }
    }

    public var wants: Wants {
        var wants = nodes.columns.isEmpty ? Wants(.summary) : nodes.wants(depth)
        wants.info = wants.info || cells.contains { if case .info = $0.content { true } else { false } }
        return wants
    }

    public func begin() {
        guard case .psml(let creator) = style else { return }
        output.buffer.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<psml version=\"0\" creator=\"")
        output.buffer.append(xml: creator.utf8)
        output.buffer.append("\">\n<structure>\n")
        for title in titles { appendSection(title.utf8) }
        output.buffer.append("</structure>\n\n")
    }

    public func end() {
        if case .psml = style { output.buffer.append("</psml>\n") }
        output.flush()
    }

    public func write(_ record: borrowing Record, _ span: RawSpan) {
        let start = output.buffer.count
        if record.isNumbered { bytes &+= UInt64(clamping: record.length) }
        if !nodes.columns.isEmpty { nodes.collect(record.tree) }
        if case .psml = style { output.buffer.append("<packet>\n") }
        for index in cells.indices {
            text.removeAll()
            append(index, record, span)
            switch style {
            case .psml: appendSection(text.bytes)
            case .tabs, .text:
                if index > 0 { output.buffer.append(ascii: isTabbed ? 0x09 : 0x20) }
                appendPadded(cells[index].content)
            }
        }
        output.buffer.append(isXML ? "</packet>\n\n" : "\n")
        if case .text = style, let width = output.width {
            LineFitter(.cut, into: width).fit(&output.buffer, from: start)
        }
        output.flushIfFull()
    }

    private var isTabbed: Bool { if case .tabs = style { true } else { false } }
    private var isXML: Bool { if case .psml = style { true } else { false } }

    private func appendSection(_ contents: some Sequence<UInt8>) {
        output.buffer.append("<section>")
        output.buffer.append(xml: contents)
        output.buffer.append("</section>\n")
    }

    /// As wide as in tshark's lines.
    private func appendPadded(_ content: SummaryColumn.Content) {
        let (width, isRight) =
            switch content {
            case .number: (5, true)
            case .time, .timeAs: (10, true)
            case .source: (12, true)
            case .destination: (12, false)
            default: (0, false)
            }
        let padding = max(0, width - text.columns())
        if isRight { output.buffer.append(spaces: padding) }
        output.buffer.append(text)
        if !isRight { output.buffer.append(spaces: padding) }
    }

    // MARK: Cells

    private func append(_ index: Int, _ record: borrowing Record, _ span: RawSpan) {
        switch cells[index].content {
        case .number: text.append(decimal: record.frameNumber)
        case .time, .timeAs:
            guard record.hasTime else { return }
            cells[index].time?.append(
                record.time, since: record.captureStart, decimals: record.timeDecimals, to: &text)
        case .source: text.bytes.append(contentsOf: Self.address(record.source))
        case .destination: text.bytes.append(contentsOf: Self.address(record.destination))
        case .sourcePort: text.bytes.append(contentsOf: Self.port(record.source))
        case .destinationPort: text.bytes.append(contentsOf: Self.port(record.destination))
        case .protocolName: text.append(record.protocolName)
        case .length: text.append(decimal: record.length)
        case .info: text.append(record.info)
        case .allBytes: text.append(decimal: bytes)
        case .fields(_, let occurrence): appendFields(nodes.nodes[cells[index].place], occurrence, record.tree, span)
        case .highest: appendHighest(nodes.nodes[cells[index].place], record.tree)
        }
    }

    private func appendHighest(_ found: ContiguousArray<UInt32>, _ tree: borrowing Tree) {
        var highest: Node?
        for place in found {
            let node = tree.nodes[Int(place)]
            if node.value > highest?.value ?? 0 { highest = node }
        }
        guard let highest else { return }
        _ = FieldCompanion.name.append(highest, declarations[Int(highest.fieldID)].kind, to: &text)
    }

    private func appendFields(
        _ found: ContiguousArray<UInt32>, _ occurrence: Int?, _ tree: borrowing Tree, _ span: RawSpan
    ) {
        var shown = 0..<found.count
        if let occurrence {
            let place = occurrence > 0 ? occurrence - 1 : found.count + occurrence
            guard shown.contains(place) else { return }
            shown = place..<place + 1
        }
        for place in shown {
            if place > shown.lowerBound { text.append(",") }
            let node = tree.nodes[Int(found[place])]
            let declaration = declarations[Int(node.fieldID)]
            if declaration.kind == .group || declaration.kind == .layer {
                text.append(declaration.label)
            } else if node.flags.contains(.truncated) {
                text.append(hexadecimal: tree.bytes(of: node, in: span))
            } else {
                value.append(node, declaration.kind, tree.bytes(of: node, in: span), .plain, to: &text)
            }
        }
    }

    /// Of `address:port`, where IPv6 has brackets.
    package static func address(_ end: [UInt8]) -> ArraySlice<UInt8> {
        guard let colon = end.lastIndex(of: 0x3a) else { return end[...] }
        let address = end[..<colon]
        return address.first == 0x5b && address.last == 0x5d ? address.dropFirst().dropLast() : address
    }

    static func port(_ end: [UInt8]) -> ArraySlice<UInt8> {
        end.lastIndex(of: 0x3a).map { end[($0 + 1)...] } ?? []
    }
}
