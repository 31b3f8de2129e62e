import Dissection
import Layers
import Output
import Reassembly

extension RecordBuilder {
    /// Fills ``record`` with bytes that were not captured. It has no number, since it is no message.
    mutating func buildGap(_ gap: Gap, of sender: Sender, number: UInt64, detail: Detail, wantsInfo: Bool) {
        start(gap.origin, [gap.origin], of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.ending = .gap
        record.length = Int(clamping: gap.length)
        record.hasProblem = true
        if wantsInfo {
            record.info.append("[")
            record.info.append(decimal: gap.length)
            record.info.append(gap.length == 1 ? " byte missing]" : " bytes missing]")
            if gap.reason == .limit { record.info.append(" [memory limit]") }
        }
        guard detail != .summary else { return }
        // The frame at hand may be another stream's, so nothing is told of its segment.
        appendOrigin(sender, number, nil)
        var sink = TreeSink(takeTree())
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        let group = sink.open(fields.gap.gap, at: 0, value: 0, flags: .generated)
        sink.generate(fields.gap.offset, value: gap.start, RawSpan())
        sink.generate(fields.gap.length, value: gap.length, RawSpan())
        sink.generate(fields.gap.reason, value: GapFields.number(of: gap.reason), RawSpan())
        sink.close(group, at: 0)
        sink.close(layer, at: 0)
        record.tree = sink.tree
        appendAsked()
    }

    /// Fills ``record`` with a copy of bytes that were read before.
    mutating func buildOtherCopy(
        _ range: OffsetRange, _ origin: Origin, of sender: Sender, number: UInt64, detail: Detail, wantsInfo: Bool
    ) {
        start(origin, [origin], of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.ending = .gap
        record.isConflict = true
        record.length = Int(clamping: range.length)
        record.hasProblem = true
        if wantsInfo { record.info.append("[retransmission differs]") }
        guard detail != .summary else { return }
        appendOrigin(sender, number, nil)
        var sink = TreeSink(takeTree())
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        let group = sink.open(fields.gap.copy, at: 0, value: 0, flags: .generated)
        sink.generate(fields.gap.copyOffset, value: range.start, RawSpan())
        sink.generate(fields.gap.copyLength, value: range.length, RawSpan())
        sink.annotate(.segmentDelivered, value: 0)
        sink.close(group, at: 0)
        sink.close(layer, at: 0)
        record.tree = sink.tree
        appendAsked()
    }

    /// Fills ``record`` with fragments that differ.
    mutating func buildFragmentConflict(
        _ conflict: FragmentConflict, _ origin: Origin, of sender: Sender, number: UInt64, detail: Detail,
        wantsInfo: Bool
    ) {
        start(origin, [origin], of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.ending = .gap
        record.isConflict = true
        record.length = conflict.length
        record.hasProblem = true
        if wantsInfo { record.info.append("[fragments differ]") }
        guard detail != .summary else { return }
        appendOrigin(sender, number, nil)
        var sink = TreeSink(takeTree())
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        let group = sink.open(fields.gap.fragments, at: 0, value: 0, flags: .generated)
        sink.annotate(.fragmentsDiffer, value: 0)
        sink.generate(fields.gap.fragmentsFrame, value: conflict.frame, RawSpan())
        sink.generate(fields.gap.fragmentsLength, value: UInt64(clamping: conflict.length), RawSpan())
        sink.close(group, at: 0)
        sink.close(layer, at: 0)
        record.tree = sink.tree
        appendAsked()
    }
}
