import Fields
import Records

/// The object that ``NDJSONWriter`` writes of a record.
struct NDJSONObject {
    private enum Part { case value, name, epoch, truncated }

    /// Is given what has grown large.
    private let output: ByteOutput
    private let declarations: [FieldDeclaration]
    // For each field its kind, and whether its declaration says that it repeats.
    private let kinds: [Kind]
    private let repeats: [Bool]
    // Of fields, and of columns if there are any.
    private let keys: JSONKeys
    private(set) var columns: ColumnNodes?
    private let columnKeys: JSONKeys
    private var members: ObjectMembers
    private var value = JSONValue()
    private let cutter: TreeCutter?

    /// - Parameters:
    ///   - columns: Nil for all that a record has.
    ///   - budget: Nil where every message is written whole.
    init(of output: ByteOutput, _ columns: [FieldColumn]?, _ budget: OutputBudget?) {
        self.output = output
        cutter = budget.map { TreeCutter($0) }
        let declarations = Catalog.declarations
        self.declarations = declarations
        kinds = declarations.map(\.kind)
        repeats = declarations.map(\.repeats)
        keys = JSONKeys(declarations.map(\.name))
        self.columns = columns.map { ColumnNodes($0, fieldCount: declarations.count, distinct: true) }
        columnKeys = JSONKeys(self.columns?.columns.map(\.name) ?? [])
        members = ObjectMembers(declarations, depth: .partsOfValues)
    }

    mutating func append(_ record: borrowing Record, _ bytes: RawSpan, to text: inout TextBuffer) {
        if let cutter, cutter.cuts(record.tree, from: record.protocolNode, byteCount: bytes.byteCount) {
            append(cutter.tree, bytes, to: &text)
        } else {
            append(record.tree, bytes, to: &text)
        }
    }

    private mutating func append(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        members.begin(tree)
        if columns == nil {
            appendObject(0..<tree.nodes.count, remarks: 0..<0, tree, bytes, to: &text)
        } else {
            appendColumns(tree, bytes, to: &text)
        }
    }

    // MARK: Objects

    private mutating func appendObject(
        _ range: Range<Int>, remarks: Range<Int>, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        text.append("{")
        members.link(range, tree)
        var isFirst = true
        var place = range.lowerBound
        while let index = members.nextKey(&place, to: range.upperBound, tree) {
            appendMember(index, after: !isFirst, tree, bytes, to: &text)
            isFirst = false
        }
        if !remarks.isEmpty {
            if !isFirst { text.append(",") }
            append(remarks, tree, to: &text)
        }
        text.append("}")
    }

    /// The keys of one field: its own, and what stands beside it.
    ///
    /// - Parameter hasComma: Another member is before it.
    private mutating func appendMember(
        _ index: Int, after hasComma: Bool, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let field = Int(tree.nodes[index].fieldID)
        text.append(keys, field, after: hasComma)
        append(.value, from: index, tree, bytes, to: &text)
        switch kinds[field] {
        case .group, .layer: return
        case .enumeration(let names, _, _):
            if hasMember(from: index, tree, { !$0.flags.contains(.truncated) && names.hasName($0.value) }) {
                text.append(",")
                text.append(keys, field, ".name")
                append(.name, from: index, tree, bytes, to: &text)
            }
        case .seconds, .nanoseconds:
            if hasMember(from: index, tree, { !$0.flags.contains(.truncated) }) {
                text.append(",")
                text.append(keys, field, ".epoch")
                append(.epoch, from: index, tree, bytes, to: &text)
            }
        default: break
        }
        if hasMember(from: index, tree, { $0.flags.contains(.truncated) }) {
            text.append(",")
            text.append(keys, field, ".truncated")
            append(.truncated, from: index, tree, bytes, to: &text)
        }
    }

    private func hasMember(from first: Int, _ tree: borrowing Tree, _ isOne: (Node) -> Bool) -> Bool {
        var member: Int? = first
        while let index = member {
            if isOne(tree.nodes[index]) { return true }
            member = members.next(index)
        }
        return false
    }

    /// What `part` is of each member of one key: alone, or as an array.
    private mutating func append(
        _ part: Part, from first: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let node = tree.nodes[first]
        // A field that occurs twice without saying so is a mistake of its declaration: a test over all messages finds it.
        let isList =
            repeats[Int(node.fieldID)] || !node.flags.isDisjoint(with: [.listEntry, .listed])
            || members.next(first) != nil
        if isList { text.append("[") }
        var member: Int? = first
        while let index = member {
            if index > first { text.append(",") }
            append(part, of: index, tree, bytes, to: &text)
            if text.count >= ByteOutput.capacity { output.drain(&text) }
            member = members.next(index)
        }
        if isList { text.append("]") }
    }

    private mutating func append(
        _ part: Part, of index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        let kind = kinds[Int(node.fieldID)]
        let isTruncated = node.flags.contains(.truncated)
        switch part {
        case .value: appendValue(index, kind, tree, bytes, to: &text)
        case .name:
            guard !isTruncated, case .enumeration(let names, _, _) = kind, names.hasName(node.value) else {
                return text.append("null")
            }
            if names.arePlain {
                text.append("\"")
                _ = names.append(nameOf: node.value, to: &text)
                text.append("\"")
            } else {
                text.append(jsonString: (names.name(of: node.value) ?? "").utf8)
            }
        case .epoch:
            if isTruncated {
                text.append("null")
            } else if kind == .seconds {
                text.append(decimal: Int(Int64(bitPattern: node.value)))
            } else {
                TimeText.append(nanoseconds: Int64(bitPattern: node.value), decimals: 9, to: &text)
            }
        case .truncated:
            guard isTruncated else { return text.append("null") }
            text.append("\"")
            text.append(hexadecimal: tree.bytes(of: node, in: bytes))
            text.append("\"")
        }
    }

    private mutating func appendValue(
        _ index: Int, _ kind: Kind, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        switch kind {
        case .group: appendObject(index + 1..<Int(node.end), remarks: 0..<0, tree, bytes, to: &text)
        case .layer:
            let range = index..<Int(node.end)
            appendObject(range.dropFirst(), remarks: tree.annotations(in: range), tree, bytes, to: &text)
        default: value.append(typed: node, kind, tree, bytes, to: &text)
        }
    }

    private func append(_ remarks: Range<Int>, _ tree: borrowing Tree, to text: inout TextBuffer) {
        text.append("\"_ws.expert\":[")
        for place in remarks {
            if place > remarks.lowerBound { text.append(",") }
            let remark = tree.annotations[place]
            let said = remark.remark.declaration
            text.append("{\"name\":")
            text.append(jsonString: said.name.utf8)
            text.append(",\"severity\":")
            text.append(jsonString: said.severity.name.utf8)
            text.append(",\"group\":")
            text.append(jsonString: said.group.name.utf8)
            text.append(",\"message\":")
            text.append(jsonString: remark.remark.text(remark.value).utf8)
            let field = Int(tree.nodes[Int(remark.node)].fieldID)
            if field < declarations.count {
                text.append(",\"field\":")
                text.append(jsonString: declarations[field].name.utf8)
            }
            text.append("}")
        }
        text.append("]")
    }

    // MARK: Columns

    private mutating func appendColumns(_ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer) {
        columns?.collect(tree)
        guard let columns else { return }
        text.append("{")
        for (column, nodes) in columns.nodes.enumerated() {
            if column > 0 { text.append(",") }
            text.append(columnKeys, column)
            let isList = nodes.count > 1 || columns.isListed[column] || columns.columns[column].fields.count > 1
            guard !nodes.isEmpty else {
                text.append("null")
                continue
            }
            if isList { text.append("[") }
            for (place, index) in nodes.enumerated() {
                if place > 0 { text.append(",") }
                let kind = kinds[Int(tree.nodes[Int(index)].fieldID)]
                switch columns.columns[column].companion {
                case .name: append(.name, of: Int(index), tree, bytes, to: &text)
                case .epoch: append(.epoch, of: Int(index), tree, bytes, to: &text)
                case nil: appendValue(Int(index), kind, tree, bytes, to: &text)
                }
                if text.count >= ByteOutput.capacity { output.drain(&text) }
            }
            if isList { text.append("]") }
        }
        text.append("}")
    }
}
