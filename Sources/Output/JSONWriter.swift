import Fields
import Records

/// `-T json` and `-T jsonraw`: one array of all messages, in the shape of tshark 4.0.
///
///     {"_index": "packets-2011-03-28", "_type": "doc", "_score": null, "_source": {"layers": {"bitcoin": {…}}}}
///
/// All values are strings: numbers, times (ISO 8601) and names as `-T fields` prints them, booleans `1` and `0`, hashes
/// in display order, other bytes as `f9:be:b4:d9`. Layers and groups are objects. The parts of a field with a value of
/// its own, such as the bits of an integer, stand beside it in `NAME_tree`, with what is remarked on it as `_ws.expert`.
/// A field whose bytes end too early has those that are there, as bytes.
///
/// Unlike tshark's, an object has each key once: of a field that occurs several times in it the values make an array,
/// in the place of the first; of `NAME_tree` and `NAME_raw` then there is one entry for each value.
///
/// `NAME_raw` is `["hex", offset, length, mask, type]`: the bytes within the reassembled message, not within a frame, and
/// Wireshark's number of the type; computed fields have no bytes, and their offset and length are 0. A field has none
/// where another one has that name: of `tcp.seq`, which is computed, since `tcp.seq_raw` is what the header has.
///
/// With a budget, a large message has `truncated` after what is cut, with values also where the rest is raw; see
/// ``CutFields``.
///
/// With columns, `layers` has only these, each an array of strings; a field the message does not have is left out.
public final class JSONWriter: JointWriter {
    /// What is written of each field.
    public enum Content: Sendable {
        case values
        /// `-T jsonraw`.
        case raw
        /// `-T json -x`.
        case valuesAndRaw
    }

    private enum Part { case raw, value, object, parts }

    private let output: ByteOutput
    private let content: Content
    private let declarations: [FieldDeclaration]
    private let keys: JSONKeys
    private var columns: ColumnNodes?
    private var members: ObjectMembers
    private var value = JSONValue()
    private var index = IndexName()
    private var isFirst: Bool
    private let cutter: TreeCutter?
    private let leftOut = CutFields.standard
    /// Nil where all layers are shown.
    private let layers: LayerSelector?
    public var wants: Wants { columns?.wants(depth) ?? Wants(depth, packets: true) }
    private let depth: Depth

    /// - Parameters:
    ///   - budget: Nil where every message is written whole.
    ///   - isPart: What is written is joined by another one.
    public init(
        _ output: ByteOutput, _ content: Content = .values, budget: OutputBudget? = nil, layers: LayerChoice? = nil,
        isPart: Bool = false
    ) {
        self.output = output
        isFirst = !isPart
        self.layers = layers.map(LayerSelector.init)
        cutter = budget.map { TreeCutter($0) }
        self.content = content
        depth = .tree
        declarations = Catalog.declarations
        keys = JSONKeys(declarations.map(\.name))
        members = ObjectMembers(declarations, depth: .children)
    }

    /// - Parameters:
    ///   - columns: Of several of one name the first is taken.
    ///   - depth: How much of the tree holds the fields of all columns.
    ///   - isPart: What is written is joined by another one.
    public init(_ output: ByteOutput, columns: [FieldColumn], depth: Depth, isPart: Bool = false) {
        self.output = output
        isFirst = !isPart
        cutter = nil
        layers = nil
        self.depth = depth
        content = .values
        declarations = Catalog.declarations
        let columns = ColumnNodes(columns, fieldCount: declarations.count, distinct: true)
        keys = JSONKeys(columns.columns.map(\.name))
        self.columns = columns
        members = ObjectMembers(declarations, depth: .children)
    }

    public func begin() { output.buffer.append("[") }

    public func end() {
        output.buffer.append(isFirst ? "]\n" : "\n]\n")
        output.flush()
    }

    /// A part begins with the comma after the entry before it.
    public func join(_ text: inout TextBuffer) {
        if isFirst, !text.isEmpty {
            text.bytes.removeFirst()
            isFirst = false
        }
        output.drain(&text)
    }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        output.buffer.append(isFirst ? "\n  {\n    \"_index\": \"" : ",\n  {\n    \"_index\": \"")
        isFirst = false
        index.append(record, to: &output.buffer)
        output.buffer.append(
            "\",\n    \"_type\": \"doc\",\n    \"_score\": null,\n    \"_source\": {\n      \"layers\": ")
        if columns != nil {
            appendColumns(record.tree, bytes, to: &output.buffer)
        } else if let layers {
            layers.select(record.tree, from: record.protocolNode)
            appendCut(layers.tree, from: layers.start, bytes)
        } else {
            appendCut(record.tree, from: record.protocolNode, bytes)
        }
        output.buffer.append("\n    }\n  }")
        output.flushIfFull()
    }

    private func appendCut(_ tree: borrowing Tree, from start: Int, _ bytes: RawSpan) {
        if let cutter, cutter.cuts(tree, from: start, byteCount: bytes.byteCount) {
            appendLayers(cutter.tree, bytes, to: &output.buffer)
        } else {
            appendLayers(tree, bytes, to: &output.buffer)
        }
    }

    // MARK: Objects

    private func appendLayers(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        members.begin(tree)
        appendObject(0..<tree.nodes.count, remarks: 0..<0, tree, bytes, level: 4, to: &text)
    }

    /// Members of `range` and remarks as an object; what stands in it is indented by `level` pairs of spaces.
    private func appendObject(
        _ range: Range<Int>, remarks: Range<Int>, _ tree: borrowing Tree, _ bytes: RawSpan, level: Int,
        to text: inout TextBuffer
    ) {
        text.append("{")
        members.link(range, tree)
        var isFirst = true
        var place = range.lowerBound
        while let index = members.nextKey(&place, to: range.upperBound, tree) {
            appendMember(index, tree, bytes, level, &isFirst, to: &text)
            if text.count >= ByteOutput.capacity { output.drain(&text) }
        }
        if !remarks.isEmpty {
            Self.begin(level, &isFirst, in: &text)
            text.append("\"_ws.expert\": ")
            append(remarks, tree, level, to: &text)
        }
        if !isFirst { Self.newLine(level - 1, in: &text) }
        text.append("}")
    }

    private func appendMember(
        _ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, _ level: Int, _ isFirst: inout Bool,
        to text: inout TextBuffer
    ) {
        let field = Int(tree.nodes[index].fieldID)
        let kind = declarations[field].kind
        if content != .values, keys.hasRaw[field], hasRaw(from: index, tree) {
            Self.begin(level, &isFirst, in: &text)
            text.append(keys, field, "_raw")
            append(.raw, from: index, tree, bytes, level, to: &text)
        }
        if kind == .group || kind == .layer {
            Self.begin(level, &isFirst, in: &text)
            text.append(keys, field)
            append(.object, from: index, tree, bytes, level, to: &text)
            return
        }
        // What is left out has no bytes that could say so.
        if content != .raw || leftOut.holds(field) {
            Self.begin(level, &isFirst, in: &text)
            text.append(keys, field)
            append(.value, from: index, tree, bytes, level, to: &text)
        }
        guard hasParts(from: index, tree) else { return }
        Self.begin(level, &isFirst, in: &text)
        text.append(keys, field, "_tree")
        append(.parts, from: index, tree, bytes, level, to: &text)
    }

    /// Whether one of the members of this key has bytes in the message, or is a bit: of packets only what they say is known.
    private func hasRaw(from index: Int, _ tree: borrowing Tree) -> Bool {
        if case .flag = declarations[Int(tree.nodes[index].fieldID)].kind { return true }
        var member: Int? = index
        while let index = member {
            if !tree.nodes[index].flags.contains(.generated) { return true }
            member = members.next(index)
        }
        return false
    }

    /// Whether one of the members of this key has something under it.
    private func hasParts(from index: Int, _ tree: borrowing Tree) -> Bool {
        var member: Int? = index
        while let index = member {
            if Int(tree.nodes[index].end) > index + 1 || tree.nodes[index].flags.contains(.annotated) { return true }
            member = members.next(index)
        }
        return false
    }

    /// What `part` is of each member of one key: alone, or as an array.
    private func append(
        _ part: Part, from first: Int, _ tree: borrowing Tree, _ bytes: RawSpan, _ level: Int, to text: inout TextBuffer
    ) {
        text.append(" ")
        guard members.next(first) != nil else { return append(part, of: first, tree, bytes, level, to: &text) }
        text.append("[")
        var isFirst = true
        var member: Int? = first
        while let index = member {
            Self.begin(level + 1, &isFirst, in: &text)
            append(part, of: index, tree, bytes, level + 1, to: &text)
            if text.count >= ByteOutput.capacity { output.drain(&text) }
            member = members.next(index)
        }
        Self.newLine(level, in: &text)
        text.append("]")
    }

    private func append(
        _ part: Part, of index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, _ level: Int, to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        switch part {
        case .raw: append(raw: node, tree, bytes, level, to: &text)
        case .value: value.append(string: node, declarations[Int(node.fieldID)], tree, bytes, to: &text)
        case .object, .parts:
            let remarks = node.flags.contains(.annotated) ? tree.annotations(of: index) : 0..<0
            appendObject(index + 1..<Int(node.end), remarks: remarks, tree, bytes, level: level + 1, to: &text)
        }
    }

    private func append(
        raw node: Node, _ tree: borrowing Tree, _ bytes: RawSpan, _ level: Int, to text: inout TextBuffer
    ) {
        let kind = declarations[Int(node.fieldID)].kind
        let isOnWire = !node.flags.contains(.generated)
        text.append("[")
        Self.newLine(level + 1, in: &text)
        text.append("\"")
        var mask: UInt64 = 0
        if case .flag(let bit, _) = kind {
            mask = bit
            text.append(node.value == 0 ? "0" : "1")
        } else if isOnWire {
            text.append(hexadecimal: tree.bytes(of: node, in: bytes))
        }
        text.append("\"")
        Self.append(next: isOnWire ? UInt64(node.start) : 0, level + 1, to: &text)
        Self.append(next: isOnWire ? UInt64(node.length) : 0, level + 1, to: &text)
        Self.append(next: mask, level + 1, to: &text)
        Self.append(next: kind.wiresharkType, level + 1, to: &text)
        Self.newLine(level, in: &text)
        text.append("]")
    }

    private static func append(next number: UInt64, _ level: Int, to text: inout TextBuffer) {
        text.append(",")
        newLine(level, in: &text)
        text.append(decimal: number)
    }

    // MARK: Remarks

    private func append(_ remarks: Range<Int>, _ tree: borrowing Tree, _ level: Int, to text: inout TextBuffer) {
        if remarks.count == 1 { return append(tree.annotations[remarks.lowerBound], level, to: &text) }
        text.append("[")
        var isFirst = true
        for place in remarks {
            Self.begin(level + 1, &isFirst, in: &text)
            append(tree.annotations[place], level + 1, to: &text)
        }
        Self.newLine(level, in: &text)
        text.append("]")
    }

    private func append(_ remark: Annotation, _ level: Int, to text: inout TextBuffer) {
        let said = remark.remark.declaration
        text.append("{")
        Self.newLine(level + 1, in: &text)
        text.append(jsonString: said.name.utf8)
        text.append(": \"\",")
        Self.newLine(level + 1, in: &text)
        text.append("\"_ws.expert.message\": ")
        text.append(jsonString: remark.remark.text(remark.value).utf8)
        text.append(",")
        Self.newLine(level + 1, in: &text)
        text.append("\"_ws.expert.severity\": \"")
        text.append(decimal: said.severity.wiresharkNumber)
        text.append("\",")
        Self.newLine(level + 1, in: &text)
        text.append("\"_ws.expert.group\": \"")
        text.append(decimal: said.group.wiresharkNumber)
        text.append("\"")
        Self.newLine(level, in: &text)
        text.append("}")
    }

    // MARK: Columns

    private func appendColumns(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        columns?.collect(tree)
        guard let columns else { return }
        text.append("{")
        var isFirst = true
        for (column, nodes) in columns.nodes.enumerated() where !nodes.isEmpty {
            Self.begin(4, &isFirst, in: &text)
            text.append(keys, column)
            text.append(" [")
            var isFirstValue = true
            for index in nodes {
                Self.begin(5, &isFirstValue, in: &text)
                let node = tree.nodes[Int(index)]
                value.append(
                    string: node, declarations[Int(node.fieldID)], columns.columns[column].companion, tree, bytes,
                    to: &text)
                if text.count >= ByteOutput.capacity { output.drain(&text) }
            }
            Self.newLine(4, in: &text)
            text.append("]")
        }
        if !isFirst { Self.newLine(3, in: &text) }
        text.append("}")
    }

    // MARK: Layout

    private static func newLine(_ level: Int, in text: inout TextBuffer) {
        text.append("\n")
        text.append(spaces: level * 2)
    }

    /// A comma but before the first, and a new line.
    private static func begin(_ level: Int, _ isFirst: inout Bool, in text: inout TextBuffer) {
        if !isFirst { text.append(",") }
        isFirst = false
        newLine(level, in: &text)
    }
}
