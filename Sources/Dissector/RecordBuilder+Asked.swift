import Fields
import Output
import Records

// Fields that are made only where a filter or column asks for them, after all others.
extension RecordBuilder {
    /// Appends what is asked for to the tree, which is done but for that.
    ///
    /// - Parameters:
    ///   - packet: The one that completed a message.
    ///   - payload: Where in the bytes the message's payload begins, and how much of it was captured.
    mutating func appendAsked(_ packet: PacketNote? = nil, payload: (start: Int, length: Int)? = nil) {
        ownCount = record.tree.nodes.count
        if !packets.asked.isEmpty, let packet { append(packet) }
        if asksForPayload, let payload { append(payload.start, payload.length) }
        if asksForRemarks { appendRemarks() }
        if let columns { appendColumns(columns) }
    }

    /// Takes it out again, for a writer that shows the tree as it is.
    mutating func removeAsked() { record.tree.truncate(to: ownCount) }

    private mutating func append(_ packet: PacketNote) {
        let view = PacketView(packet, packets.asked, fields.packet)
        var sink = TreeSink(takeTree())
        view.appendFrame(to: &sink, since: sinceShown)
        view.appendLink(to: &sink)
        view.appendNetwork(to: &sink)
        view.appendTransport(to: &sink)
        record.tree = sink.tree
    }

    private mutating func append(_ start: Int, _ length: Int) {
        var sink = TreeSink(takeTree())
        sink.leaf(fields.messagePayload, at: start, length: length, value: 0, flags: [])
        record.tree = sink.tree
    }

    /// The most remarks of a message that become fields: a hostile one may have millions, all the same.
    private static let remarkLimit = 250_000

    private mutating func appendRemarks() {
        guard !record.tree.annotations.isEmpty else { return }
        var sink = TreeSink(takeTree())
        let remarks = fields.remarks
        var texts = RemarkTexts()
        var isMalformed = false
        for index in 0..<min(sink.tree.annotations.count, Self.remarkLimit) {
            let annotation = sink.tree.annotations[index]
            let remark = annotation.remark.declaration
            if remark.severity == .error, remark.group == .malformed { isMalformed = true }
            let text = texts.range(of: annotation, in: &sink.tree.generated)
            let layer = sink.open(
                remarks.remark, at: 0, value: UInt64(index), flags: [.generated, .listEntry])
            if !remark.isInTree { sink.leaf(remark.field, at: 0, length: 0, value: 0, flags: .generated) }
            sink.leaf(remarks.message, at: text.lowerBound, length: text.count, value: 0, flags: .generated)
            sink.generate(remarks.severity, value: remark.severity.wiresharkNumber, RawSpan())
            sink.generate(remarks.group, value: remark.group.wiresharkNumber, RawSpan())
            sink.close(layer, at: 0)
        }
        if isMalformed {
            let layer = sink.open(remarks.malformed, at: 0, value: 0, flags: .generated)
            sink.close(layer, at: 0)
        }
        record.tree = sink.tree
    }
}

/// Where the texts of remarks stand that were written already: most remarks of a message say the same.
private struct RemarkTexts {
    private struct Key: Hashable {
        let remark: Remark
        let value: UInt64
    }

    private var ranges: [Key: Range<Int>] = [:]

    mutating func range(of annotation: Annotation, in generated: inout [UInt8]) -> Range<Int> {
        let key = Key(remark: annotation.remark, value: annotation.value)
        if let range = ranges[key] { return range }
        let start = generated.count
        generated.append(contentsOf: annotation.remark.text(annotation.value).utf8)
        ranges[key] = start..<generated.count
        return start..<generated.count
    }
}
