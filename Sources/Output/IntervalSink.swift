import Records

/// What has a row for each stretch of time, also for those without messages.
public protocol IntervalSink: RecordSink {
    /// Takes the duration of the capture, in nanoseconds: the rows go on to its end.
    func goOn(to duration: Int64)
}
