#if Web
import Fields
import Output

/// The fields of a message as JSON objects, in the order of the tree.
struct FieldsJSON {
    private let declarations = Catalog.declarations
    private var value = ValueText()
    private var scratch = TextBuffer()
    /// How many bytes of a value are shown.
    private static let byteLimit = TreeText.byteLimit

    /// - Parameter range: Of the tree's nodes.
    mutating func append(
        _ range: Range<Int>, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        var isFirst = true
        for index in range.clamped(to: 0..<tree.nodes.count) {
            if !isFirst { text.append(",") }
            isFirst = false
            append(index, tree, bytes, to: &text)
        }
    }

    private mutating func append(
        _ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        let declaration = declarations[Int(node.fieldID)]
        let isGenerated = node.flags.contains(.generated)
        text.append("{\"name\":")
        text.append(jsonString: declaration.name.utf8)
        appendLabel(node, declaration, to: &text)
        text.append(",\"value\":")
        appendValue(index, node, declaration.kind, tree, bytes, to: &text)
        text.append(member: "at", isGenerated ? 0 : node.start)
        text.append(member: "length", isGenerated ? 0 : node.length)
        text.append(member: "depth", node.depth)
        text.append(member: "generated", isTrue: isGenerated)
        text.append(",\"filter\":")
        appendFilter(node, declaration, tree, bytes, to: &text)
        text.append(",\"remarks\":[")
        if node.flags.contains(.annotated) {
            for (place, at) in tree.annotations(of: index).enumerated() {
                if place > 0 { text.append(",") }
                Self.append(tree.annotations[at], to: &text)
            }
        }
        text.append("]}")
    }

    private mutating func appendLabel(_ node: Node, _ declaration: FieldDeclaration, to text: inout TextBuffer) {
        scratch.removeAll()
        if case .flag(let mask, let bits) = declaration.kind {
            TreeText.append(bit: mask, of: bits, isSet: node.value != 0, to: &scratch)
        }
        scratch.append(declaration.label)
        switch declaration.kind {
        case .group, .layer:
            if node.flags.contains(.listEntry) {
                scratch.append(" ")
                scratch.append(decimal: node.value)
            }
        default: break
        }
        text.append(member: "label", scratch.bytes)
    }

    private mutating func appendValue(
        _ index: Int, _ node: Node, _ kind: Kind, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        scratch.removeAll()
        var hasValue = true
        switch kind {
        case .group, .layer: hasValue = false
        default:
            let limit = node.flags.contains(.generated) ? Int.max : Self.byteLimit
            TreeText.append(
                valueOf: node, kind, tree.bytes(of: node, in: bytes), limit: limit, &value, to: &scratch)
        }
        if node.flags.contains(.headed), let heading = tree.heading(of: index) {
            if hasValue { scratch.append(": ") }
            scratch.append(wire: tree.generated.span.bytes.extracting(heading))
        }
        text.append(jsonString: scratch.bytes)
    }

    private static func append(_ annotation: Annotation, to text: inout TextBuffer) {
        text.append("{\"severity\":")
        text.append(jsonString: annotation.remark.severity.name.lowercased().utf8)
        text.append(member: "group", annotation.remark.group.name.utf8)
        text.append(member: "text", annotation.remark.text(annotation.value).utf8)
        text.append("}")
    }

    // MARK: Filters

    /// The display filter that finds messages with the same value of the field; null where it has none.
    private mutating func appendFilter(
        _ node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, _ bytes: RawSpan,
        to text: inout TextBuffer
    ) {
        scratch.removeAll()
        scratch.append(declaration.name)
        guard !node.flags.contains(.truncated) else { return text.append(jsonString: scratch.bytes) }
        let own = tree.bytes(of: node, in: bytes)
        switch declaration.kind {
        // That it is there is all that can be asked.
        case .group, .layer: break
        case .unsigned, .count, .frameNumber, .hexadecimal, .enumeration:
            scratch.append(" == ")
            scratch.append(decimal: node.value)
        case .signed, .amount, .seconds:
            scratch.append(" == ")
            scratch.append(decimal: Int(Int64(bitPattern: node.value)))
        case .boolean, .flag: scratch.append(node.value == 0 ? " == false" : " == true")
        case .hash, .ipv4, .ipv6, .ethernet:
            scratch.append(" == ")
            value.append(node, declaration.kind, own, .plain, to: &scratch)
        case .nanoseconds:
            scratch.append(" == \"")
            value.append(node, declaration.kind, own, .plain, to: &scratch)
            scratch.append("\"")
        case .bytes:
            guard own.byteCount > 0, own.byteCount <= 64 else { break }
            scratch.append(" == ")
            for index in 0..<own.byteCount {
                if index > 0 { scratch.append(":") }
                scratch.append(hexadecimal: own.extracting(index..<index + 1))
            }
        case .text, .paddedText:
            var shown = TextBuffer()
            value.append(node, declaration.kind, own, .plain, to: &shown)
            guard shown.count <= 256, !shown.bytes.contains(where: { $0 == 0x22 || $0 == 0x5c }) else { break }
            scratch.append(" == \"")
            scratch.append(shown)
            scratch.append("\"")
        case .duration:
            guard own.byteCount != 16, Int64(bitPattern: node.value) >= 0 else { break }
            scratch.append(" == ")
            value.append(node, declaration.kind, own, .plain, to: &scratch)
        case .decimal: break
        }
        text.append(jsonString: scratch.bytes)
    }
}
#endif
