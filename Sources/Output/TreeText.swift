import BitcoinP2P
import Fields
import Records

/// `-V`: the tree in tshark's manner, four spaces a level.
public struct TreeText {
    private let kinds: [Kind]
    /// All labels in one, since a node is written without touching a reference; and where that of each field ends.
    ///
    /// Before the label of a flag stand its bits, once set and once not, after that of a value a colon.
    private let labels: [UInt8]
    private let labelEnds: [Int]
    /// The same of flags that are set.
    private let setLabels: [UInt8]
    private let setLabelEnds: [Int]
    let full: Bool
    private let leftOut = CutFields.standard.group
    private let colour: Colour
    private var value = ValueText()
    private var time = TimeText(.utc)
    /// Of the message at hand, where it has a colour.
    private var family: MessageFamily?
    /// Of the tree at hand.
    private var nextHeading = 0

    /// How much of long bytes is shown unless all are asked for; hashes and public keys are never cut.
    public static let byteLimit = 72

    public init(full: Bool, colour: Colour) {
        let declarations = Catalog.declarations
        kinds = declarations.map(\.kind)
        (labels, labelEnds) = Self.labels(declarations, isSet: false)
        (setLabels, setLabelEnds) = Self.labels(declarations, isSet: true)
        self.full = full
        self.colour = colour
    }

    /// What stands before the values of fields.
    ///
    /// - Parameter isSet: Of flags alone, those that are set.
    private static func labels(_ declarations: [FieldDeclaration], isSet: Bool) -> ([UInt8], [Int]) {
        var text = TextBuffer()
        let ends = declarations.map { declaration in
            switch declaration.kind {
            case .group, .layer: if !isSet { text.append(declaration.label) }
            case .flag(let mask, let bits):
                append(bit: mask, of: bits, isSet: isSet, to: &text)
                text.append(declaration.label)
                text.append(": ")
            default:
                if !isSet {
                    text.append(declaration.label)
                    text.append(": ")
                }
            }
            return text.count
        }
        return (text.bytes, ends)
    }

    private func appendLabel(_ node: Node, _ kind: Kind, to text: inout TextBuffer) {
        let field = Int(node.fieldID)
        if case .flag = kind, node.value != 0 {
            let start = field > 0 ? setLabelEnds[field - 1] : 0
            text.append(utf8: setLabels.span.bytes.extracting(start..<setLabelEnds[field]))
        } else {
            let start = field > 0 ? labelEnds[field - 1] : 0
            text.append(utf8: labels.span.bytes.extracting(start..<labelEnds[field]))
        }
    }

    /// - Parameters:
    ///   - tree: The record's, or what of it is shown.
    ///   - drain: Called when `text` has grown large, so that a message of megabytes is never held as text.
    public mutating func append(
        _ record: borrowing Record, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer,
        draining drain: (inout TextBuffer) -> Void = { _ in }
    ) {
        // A pasted message has neither frames nor ends.
        if !record.source.isEmpty {
            appendFrames(record, to: &text)
            appendEndpoints(record, to: &text)
        }
        family = colour.isOn && record.isMessage ? record.command.map(MessageFamily.init(of:)) : nil
        let count = tree.nodes.count
        var index = record.protocolNode
        nextHeading = 0
        while index < count {
            let node = tree.nodes[index]
            appendNode(index, node, tree, bytes, to: &text)
            if text.count >= ByteOutput.capacity { drain(&text) }
            // What stands under it is for programs: its heading says all.
            index = node.fieldID == leftOut.id ? max(index + 1, Int(node.end)) : index + 1
        }
    }

    /// All of a record.
    public mutating func append(_ record: borrowing Record, _ bytes: RawSpan, to text: inout TextBuffer) {
        append(record, record.tree, bytes, to: &text)
    }

    /// `Message of 61 bytes in frames 417, 419, complete at 2011-03-28 15:58:57.931550000 UTC`.
    private mutating func appendFrames(_ record: borrowing Record, to text: inout TextBuffer) {
        colour.begin(.heading, in: &text)
        text.append("Frame ")
        text.append(decimal: record.frameNumber)
        text.append(": ")
        text.append(record.protocolName)
        switch record.ending {
        case .complete, .cut: text.append(" message of ")
        case .packet: text.append(" packet of ")
        case .direction: text.append(" direction of ")
        case .gap: text.append(record.isConflict ? " conflict of " : " gap of ")
        case .close: text.append(" connection closed")
        }
        if record.ending != .close {
            text.append(decimal: record.length)
            text.append(record.length == 1 ? " byte" : " bytes")
        }
        if record.frames.count > 1 {
            text.append(", reassembled from ")
            text.append(decimal: record.frames.count)
            text.append(" frames (")
            let shown = full ? record.frames.count : min(record.frames.count, 8)
            for index in 0..<shown {
                if index > 0 { text.append(", ") }
                text.append(decimal: record.frames[index])
            }
            if shown < record.frames.count { text.append(", …") }
            text.append(")")
        }
        guard record.hasTime else {
            colour.end(in: &text)
            text.append(", of unknown time\n")
            return
        }
        switch record.ending {
        case .complete, .packet: text.append(", complete at ")
        case .cut: text.append(", cut, last seen at ")
        case .direction: text.append(", last seen at ")
        case .gap: text.append(", found at ")
        case .close: text.append(" at ")
        }
        if time.append(instant: record.time, date: true, decimals: 9, to: &text) { text.append(" UTC") }
        colour.end(in: &text)
        text.append("\n")
    }

    /// `Transmission Control Protocol, 192.168.1.142:55041 → 184.58.165.119:8333, Stream: 3`.
    private func appendEndpoints(_ record: borrowing Record, to text: inout TextBuffer) {
        colour.append(as: .heading, to: &text) { $0.append("Transmission Control Protocol, ") }
        colour.append(as: .sender(record.sender), to: &text) {
            $0.bytes.append(contentsOf: record.source)
            $0.append(" → ")
            $0.bytes.append(contentsOf: record.destination)
        }
        colour.append(as: .heading, to: &text) {
            $0.append(", Stream: ")
            $0.append(decimal: record.stream)
        }
        text.append("\n")
    }

    private mutating func appendNode(
        _ index: Int, _ node: Node, _ tree: borrowing Tree, _ bytes: RawSpan, to text: inout TextBuffer
    ) {
        guard Int(node.fieldID) < kinds.count else { return }
        let kind = kinds[Int(node.fieldID)]
        var role: Colour.Role?
        if case .layer = kind { role = .heading }
        // The group of the payload.
        if case .group = kind, node.depth == 1, let family { role = .family(family) }
        text.append(spaces: Int(node.depth) * 4)
        let isBracketed = node.flags.contains(.generated)
        if isBracketed { text.append("[") }
        if let role { colour.begin(role, in: &text) }
        appendLabel(node, kind, to: &text)
        switch kind {
        case .group, .layer:
            if node.flags.contains(.listEntry) {
                text.append(" ")
                text.append(decimal: node.value)
            }
        default:
            Self.append(
                valueOf: node, kind, tree.bytes(of: node, in: bytes),
                limit: full || isBracketed ? .max : Self.byteLimit, &value, to: &text)
        }
        if node.flags.contains(.headed), let heading = tree.heading(of: index, from: &nextHeading) {
            text.append(": ")
            text.append(wire: tree.generated.span.bytes.extracting(heading))
        }
        if role != nil { colour.end(in: &text) }
        if isBracketed { text.append("]") }
        text.append("\n")
        if node.flags.contains(.annotated) { appendAnnotations(index, node, tree, to: &text) }
    }

    /// What stands after a field's label.
    ///
    /// - Parameters:
    ///   - own: The node's bytes.
    ///   - limit: The most of them that are shown.
    package static func append(
        valueOf node: Node, _ kind: Kind, _ own: RawSpan, limit: Int, _ value: inout ValueText,
        to text: inout TextBuffer
    ) {
        if node.length == 0, node.flags.isDisjoint(with: [.truncated, .generated]) {
            text.append("<empty>")
        } else if node.flags.contains(.truncated) {
            text.append(hexadecimal: own.extracting(first: limit))
            if own.byteCount > limit { text.append("…") }
            text.append(own.isEmpty ? "<missing>" : " <truncated>")
        } else {
            value.append(node, kind, own, .display, limit: limit, to: &text)
        }
    }

    private func appendAnnotations(_ index: Int, _ node: Node, _ tree: borrowing Tree, to text: inout TextBuffer) {
        for place in tree.annotations(of: index) {
            let annotation = tree.annotations[place]
            text.append(spaces: (Int(node.depth) + 1) * 4)
            if annotation.remark.severity >= .warning { colour.begin(.problem, in: &text) }
            text.append("[Expert Info (")
            text.append(annotation.remark.severity.name)
            text.append("/")
            text.append(annotation.remark.group.name)
            text.append("): ")
            text.append(annotation.remark.text(annotation.value))
            text.append("]")
            if annotation.remark.severity >= .warning { colour.end(in: &text) }
            text.append("\n")
        }
    }

    /// `.... .... ...1 = `: the integer's bits in fours, with all but this one as dots; of a wide integer no more of the
    /// high ones than are needed.
    package static func append(bit mask: UInt64, of bits: Int, isSet: Bool, to text: inout TextBuffer) {
        var bit = min(bits, max(12, (mask.trailingZeroBitCount / 4 + 1) * 4))
        while bit > 0 {
            bit -= 1
            if mask == 1 << UInt64(bit) { text.append(isSet ? "1" : "0") } else { text.append(".") }
            if bit % 4 == 0, bit > 0 { text.append(" ") }
        }
        text.append(" = ")
    }
}
