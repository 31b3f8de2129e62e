import Fields
import Records

/// `--annotate`: each message as the protocol's documentation writes them: offset, bytes, and after them what they are,
/// of which type, and what that means. Type and meaning, and known bits that are not set, stand where a field first
/// occurs in a message.
public struct AnnotatedText {
    private let declarations: [FieldDeclaration]
    let full: Bool
    private let leftOut = CutFields.standard.group
    private let colour: Colour
    private var value = ValueText()
    // The message in which each field was last explained, by number.
    private var explained: [Int]
    private var message = 0
    private let bits: NamedBits
    /// Something was left out since the text began, of which nothing is said yet.
    private var hasCut = false
    private var hasSaidHowToSeeAll = false

    /// Bytes a line.
    static let bytesPerLine = 8
    /// Offset, two spaces, the bytes, two spaces.
    static let width = 4 + 2 + bytesPerLine * 3 - 1 + 2

    public init(full: Bool, colour: Colour) {
        declarations = Catalog.declarations
        explained = Array(repeating: 0, count: declarations.count)
        bits = NamedBits(declarations)
        self.full = full
        self.colour = colour
    }

    /// - Parameters:
    ///   - tree: The record's, or what of it is shown.
    ///   - drain: Called when `text` has grown large, so that a message of megabytes is never held as text.
    public mutating func append(
        _ record: borrowing Record, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer,
        draining drain: (inout TextBuffer) -> Void = { _ in }
    ) {
        message += 1
        let nodes = tree.nodes.count
        var index = record.protocolNode
        while index < nodes {
            append(index, tree, bytes, to: &text)
            if text.count >= ByteOutput.capacity { drain(&text) }
            // What stands under it is for programs: its heading says all.
            let node = tree.nodes[index]
            index = node.fieldID == leftOut.id ? max(index + 1, Int(node.end)) : index + 1
        }
        appendHowToSeeAll(to: &text)
    }

    /// After the first message of which not all bytes were shown.
    private mutating func appendHowToSeeAll(to text: inout TextBuffer) {
        guard hasCut, !hasSaidHowToSeeAll else { return }
        hasSaidHowToSeeAll = true
        colour.begin(.offset, in: &text)
        text.append("Bytes are left out where … stands; --full shows all.")
        colour.end(in: &text)
        text.append("\n")
    }

    private mutating func append(
        _ index: Int, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        guard Int(node.fieldID) < declarations.count else { return }
        let declaration = declarations[Int(node.fieldID)]
        // The protocol's own line says nothing that the message's does not.
        if declaration.kind == .layer { return }
        // Bits come with the integer that has them.
        if case .flag = declaration.kind, index > 0, bits.isOfParent(index, tree) { return }
        appendLine(index, node, declaration, tree, bytes, to: &text)
        if bits.areUnder(index, node, tree) { appendBits(index, node, tree, bytes, to: &text) }
    }

    /// The field, with all its bytes where they are asked for, and what is remarked on it.
    private mutating func appendLine(
        _ index: Int, _ node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, _ bytes: RawSpan,
        to text: inout TextBuffer
    ) {
        let isHeading = declaration.kind == .group
        let onWire = !node.flags.contains(.generated) && !isHeading
        // A part of a field is shown with its bytes again, but for bits, whose bytes are the integer's.
        let isBit = if case .flag = declaration.kind { true } else { false }
        var shown = 0
        if onWire, !isBit {
            shown = appendBytes(node, bytes, to: &text)
        } else {
            text.append(spaces: Self.width)
        }
        text.append(spaces: (Int(node.depth) - 1) * 2)
        appendField(index, node, declaration, tree, bytes, to: &text)
        appendMeaning(index, node, declaration, tree, to: &text)
        text.append("\n")
        if full, shown > 0 { appendRemainingBytes(node, from: shown, bytes, to: &text) }
        appendAnnotations(index, node, tree, to: &text)
    }

    /// The bits of an integer in their order: those that are set, and where it is explained also known ones that are
    /// not.
    private mutating func appendBits(
        _ index: Int, _ node: Node, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        for bit in bits.under(index, node, tree) {
            let declaration = declarations[Int(bit.id)]
            if let child = NamedBits.child(of: bit.id, under: index, node, tree), tree.nodes[child].value != 0 {
                appendLine(child, tree.nodes[child], declaration, tree, bytes, to: &text)
            } else if explained[Int(bit.id)] != message {
                // The tree has no node of it.
                var unset = node
                unset.value = 0
                unset.fieldID = bit.id
                unset.depth &+= 1
                unset.flags = .partOfParent
                appendLine(tree.nodes.count, unset, declaration, tree, bytes, to: &text)
            }
        }
    }

    /// Offset and the first bytes of a field; answers how many.
    private mutating func appendBytes(_ node: Node, _ bytes: RawSpan, to text: inout TextBuffer) -> Int {
        let range = node.range.clamped(to: 0..<bytes.byteCount)
        let isLong = range.count > Self.bytesPerLine
        if isLong, !full { hasCut = true }
        // The last place is for the ellipsis where not all bytes are shown.
        let shown = isLong && !full ? Self.bytesPerLine - 1 : min(range.count, Self.bytesPerLine)
        appendLine(bytes.extracting(range.prefix(shown)), at: range.lowerBound, isCut: isLong && !full, to: &text)
        return shown
    }

    private func appendRemainingBytes(_ node: Node, from shown: Int, _ bytes: RawSpan, to text: inout TextBuffer) {
        let range = node.range.clamped(to: 0..<bytes.byteCount)
        var at = range.lowerBound + shown
        while at < range.upperBound {
            let line = at..<min(at + Self.bytesPerLine, range.upperBound)
            appendLine(bytes.extracting(line), at: at, isCut: false, to: &text)
            text.bytes.removeLast(2)
            text.append("\n")
            at = line.upperBound
        }
    }

    private func appendLine(_ line: RawSpan, at offset: Int, isCut: Bool, to text: inout TextBuffer) {
        colour.begin(.offset, in: &text)
        text.append(hexadecimal: UInt64(offset), digits: offset > 0xffff ? 6 : 4)
        colour.end(in: &text)
        text.append("  ")
        for index in 0..<line.byteCount {
            text.append(hexadecimal: UInt64(line.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)), digits: 2)
            text.append(" ")
        }
        if isCut { text.append("…  ") }
        text.append(spaces: (Self.bytesPerLine - line.byteCount - (isCut ? 1 : 0)) * 3 + 1)
    }

    private mutating func appendField(
        _ index: Int, _ node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, _ bytes: RawSpan,
        to text: inout TextBuffer
    ) {
        let isGenerated = node.flags.contains(.generated)
        if isGenerated { text.append("[") }
        colour.begin(.heading, in: &text)
        text.append(declaration.label)
        if node.flags.contains(.listEntry) {
            text.append(" ")
            text.append(decimal: node.value)
        }
        colour.end(in: &text)
        if declaration.kind != .group {
            text.append(": ")
            if node.flags.contains(.truncated) {
                text.append("<the bytes end here>")
            } else if node.length == 0, !isGenerated {
                text.append("<empty>")
            } else {
                value.append(
                    node, declaration.kind, tree.bytes(of: node, in: bytes), .display,
                    limit: full || isGenerated ? .max : TreeText.byteLimit / 2, to: &text)
            }
        }
        if node.flags.contains(.headed), let heading = tree.heading(of: index) {
            text.append(": ")
            text.append(wire: tree.generated.span.bytes.extracting(heading))
        }
        if isGenerated { text.append("]") }
    }

    private mutating func appendMeaning(
        _ index: Int, _ node: Node, _ declaration: FieldDeclaration, _ tree: borrowing Tree, to text: inout TextBuffer
    ) {
        if node.fieldID == leftOut.id { return }
        guard explained[Int(node.fieldID)] != message else { return }
        explained[Int(node.fieldID)] = message
        colour.begin(.offset, in: &text)
        text.append(" — ")
        if FieldTypeText.append(node, declaration, isCounted: isCounted(index, node, tree), to: &text) {
            text.append(": ")
        }
        text.append(declaration.meaning)
        colour.end(in: &text)
    }

    /// Whether the field before is a CompactSize that says how many bytes this one has.
    private func isCounted(_ index: Int, _ node: Node, _ tree: borrowing Tree) -> Bool {
        guard index > 0, index < tree.nodes.count else { return false }
        let before = tree.nodes[index - 1]
        guard Int(before.fieldID) < declarations.count, declarations[Int(before.fieldID)].kind == .count else {
            return false
        }
        return !before.flags.contains(.generated) && before.range.upperBound == Int(node.start)
            && before.value == UInt64(node.length)
    }

    private func appendAnnotations(_ index: Int, _ node: Node, _ tree: borrowing Tree, to text: inout TextBuffer) {
        guard node.flags.contains(.annotated) else { return }
        for place in tree.annotations(of: index) {
            let annotation = tree.annotations[place]
            text.append(spaces: Self.width + Int(node.depth) * 2)
            colour.begin(.problem, in: &text)
            text.append("! ")
            text.append(annotation.remark.text(annotation.value))
            colour.end(in: &text)
            text.append("\n")
        }
    }
}
