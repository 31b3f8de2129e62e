import Fields
import Layers
import Output
import Reassembly
import Records

extension RecordBuilder {
    /// Fills ``record`` with bytes that were not captured. It has no number, since it is no message.
    mutating func buildGap(_ gap: Gap, of sender: StreamSender, number: UInt64, depth: Depth, wantsInfo: Bool) {
        startRemark(gap.origin, of: sender, number: number, length: Int(clamping: gap.length))
        if wantsInfo {
            record.info.append("[")
            record.info.append(decimal: gap.length)
            record.info.append(gap.length == 1 ? " byte missing]" : " bytes missing]")
            if gap.reason == .limit { record.info.append(" [memory limit]") }
        }
        guard depth != .summary else { return }
        appendRemark(fields.gap.gap, of: sender, number: number) { fields, sink in
            sink.generate(fields.gap.offset, value: gap.start, RawSpan())
            sink.generate(fields.gap.length, value: gap.length, RawSpan())
            sink.generate(fields.gap.reason, value: GapFields.number(of: gap.reason), RawSpan())
        }
    }

    /// Fills ``record`` with a copy of bytes that were read before.
    mutating func buildOtherCopy(
        _ range: OffsetRange, _ origin: Origin, of sender: StreamSender, number: UInt64, depth: Depth, wantsInfo: Bool
    ) {
        startRemark(origin, of: sender, number: number, length: Int(clamping: range.length))
        record.isConflict = true
        if wantsInfo { record.info.append("[retransmission differs]") }
        guard depth != .summary else { return }
        appendRemark(fields.gap.copy, of: sender, number: number) { fields, sink in
            sink.generate(fields.gap.copyOffset, value: range.start, RawSpan())
            sink.generate(fields.gap.copyLength, value: range.length, RawSpan())
            sink.annotate(fields.problems.segmentDelivered, value: 0)
        }
    }

    /// Fills ``record`` with fragments that differ.
    mutating func buildFragmentConflict(
        _ conflict: FragmentConflict, _ origin: Origin, of sender: StreamSender, number: UInt64, depth: Depth,
        wantsInfo: Bool
    ) {
        startRemark(origin, of: sender, number: number, length: conflict.length)
        record.isConflict = true
        if wantsInfo { record.info.append("[fragments differ]") }
        guard depth != .summary else { return }
        appendRemark(fields.gap.fragments, of: sender, number: number) { fields, sink in
            sink.annotate(fields.problems.fragmentsDiffer, value: 0)
            sink.generate(fields.gap.fragmentsFrame, value: conflict.frame, RawSpan())
            sink.generate(fields.gap.fragmentsLength, value: UInt64(clamping: conflict.length), RawSpan())
        }
    }

    /// Begins a record that is no message.
    private mutating func startRemark(_ origin: Origin, of sender: StreamSender, number: UInt64, length: Int) {
        start(origin, [origin], of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.ending = .gap
        record.length = length
        record.hasProblem = true
    }

    /// Appends the tree of a record that is no message.
    ///
    /// - Parameters:
    ///   - group: What the record is about.
    ///   - body: Appends what is in the group.
    mutating func appendRemark(
        _ group: Field, of sender: StreamSender, number: UInt64, _ body: (RecordFields, inout TreeSink) -> Void
    ) {
        // The frame at hand may be another stream's, so its segment is left out.
        appendOrigin(sender, number, nil)
        var sink = TreeSink(takeTree())
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        let opened = sink.open(group, at: 0, value: 0, flags: .generated)
        body(fields, &sink)
        sink.close(opened, at: 0)
        sink.close(layer, at: 0)
        record.tree = sink.tree
        appendAsked()
    }
}
