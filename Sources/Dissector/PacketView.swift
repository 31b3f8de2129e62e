import Fields
import Layers

/// The packet that completed a message, as far as its fields are asked for: in the layers of frame, IP and TCP. What
/// only the filter names stands after all, and is removed before the writer gets the tree.
final class PacketView {
    private static let layers = PacketLayers.standard

    let note: PacketNote
    /// What is to be shown.
    let wanted: FieldSet
    let fields: PacketFields
    /// Headers of the frame as they lie in it.
    private let headers: Tree

    init(_ note: PacketNote, _ wanted: FieldSet, _ fields: PacketFields) {
        self.note = note
        self.wanted = wanted
        self.fields = fields
        var sink = TreeSink(wantsInfo: false)
        let start = note.headers
        // A frame of another link type has no segments.
        _ = Self.layers.dissect(
            start.span.bytes, originalLength: note.length, linkType: note.linkType, into: &sink)
        headers = sink.tree
    }

    // MARK: Frame

    /// - Parameter shown: From the frame of the message shown before, in nanoseconds; nil where there is no time.
    func appendFrame(to sink: inout TreeSink, since shown: Int64?) {
        generate(fields.capturedLength, UInt64(clamping: note.capturedLength), to: &sink)
        if let delta = note.sinceLast { generate(fields.timeDelta, UInt64(bitPattern: delta), to: &sink) }
        if let shown { generate(fields.timeDeltaDisplayed, UInt64(bitPattern: shown), to: &sink) }
        if wanted.contains(fields.protocols) { sink.generate(fields.protocols) { appendProtocols(to: &$0) } }
    }

    private func appendProtocols(to text: inout TextBuffer) {
        // Raw IP has no header of its own; Wireshark names it all the same.
        if [12, 14, 101].contains(note.linkType) { text.append("raw:") }
        var hasTCP = false
        var before: (name: String, index: Int)?
        for index in headers.nodes.indices {
            let declaration = headers.nodes[index].field.declaration
            // The direction before a frame is a layer here alone, and a stack of labels is one layer of Wireshark's.
            guard declaration.kind == .layer, declaration.name != "p2p",
                declaration.name != "mpls" || before?.name != "mpls"
            else { continue }
            if declaration.name == "eth", let before, isMirror(before.index) { text.append("erspan:") }
            if declaration.name == "tcp" { hasTCP = true }
            text.append(declaration.name == "ieee8021br" ? "etag" : declaration.name)
            text.append(isTyped(index, declaration.name) ? ":ethertype:" : ":")
            before = (declaration.name, index)
        }
        // Not where the frame has the last fragment of several.
        if !hasTCP { text.append("tcp:") }
        text.append("bitcoin")
    }

    /// Whether an EtherType names what follows a layer: then Wireshark counts that as a layer, too, but not of all.
    private func isTyped(_ layer: Int, _ name: String) -> Bool {
        guard ["eth", "vlan", "sll", "ieee8021br", "macsec", "vntag"].contains(name) else { return false }
        return headers.nodes[layer..<Int(headers.nodes[layer].end)].contains {
            let name = $0.field.declaration.name
            return name.hasSuffix(".type") || name.hasSuffix(".etype")
        }
    }

    /// Whether a layer is GRE around a frame mirrored by type I of ERSPAN, which has no header of its own.
    private func isMirror(_ layer: Int) -> Bool {
        headers.nodes[layer..<Int(headers.nodes[layer].end)].contains {
            $0.field.declaration.name == "gre.proto" && $0.value == 0x88be
        }
    }

    // MARK: Headers

    /// The headers before IP, each a layer.
    func appendLink(to sink: inout TreeSink) {
        for index in headers.nodes.indices {
            let layer = headers.nodes[index].field
            guard headers.nodes[index].depth == 0, fields.headers.contains(layer), !fields.addresses.contains(layer)
            else { continue }
            let mark = sink.open(layer, at: 0, value: 0, flags: .generated)
            appendParts(of: index, to: &sink)
            sink.close(mark, at: 0)
        }
    }

    /// What the innermost IP header says beside the addresses.
    func appendNetwork(to sink: inout TreeSink) {
        let last = headers.nodes.indices.last {
            headers.nodes[$0].depth == 0 && fields.addresses.contains(headers.nodes[$0].field)
        }
        if let last { appendParts(of: last, to: &sink) }
    }

    private func appendParts(of layer: Int, to sink: inout TreeSink) {
        for index in layer + 1..<max(layer + 1, Int(headers.nodes[layer].end)) {
            let node = headers.nodes[index]
            guard wanted.contains(node.field), !fields.addresses.contains(node.field),
                !node.flags.contains(.truncated)
            else { continue }
            switch node.field.declaration.kind {
            case .bytes, .ipv4, .ipv6, .ethernet:
                Self.append(node, of: headers, note.headers, to: &sink)
            default: sink.generate(node.field, value: node.value, RawSpan())
            }
        }
    }

    private static func append(_ node: Node, of headers: borrowing Tree, _ start: [UInt8], to sink: inout TreeSink) {
        sink.generate(node.field, value: node.value, headers.bytes(of: node, in: start.span.bytes))
    }

    // MARK: TCP

    func appendTransport(to sink: inout TreeSink) {
        let (tcp, packet) = (fields.tcp, note.tcp)
        generate(tcp.sequence, UInt64(packet.sequence), to: &sink)
        generate(fields.acknowledgment, UInt64(note.place.acknowledgment), to: &sink)
        generate(tcp.acknowledgment, UInt64(packet.acknowledgment), to: &sink)
        generate(tcp.headerLength, UInt64(packet.headerLength), to: &sink)
        appendFlags(to: &sink)
        generate(tcp.window, UInt64(packet.window), to: &sink)
        generate(fields.windowSize, UInt64(note.place.window), to: &sink)
        generate(fields.windowScale, UInt64(bitPattern: note.place.scale.number), to: &sink)
        generate(tcp.checksum, UInt64(packet.checksum), to: &sink)
        generate(tcp.urgentPointer, UInt64(packet.urgentPointer), to: &sink)
        appendFindings(to: &sink)
        let payload = note.payload
        if wanted.contains(fields.payload) { sink.generate(fields.payload, value: 0, payload.span.bytes) }
    }

    /// The flags, and under them each bit.
    private func appendFlags(to sink: inout TreeSink) {
        let (tcp, flags) = (fields.tcp, note.tcp.flags)
        let isWanted = wanted.contains(tcp.flags)
        let mark =
            isWanted ? sink.open(tcp.flags, at: 0, value: UInt64(flags.rawValue & 0xfff), flags: .generated) : 0
        generate(tcp.reserved, UInt64(flags.rawValue >> 9 & 7), to: &sink)
        for bit in PacketFields.bits(tcp) {
            generate(bit.field, flags.contains(bit.flag) ? 1 : 0, to: &sink)
        }
        if wanted.contains(fields.flagsText) {
            sink.generate(fields.flagsText) { text in
                let reserved: [UInt16] = [0x800, 0x400, 0x200]
                for mask in reserved {
                    if flags.rawValue & mask == 0 { text.append("·") } else { text.append("R") }
                }
                for bit in PacketFields.bits(tcp) {
                    if flags.contains(bit.flag) { text.append(ascii: bit.letter) } else { text.append("·") }
                }
            }
        }
        if isWanted { sink.close(mark, at: 0) }
    }

    private func appendFindings(to sink: inout TreeSink) {
        let findings = note.place.findings
        if findings.isEmpty { return }
        let isWanted = wanted.contains(fields.analysis)
        let mark = isWanted ? sink.open(fields.analysis, at: 0, value: 0, flags: .generated) : 0
        if findings.contains(.retransmission) { generate(fields.retransmission, 1, to: &sink) }
        if findings.contains(.fastRetransmission) { generate(fields.fastRetransmission, 1, to: &sink) }
        if findings.contains(.spuriousRetransmission) { generate(fields.spuriousRetransmission, 1, to: &sink) }
        if findings.contains(.outOfOrder) { generate(fields.outOfOrder, 1, to: &sink) }
        if findings.contains(.lostSegment) { generate(fields.lostSegment, 1, to: &sink) }
        if isWanted { sink.close(mark, at: 0) }
    }

    private func generate(_ field: Field, _ value: UInt64, to sink: inout TreeSink) {
        if wanted.contains(field) { sink.generate(field, value: value, RawSpan()) }
    }
}
