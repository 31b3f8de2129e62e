import Fields
import Output
import Records

extension RecordBuilder {
    /// Appends the columns as a layer of their own, after everything else.
    ///
    /// - Parameter time: How the time is shown.
    mutating func appendColumns(_ time: TimeColumn) {
        var time = time
        let columns = fields.columns
        var sink = TreeSink(takeTree())
        let layer = sink.open(columns.layer, at: 0, value: 0, flags: .generated)
        sink.generate(columns.number) { $0.append(decimal: record.frameNumber) }
        sink.generate(columns.time) {
            guard record.hasTime else { return }
            time.append(record.time, since: record.captureStart, decimals: record.timeDecimals, to: &$0)
        }
        sink.generate(columns.source) { $0.bytes.append(contentsOf: ColumnsWriter.address(record.source)) }
        sink.generate(columns.destination) { $0.bytes.append(contentsOf: ColumnsWriter.address(record.destination)) }
        sink.generate(columns.protocolName) { $0.append(record.protocolName) }
        sink.generate(columns.length) { $0.append(decimal: record.length) }
        // The line is escaped already, and a node's bytes are what they are before that.
        sink.generate(columns.info) { $0.append(unescaping: record.info.bytes.span.bytes) }
        sink.close(layer, at: 0)
        record.tree = sink.tree
    }
}
