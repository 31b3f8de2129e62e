import Fields

extension TextBuffer {
    /// A JSON string of `text`, which must be UTF-8, as names, labels and ``append(wire:)`` are.
    ///
    /// Quotes and backslashes are escaped, and control characters, though what comes from the wire has none left.
    package mutating func append(jsonString text: some Sequence<UInt8>) {
        append("\"")
        append(jsonContents: text)
        append("\"")
    }

    /// The same without the quotes around it.
    mutating func append(jsonContents text: some Sequence<UInt8>) {
        let isWritten: Void? = text.withContiguousStorageIfAvailable { append(jsonContents: $0.span.bytes) }
        if isWritten == nil { append(jsonContents: Array(text).span.bytes) }
    }

    /// The same; nearly always nothing is to be escaped.
    mutating func append(jsonContents text: RawSpan) {
        var start = 0
        for at in 0..<text.byteCount {
            let byte = text.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            guard Self.isEscaped(byte) else { continue }
            append(utf8: text.extracting(start..<at))
            start = at &+ 1
            switch byte {
            case 0x22: append("\\\"")
            case 0x5c: append("\\\\")
            default:
                append("\\u")
                append(hexadecimal: UInt64(byte), digits: 4)
            }
        }
        append(utf8: text.extracting(start..<text.byteCount))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f }
}

/// Writes the values of nodes as JSON.
struct JSONValue {
    private var value = ValueText()
    private var scratch = TextBuffer()

    /// What a column asks for, as a string; one that is not there is empty. Bytes have no colons here, as in tshark.
    mutating func append(
        string node: Node, _ declaration: FieldDeclaration, _ companion: FieldCompanion?, _ tree: borrowing Tree,
        _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        guard let companion else {
            let isCut = node.flags.contains(.truncated) && ![.group, .layer].contains(declaration.kind)
            guard declaration.kind == .bytes || isCut else {
                return append(string: node, declaration, tree, bytes, to: &text)
            }
            text.append("\"")
            text.append(hexadecimal: tree.bytes(of: node, in: bytes))
            return text.append("\"")
        }
        scratch.removeAll()
        _ = companion.append(node, declaration.kind, to: &scratch)
        text.append(jsonString: scratch.bytes)
    }

    /// As tshark does it: a string whatever the kind, bytes with colons. A group, which has no value, gives its label.
    mutating func append(
        string node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, _ bytes: RawSpan,
        to text: inout TextBuffer
    ) {
        let own = tree.bytes(of: node, in: bytes)
        text.append("\"")
        switch declaration.kind {
        case .group, .layer: text.append(jsonContents: declaration.label.utf8)
        case .bytes: text.append(colonHexadecimal: own)
        case _ where node.flags.contains(.truncated): text.append(colonHexadecimal: own)
        case .text, .paddedText, .decimal: append(contentsOf: node, declaration.kind, own, to: &text)
        default: value.append(node, declaration.kind, own, .plain, to: &text)
        }
        text.append("\"")
    }

    /// Typed: numbers, booleans, strings; null where the field was cut off.
    mutating func append(
        typed node: Node, _ kind: Kind, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        if node.flags.contains(.truncated) { return text.append("null") }
        switch kind {
        case .boolean, .flag: text.append(node.value == 0 ? "false" : "true")
        case .unsigned, .count, .frameNumber, .hexadecimal, .enumeration: text.append(decimal: node.value)
        case .signed, .amount: value.append(node, kind, RawSpan(), .plain, to: &text)
        case .duration: value.append(node, kind, tree.bytes(of: node, in: bytes), .plain, to: &text)
        case .text, .paddedText, .decimal:
            text.append("\"")
            append(contentsOf: node, kind, tree.bytes(of: node, in: bytes), to: &text)
            text.append("\"")
        case .hash, .bytes, .seconds, .nanoseconds, .ipv4, .ipv6, .ethernet, .group, .layer:
            text.append("\"")
            value.append(node, kind, tree.bytes(of: node, in: bytes), .plain, to: &text)
            text.append("\"")
        }
    }

    /// Text from the wire may hold quotes and escapes.
    private mutating func append(contentsOf node: Node, _ kind: Kind, _ own: RawSpan, to text: inout TextBuffer) {
        scratch.removeAll()
        value.append(node, kind, own, .plain, to: &scratch)
        text.append(jsonContents: scratch.bytes.span.bytes)
    }
}
