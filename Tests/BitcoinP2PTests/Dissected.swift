import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// What became of one payload: the tree in a form that tests can look at.
struct Dissected {
    var bytes: [UInt8]
    var nodes: [Node]
    var generated: [UInt8]
    var annotations: [Annotation]
    var headings: [Int: String]
    var info: String
    var outcome: Outcome
    var isMalformed: Bool

    /// - Parameters:
    ///   - hashed: Whether the payload's hash is given along, as when its checksum was verified.
    ///   - magic: That of the network it was sent on.
    ///   - time: When it was captured, 0 for not known.
    init(
        _ command: String, _ bytes: [UInt8], hashed: Bool = true, magic: UInt32 = 0xf9be_b4d9, time: Int64 = 0
    ) {
        let type = MessageType.named(command)
        if type == nil { Issue.record("no type \(command)") }
        self.init(type ?? MessageTypes.standard.types[0], bytes, hashed: hashed, magic: magic, time: time)
    }

    init(
        _ type: MessageType, _ bytes: [UInt8], hashed: Bool = true, magic: UInt32 = 0xf9be_b4d9, time: Int64 = 0
    ) {
        var sink = TreeSink()
        let context = Self.context(bytes, hashed, magic, time)
        outcome = type.dissect(bytes.span.bytes, from: 0, context, into: &sink)
        isMalformed = sink.isMalformed
        self.bytes = bytes
        nodes = Array(sink.tree.nodes)
        generated = Array(sink.tree.generated)
        annotations = Array(sink.tree.annotations)
        headings = [:]
        for heading in sink.tree.headings {
            let range = Int(heading.start)..<Int(heading.start + heading.length)
            headings[Int(heading.node)] = String(decoding: generated[range], as: UTF8.self)
        }
        info = sink.info.string
    }

    /// Outcome and summary line without a tree.
    static func skim(
        _ type: MessageType, _ bytes: [UInt8], hashed: Bool = true
    ) -> (outcome: Outcome, info: String, isMalformed: Bool) {
        var sink = SkimSink()
        let outcome = type.skim(bytes.span.bytes, from: 0, context(bytes, hashed), into: &sink)
        return (outcome, sink.info.string, sink.isMalformed)
    }

    /// What a pick keeps of the wanted fields.
    static func pick(
        _ type: MessageType, _ bytes: [UInt8], wanted: FieldSet
    ) -> (nodes: [Node], generated: [UInt8], outcome: Outcome, info: String, isMalformed: Bool) {
        var pick = PickSink(wanted: wanted)
        let outcome = type.pick(bytes.span.bytes, from: 0, context(bytes, true), into: &pick)
        let sink = pick.finish()
        return (Array(sink.tree.nodes), Array(sink.tree.generated), outcome, sink.info.string, sink.isMalformed)
    }

    /// All that a writer looks at of the nodes of one field.
    func values(of field: Field) -> [String] {
        var listEnd = 0
        return nodes.indices.compactMap { index in
            let node = nodes[index]
            if node.flags.contains(.listEntry) { listEnd = max(listEnd, Int(node.end)) }
            guard node.field == field else { return nil }
            return Self.text(node, isListed: index < listEnd, generated)
        }
    }

    func picked(_ type: MessageType, _ field: Field) -> [String] {
        let picked = Self.pick(type, bytes, wanted: FieldSet([field]))
        return picked.nodes.map { Self.text($0, isListed: $0.flags.contains(.listEntry), picked.generated) }
    }

    private static func text(_ node: Node, isListed: Bool, _ generated: [UInt8]) -> String {
        let isGenerated = node.flags.contains(.generated)
        let place = isGenerated ? "\(Array(generated[node.range]).hex)" : "\(node.range)"
        let isListed = isListed || node.flags.contains(.listed)
        let flags = node.flags.subtracting([.listed, .annotated, .headed])
        return "\(node.value) at \(place), depth \(node.depth), flags \(flags.rawValue)\(isListed ? ", listed" : "")"
    }

    private static func context(
        _ bytes: [UInt8], _ hashed: Bool, _ magic: UInt32 = 0xf9be_b4d9, _ time: Int64 = 0
    ) -> MessageContext {
        MessageContext(
            network: Network(magic: magic), time: time,
            payloadHash: hashed ? DoubleSHA256.hash(bytes.span.bytes) : nil)
    }

    /// The indexes of a field's nodes.
    func indexes(_ name: String) -> [Int] {
        guard let field = Catalog.field(named: name) else { return [] }
        return nodes.indices.filter { nodes[$0].field == field }
    }

    /// The values of a field, as texts.
    subscript(_ name: String) -> [String] { indexes(name).map(text) }

    /// Where the first node of a field that is on the wire begins.
    func onWire(_ name: String) -> Int? {
        indexes(name).first { !nodes[$0].flags.contains(.generated) }.map { nodes[$0].range.lowerBound }
    }

    func headings(_ name: String) -> [String?] { indexes(name).map { headings[$0] } }

    func annotations(_ name: String) -> [String] {
        let wanted = Set(indexes(name))
        return annotations.filter { wanted.contains(Int($0.node)) }.map(\.remark.name)
    }

    /// Every field in order, `name value`, indented by depth; of a service's bits only those that are set.
    var listing: [String] {
        nodes.indices.compactMap { index in
            let node = nodes[index]
            if case .flag = node.field.declaration.kind, node.value == 0 { return nil }
            var line = String(repeating: "  ", count: Int(node.depth)) + node.field.declaration.name
            if node.flags.contains(.listEntry) { line += " [\(node.value)]" }
            let text = text(index)
            if !text.isEmpty { line += " " + text }
            if let heading = headings[index] { line += " «\(heading)»" }
            if node.flags.contains(.generated) { line += " (generated)" }
            if node.flags.contains(.truncated) { line += " (truncated)" }
            return line
        }
    }

    func text(_ index: Int) -> String {
        let node = nodes[index]
        let source = node.flags.contains(.generated) ? generated : bytes
        let range = node.range
        var text = TextBuffer()
        switch node.field.declaration.kind {
        case .group, .layer: break
        case .unsigned, .count, .frameNumber: text.append(decimal: node.value)
        case .signed, .seconds, .nanoseconds, .duration, .amount:
            text.append(decimal: Int(Int64(bitPattern: node.value)))
        case .hexadecimal(let bits):
            text.append("0x")
            text.append(hexadecimal: node.value, digits: bits / 4)
        case .boolean, .flag: text.append(node.value == 0 ? "false" : "true")
        case .enumeration(let names, _, _): text.append(names.name(of: node.value) ?? "\(node.value)")
        case .hash: text.append(reversedHexadecimal: source.span.bytes.extracting(range))
        case .bytes, .ethernet: text.append(hexadecimal: source.span.bytes.extracting(range))
        case .text, .paddedText, .decimal: text.append(wire: source.span.bytes.extracting(range))
        case .ipv4: text.append(ipv4: source.span.bytes.extracting(range))
        case .ipv6: text.append(ipv6: source.span.bytes.extracting(range))
        }
        return text.string
    }
}
