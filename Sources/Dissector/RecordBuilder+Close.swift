import BitcoinP2P
import Fields
import Insight
import Output
import Reassembly
import Records

extension RecordBuilder {
    /// Fills ``record`` with the end of a connection. It has no number, since it is no message.
    mutating func buildEnd(
        of end: ConnectionEnd, _ sender: StreamSender, number: UInt64, depth: Depth, wantsInfo: Bool
    ) {
        start(end.origin, [end.origin], of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.ending = .close
        record.length = 0
        record.hasProblem = false
        let last = context.lastMessage
        let wait = last.map { max(0, end.origin.time &- $0.time) }
        if wantsInfo { appendEnd(end, after: wait) }
        guard depth != .summary else { return }
        appendRemark(fields.close.close, of: sender, number: number) { fields, sink in
            sink.generate(fields.close.how, value: end.isReset ? 1 : 0, RawSpan())
            guard let last, let wait else { return }
            let command = last.command.bytes
            sink.generate(fields.close.after, value: 0, command.span.bytes)
            sink.generate(fields.close.time, value: UInt64(bitPattern: wait), RawSpan())
        }
    }

    /// `connection closed by 10.0.0.2:8333 (FIN) 51 ms after filterload`.
    private mutating func appendEnd(_ end: ConnectionEnd, after wait: Int64?) {
        record.info.append("connection closed by ")
        record.info.bytes.append(contentsOf: record.source)
        record.info.append(end.isReset ? " (RST)" : " (FIN)")
        guard let last = context.lastMessage, let wait else { return }
        record.info.append(" ")
        record.info.append(duration: wait, decimals: record.timeDecimals)
        record.info.append(" after ")
        last.command.append(to: &record.info)
    }
}
