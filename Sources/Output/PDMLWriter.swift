import Fields
import Records

/// `-T pdml`: Wireshark's packet details as XML.
///
/// One `packet` a message, which begins with `<proto name="geninfo">`: `num` is the number of the frame that completed
/// the message, `len` the message's length, `caplen` how much of it there is, `timestamp` in `show` ISO 8601 in UTC and
/// in `value` seconds since 1970. Then a `proto` for each layer with nested `field`s:
///
/// * `name`, and `showname`: label and value as people read them, as in the tree of `-V`.
/// * `size`, `pos`: where in the reassembled message; of computed fields both are 0.
/// * `show`: the value as `-T fields` prints it; of groups empty; of a field whose bytes end too early those bytes.
/// * `value`: the bytes as hexadecimal; of a bit 0 or 1, with the whole integer in `unmaskedvalue`; computed fields have
///   none.
/// * What is remarked on a field is a `field` in it named `_ws.expert`, with Wireshark's numbers for severity and group.
///
/// With a budget, a large message has a `field` named `truncated` after what is cut; see ``CutFields``.
///
/// With columns a packet has `geninfo`, then `<field name="…" value="…"/>` for each value, as `-T fields` prints it.
public final class PDMLWriter: RecordSink {
    private let output: ByteOutput
    private let creator: String
    private let captureFile: String?
    private let declarations: [FieldDeclaration]
    // For each field name and label as attributes, without the quote after the label.
    private let heads: [[UInt8]]
    private var columns: ColumnNodes?
    private var value = ValueText()
    private var scratch = TextBuffer()
    private var time = TimeText(.utc)
    // The elements that are open: where each one's nodes end, and whether it is a layer.
    private var open: [(end: Int, isLayer: Bool)] = []
    private let cutter: TreeCutter?
    /// Nil where all layers are shown.
    private let layers: LayerSelector?
    public var wants: Wants { columns?.wants(depth) ?? Wants(depth, packets: true) }
    private let depth: Depth

    /// - Parameters:
    ///   - creator: Name and version of the program, as `btcshark/0.1.0`.
    ///   - captureFile: What was read, if it has a name.
    ///   - budget: Nil where every message is written whole.
    public convenience init(
        _ output: ByteOutput, creator: String, captureFile: String?, budget: OutputBudget? = nil,
        layers: LayerChoice? = nil
    ) {
        self.init(output, creator, captureFile, nil, .tree, budget, layers)
    }

    /// - Parameter depth: How much of the tree holds the fields of all columns.
    public convenience init(
        _ output: ByteOutput, creator: String, captureFile: String?, columns: [FieldColumn], depth: Depth
    ) {
        self.init(output, creator, captureFile, columns, depth, nil, nil)
    }

    private init(
        _ output: ByteOutput, _ creator: String, _ captureFile: String?, _ columns: [FieldColumn]?, _ depth: Depth,
        _ budget: OutputBudget?, _ layers: LayerChoice?
    ) {
        self.output = output
        self.layers = layers.map(LayerSelector.init)
        cutter = budget.map { TreeCutter($0) }
        self.creator = creator
        self.captureFile = captureFile
        self.depth = depth
        let declarations = Catalog.declarations
        self.declarations = declarations
        heads = declarations.map { declaration in
            var text = TextBuffer()
            text.append(declaration.kind == .layer ? "<proto name=\"" : "<field name=\"")
            text.append(xml: declaration.name.utf8)
            text.append("\" showname=\"")
            return text.bytes
        }
        self.columns = columns.map { ColumnNodes($0, fieldCount: declarations.count, distinct: false) }
    }

    public func begin() {
        output.buffer.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<pdml version=\"0\" creator=\"")
        output.buffer.append(xml: creator.utf8)
        output.buffer.append("\"")
        if let captureFile {
            output.buffer.append(" capture_file=\"")
            appendFileName(captureFile, to: &output.buffer)
            output.buffer.append("\"")
        }
        output.buffer.append(">\n")
    }

    public func end() {
        output.buffer.append("</pdml>\n")
        output.flush()
    }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        output.buffer.append("<packet>\n")
        appendGeneral(record, bytes, to: &output.buffer)
        if columns != nil {
            appendColumns(record.tree, bytes, to: &output.buffer)
        } else if let layers {
            layers.select(record.tree, from: record.protocolNode)
            appendCut(layers.tree, from: layers.start, bytes)
        } else {
            appendCut(record.tree, from: record.protocolNode, bytes)
        }
        output.buffer.append("</packet>\n\n")
        output.flushIfFull()
    }

    private func appendCut(_ tree: borrowing Tree, from start: Int, _ bytes: RawSpan) {
        if let cutter, cutter.cuts(tree, from: start, byteCount: bytes.byteCount) {
            appendTree(cutter.tree, bytes, to: &output.buffer)
        } else {
            appendTree(tree, bytes, to: &output.buffer)
        }
    }

    /// A file may have any name.
    private func appendFileName(_ name: String, to text: inout TextBuffer) {
        scratch.removeAll()
        scratch.append(wire: Array(name.utf8).span.bytes)
        text.append(xml: scratch.bytes)
    }

    // MARK: General information

    private func appendGeneral(_ record: borrowing Record, _ bytes: RawSpan, to text: inout TextBuffer) {
        let size = UInt64(clamping: record.length)
        text.append("  <proto name=\"geninfo\" pos=\"0\" showname=\"General information\" size=\"")
        text.append(decimal: size)
        text.append("\">\n")
        appendGeneral("num", "Number", record.frameNumber, size, to: &text)
        appendGeneral("len", "Frame Length", size, size, to: &text)
        appendGeneral("caplen", "Captured Length", UInt64(bytes.byteCount), size, to: &text)
        guard record.hasTime else {
            text.append("  </proto>\n")
            return
        }
        text.append("    <field name=\"timestamp\" pos=\"0\" show=\"")
        if time.append(instant: record.time, date: true, separator: 0x54, decimals: 9, to: &text) { text.append("Z") }
        text.append("\" showname=\"Captured Time\" value=\"")
        TimeText.append(nanoseconds: record.time, decimals: 9, to: &text)
        text.append("\" size=\"")
        text.append(decimal: size)
        text.append("\"/>\n  </proto>\n")
    }

    private func appendGeneral(
        _ name: StaticString, _ label: StaticString, _ number: UInt64, _ size: UInt64, to text: inout TextBuffer
    ) {
        text.append("    <field name=\"")
        text.append(name)
        text.append("\" pos=\"0\" show=\"")
        text.append(decimal: number)
        text.append("\" showname=\"")
        text.append(label)
        text.append("\" value=\"")
        text.append(hexadecimal: number, digits: max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 3) / 4))
        text.append("\" size=\"")
        text.append(decimal: size)
        text.append("\"/>\n")
    }

    // MARK: Tree

    private func appendTree(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        open.removeAll(keepingCapacity: true)
        var index = 0
        while index < tree.nodes.count {
            while let last = open.last, last.end <= index { close(in: &text) }
            let node = tree.nodes[index]
            guard Int(node.fieldID) < declarations.count else {
                index = max(index + 1, Int(node.end))
                continue
            }
            appendNode(index, node, tree, bytes, to: &text)
            if text.count >= ByteOutput.capacity { output.drain(&text) }
            index += 1
        }
        while !open.isEmpty { close(in: &text) }
    }

    private func close(in text: inout TextBuffer) {
        guard let last = open.popLast() else { return }
        text.append(spaces: (open.count + 1) * 2)
        text.append(last.isLayer ? "</proto>\n" : "</field>\n")
    }

    private func appendNode(
        _ index: Int, _ node: Node, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let declaration = declarations[Int(node.fieldID)]
        let isLayer = declaration.kind == .layer
        let isOnWire = !node.flags.contains(.generated)
        text.append(spaces: (open.count + 1) * 2)
        text.bytes.append(contentsOf: heads[Int(node.fieldID)])
        appendShowName(index, node, declaration, tree, bytes, to: &text)
        text.append("\" size=\"")
        text.append(decimal: isOnWire ? UInt64(node.length) : 0)
        text.append("\" pos=\"")
        text.append(decimal: isOnWire ? UInt64(node.start) : 0)
        if !isLayer {
            text.append("\" show=\"")
            appendValue(node, declaration.kind, tree, bytes, .plain, to: &text)
            if isOnWire { appendBytes(node, declaration.kind, tree, bytes, to: &text) }
        }
        let isAnnotated = node.flags.contains(.annotated)
        // A layer is an element with an end also if nothing is in it.
        if Int(node.end) > index + 1 || isAnnotated || isLayer {
            text.append("\">\n")
            open.append((Int(node.end), isLayer))
            if isAnnotated { appendRemarks(tree.annotations(of: index), node, tree, to: &text) }
        } else {
            text.append("\"/>\n")
        }
    }

    /// `Command name: inv`, `.... ...1 = NODE_NETWORK: Set`, `Inventory vector 0: MSG_TX …`.
    private func appendShowName(
        _ index: Int, _ node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, _ bytes: RawSpan,
        to text: inout TextBuffer
    ) {
        if case .flag(let mask, let bits) = declaration.kind {
            TreeText.append(bit: mask, of: bits, isSet: node.value != 0, to: &text)
        }
        text.append(xml: declaration.label.utf8)
        if declaration.kind != .group, declaration.kind != .layer {
            text.append(": ")
            appendValue(node, declaration.kind, tree, bytes, .display, to: &text)
        } else if node.flags.contains(.listEntry) {
            text.append(" ")
            text.append(decimal: node.value)
        }
        if node.flags.contains(.headed), let heading = tree.heading(of: index) {
            text.append(": ")
            scratch.removeAll()
            scratch.append(wire: tree.generated.span.bytes.extracting(heading))
            text.append(xml: scratch.bytes)
        }
    }

    private func appendValue(
        _ node: Node, _ kind: Kind, _ tree: borrowing Tree, _ bytes: RawSpan, _ style: ValueText.Style,
        to text: inout TextBuffer
    ) {
        let own = tree.bytes(of: node, in: bytes)
        switch kind {
        case .group, .layer: break
        case _ where node.flags.contains(.truncated): text.append(hexadecimal: own)
        case .bytes: text.append(hexadecimal: own)
        default:
            scratch.removeAll()
            value.append(node, kind, own, style, to: &scratch)
            text.append(xml: scratch.bytes)
        }
    }

    /// The `value` of a node on the wire, after the contents of the attribute before.
    private func appendBytes(
        _ node: Node, _ kind: Kind, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        text.append("\" value=\"")
        switch kind {
        // As in tshark: their fields have the bytes.
        case .group, .layer: return
        case .flag:
            text.append(node.value == 0 ? "0" : "1")
            text.append("\" unmaskedvalue=\"")
        default: break
        }
        text.append(hexadecimal: tree.bytes(of: node, in: bytes))
    }

    private func appendRemarks(_ remarks: Range<Int>, _ node: Node, _ tree: borrowing Tree, to text: inout TextBuffer) {
        let spaces = (open.count + 1) * 2
        for place in remarks {
            let remark = tree.annotations[place].remark
            let kind = remark.declaration
            let message = remark.text(tree.annotations[place].value).utf8
            text.append(spaces: spaces)
            text.append("<field name=\"_ws.expert\" showname=\"Expert Info (")
            text.append(kind.severity.name)
            text.append("/")
            text.append(kind.group.name)
            text.append("): ")
            text.append(xml: message)
            text.append("\" size=\"0\" pos=\"")
            text.append(decimal: node.flags.contains(.generated) ? 0 : UInt64(node.start))
            text.append("\">\n")
            text.append(spaces: spaces + 2)
            text.append("<field name=\"_ws.expert.message\" showname=\"Message: ")
            text.append(xml: message)
            text.append("\" hide=\"yes\" size=\"0\" pos=\"0\" show=\"")
            text.append(xml: message)
            text.append("\"/>\n")
            append(
                "<field name=\"_ws.expert.severity\" showname=\"Severity level: ", kind.severity.name,
                kind.severity.wiresharkNumber, spaces + 2, to: &text)
            append(
                "<field name=\"_ws.expert.group\" showname=\"Group: ", kind.group.name, kind.group.wiresharkNumber,
                spaces + 2, to: &text)
            text.append(spaces: spaces)
            text.append("</field>\n")
        }
    }

    private func append(
        _ head: StaticString, _ name: String, _ number: UInt64, _ spaces: Int, to text: inout TextBuffer
    ) {
        text.append(spaces: spaces)
        text.append(head)
        text.append(name)
        text.append("\" size=\"0\" pos=\"0\" show=\"")
        text.append(decimal: number)
        text.append("\"/>\n")
    }

    // MARK: Columns

    private func appendColumns(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        columns?.collect(tree)
        guard let columns else { return }
        for (column, nodes) in columns.nodes.enumerated() {
            for index in nodes {
                let node = tree.nodes[Int(index)]
                let declaration = declarations[Int(node.fieldID)]
                text.append("  <field name=\"")
                text.append(xml: columns.columns[column].name.utf8)
                text.append("\" value=\"")
                if let companion = columns.columns[column].companion {
                    scratch.removeAll()
                    _ = companion.append(node, declaration.kind, to: &scratch)
                    text.append(xml: scratch.bytes)
                } else if declaration.kind == .group || declaration.kind == .layer {
                    text.append(xml: declaration.label.utf8)
                } else {
                    appendValue(node, declaration.kind, tree, bytes, .plain, to: &text)
                }
                text.append("\"/>\n")
                if text.count >= ByteOutput.capacity { output.drain(&text) }
            }
        }
    }
}
