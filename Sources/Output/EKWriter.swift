import Fields
import Records

/// `-T ek`: two lines a message for the bulk API of Elasticsearch and OpenSearch, in the shape of tshark 4.0.
///
///     {"index":{"_index":"packets-2011-03-28"}}
///     {"timestamp":"1301327937931","layers":{"bitcoin":{"bitcoin_bitcoin_command":"inv",…}}}
///
/// `timestamp` is in milliseconds since 1970. Keys are names with underscores for dots, after the name of the protocol
/// they belong to: `bitcoin_bitcoin_inv_hash`. All fields of a layer stand side by side; a field that occurs several
/// times in it has an array, whatever groups it stands in; groups are null, once.
/// Values are strings as in `-T json`, but booleans and flags true or false. What is remarked is `_ws_expert`, an object
/// or an array of them. The action has no `_type`, which servers of today refuse.
///
/// With a budget, a large message has `truncated_truncated` after what is cut; see ``CutFields``.
///
/// With columns, `layers` has only these: `"bitcoin_inv_hash":["…"]`, the name as it was asked for, each an array of
/// strings.
public final class EKWriter: RecordSink {
    private let output: ByteOutput
    private let hasRaw: Bool
    private let declarations: [FieldDeclaration]
    private let keys: JSONKeys
    private var columns: ColumnNodes?
    private var members: ObjectMembers
    private var value = JSONValue()
    private var index = IndexName()
    private let cutter: TreeCutter?
    /// Nil where all layers are shown.
    private let layers: LayerSelector?
    public var wants: Wants { columns?.wants(depth) ?? Wants(depth, packets: true) }
    private let depth: Depth

    /// - Parameters:
    ///   - raw: Also the bytes of each field, as `NAME_raw` where no other field has that name: `-x`.
    ///   - budget: Nil where every message is written whole.
    public init(_ output: ByteOutput, raw: Bool = false, budget: OutputBudget? = nil, layers: LayerChoice? = nil) {
        self.output = output
        self.layers = layers.map(LayerSelector.init)
        cutter = budget.map { TreeCutter($0) }
        hasRaw = raw
        depth = .tree
        declarations = Catalog.declarations
        let names = declarations.map { Self.key($0) }
        keys = JSONKeys(names)
        members = ObjectMembers(declarations, depth: .descendants, keys: Self.numbers(names))
    }

    /// - Parameters:
    ///   - columns: Of several of one name the first is taken.
    ///   - depth: How much of the tree holds the fields of all columns.
    public init(_ output: ByteOutput, columns: [FieldColumn], depth: Depth) {
        self.output = output
        cutter = nil
        layers = nil
        self.depth = depth
        hasRaw = false
        declarations = Catalog.declarations
        let columns = ColumnNodes(columns, fieldCount: declarations.count, distinct: true)
        keys = JSONKeys(columns.columns.map { Self.underscored($0.name) })
        self.columns = columns
        members = ObjectMembers(declarations, depth: .descendants)
    }

    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        output.buffer.append("{\"index\":{\"_index\":\"")
        index.append(record, to: &output.buffer)
        output.buffer.append("\"}}\n{")
        if record.hasTime {
            output.buffer.append("\"timestamp\":\"")
            let (seconds, nanoseconds) = TimeText.split(record.time)
            output.buffer.append(decimal: Int(seconds &* 1000 &+ Int64(nanoseconds / 1_000_000)))
            output.buffer.append("\",")
        }
        output.buffer.append("\"layers\":{")
        if columns == nil, let layers {
            layers.select(record.tree, from: record.protocolNode)
            appendLayers(layers.tree, bytes, to: &output.buffer)
        } else if columns == nil {
            appendLayers(record.tree, bytes, to: &output.buffer)
        } else {
            appendColumns(record.tree, bytes, to: &output.buffer)
        }
        output.buffer.append("}}\n")
        output.flushIfFull()
    }

    // MARK: Layers

    private func appendLayers(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        if let cutter, cutter.cuts(tree, from: 0, byteCount: bytes.byteCount) {
            appendAll(cutter.tree, bytes, to: &text)
        } else {
            appendAll(tree, bytes, to: &text)
        }
    }

    private func appendAll(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        members.begin(tree)
        appendMembers(0..<tree.nodes.count, tree, bytes, to: &text)
    }

    /// Members with commas between, without braces around; whether there is one.
    @discardableResult
    private func appendMembers(
        _ range: Range<Int>, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) -> Bool {
        members.link(range, tree)
        var isFirst = true
        var place = range.lowerBound
        while let index = members.nextKey(&place, to: range.upperBound, tree) {
            if !isFirst { text.append(",") }
            isFirst = false
            appendMember(index, tree, bytes, to: &text)
        }
        return !isFirst
    }

    private func appendMember(_ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let field = Int(tree.nodes[index].fieldID)
        if hasRaw, keys.hasRaw[field], isOnWire(index, tree) {
            text.append(keys, field, "_raw")
            appendList(from: index, asRaw: true, tree, bytes, to: &text)
            text.append(",")
        }
        text.append(keys, field)
        if declarations[field].kind == .group { return text.append("null") }
        appendList(from: index, asRaw: false, tree, bytes, to: &text)
    }

    /// Whether one of the members of this key has bytes in the message: of packets only what they say is known.
    private func isOnWire(_ first: Int, _ tree: borrowing Tree) -> Bool {
        var member: Int? = first
        while let index = member {
            if !tree.nodes[index].flags.contains(.generated) { return true }
            member = members.next(index)
        }
        return false
    }

    private func appendList(
        from first: Int, asRaw: Bool, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let isAlone = members.next(first) == nil
        if !isAlone { text.append("[") }
        var member: Int? = first
        while let index = member {
            if index > first { text.append(",") }
            if asRaw { append(raw: index, tree, bytes, to: &text) } else { append(index, tree, bytes, to: &text) }
            if text.count >= ByteOutput.capacity { output.drain(&text) }
            member = members.next(index)
        }
        if !isAlone { text.append("]") }
    }

    private func append(_ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let node = tree.nodes[index]
        let declaration = declarations[Int(node.fieldID)]
        switch declaration.kind {
        case .layer: appendLayer(index, tree, bytes, to: &text)
        case _ where declaration.kind.isTrueOrFalse && !node.flags.contains(.truncated):
            value.append(typed: node, declaration.kind, tree, bytes, to: &text)
        default: value.append(string: node, declaration, tree, bytes, to: &text)
        }
    }

    private func append(raw index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let node = tree.nodes[index]
        text.append("\"")
        if !node.flags.contains(.generated) { text.append(hexadecimal: tree.bytes(of: node, in: bytes)) }
        text.append("\"")
    }

    private func appendLayer(_ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        let end = Int(tree.nodes[index].end)
        text.append("{")
        let hasMembers = appendMembers(index + 1..<end, tree, bytes, to: &text)
        let remarks = tree.annotations(in: index..<end)
        if !remarks.isEmpty {
            if hasMembers { text.append(",") }
            text.append("\"_ws_expert\":")
            append(remarks, tree, to: &text)
        }
        text.append("}")
    }

    private func append(_ remarks: Range<Int>, _ tree: borrowing Tree, to text: inout TextBuffer) {
        if remarks.count > 1 { text.append("[") }
        for place in remarks {
            if place > remarks.lowerBound { text.append(",") }
            let remark = tree.annotations[place]
            text.append("{\"_ws_expert__ws_expert_message\":")
            text.append(jsonString: remark.remark.text(remark.value).utf8)
            text.append(",\"_ws_expert__ws_expert_severity\":\"")
            text.append(decimal: remark.remark.severity.wiresharkNumber)
            text.append("\",\"_ws_expert__ws_expert_group\":\"")
            text.append(decimal: remark.remark.group.wiresharkNumber)
            text.append("\"}")
        }
        if remarks.count > 1 { text.append("]") }
    }

    // MARK: Columns

    private func appendColumns(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        columns?.collect(tree)
        guard let columns else { return }
        var isFirst = true
        for (column, nodes) in columns.nodes.enumerated() where !nodes.isEmpty {
            if !isFirst { text.append(",") }
            isFirst = false
            text.append(keys, column)
            text.append("[")
            for (place, index) in nodes.enumerated() {
                if place > 0 { text.append(",") }
                let node = tree.nodes[Int(index)]
                value.append(
                    string: node, declarations[Int(node.fieldID)], columns.columns[column].companion, tree, bytes,
                    to: &text)
                if text.count >= ByteOutput.capacity { output.drain(&text) }
            }
            text.append("]")
        }
    }

    // MARK: Keys

    /// `bitcoin_bitcoin_inv_hash`: the protocol, which is the name's first word, then the name; a layer is its name.
    static func key(_ declaration: FieldDeclaration) -> String {
        let name = underscored(declaration.name)
        return declaration.kind == .layer ? name : underscored(layer(of: declaration)) + "_" + name
    }

    /// The protocol that a field belongs to.
    static func layer(of declaration: FieldDeclaration) -> String {
        let words = declaration.name.split(separator: ".")
        // Wireshark's own protocols have two words: _ws.expert, _ws.col.
        return words.prefix(words.first == "_ws" ? 2 : 1).joined(separator: ".")
    }

    static func underscored(_ name: String) -> String {
        String(name.map { $0 == "." ? "_" : $0 })
    }

    /// For each name the place of its first occurrence.
    private static func numbers(_ names: [String]) -> [UInt16] {
        let first = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        return names.map { UInt16(clamping: first[$0] ?? 0) }
    }
}

extension Kind {
    fileprivate var isTrueOrFalse: Bool {
        switch self {
        case .boolean, .flag: true
        default: false
        }
    }
}
