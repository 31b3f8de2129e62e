import Fields

/// Receives records in the order of the capture: a writer of one of the output formats, a statistic, an exporter.
public protocol RecordSink: AnyObject {
    /// What is looked at; it stays the same from ``begin()`` on.
    var wants: Wants { get }
    func begin()
    /// - Parameter bytes: Those to which the ranges of the record's tree refer; lent until the call returns.
    func write(_ record: borrowing Record, _ bytes: RawSpan)
    func end()
}
