import Records

/// What has a row for each stretch of time, also for those without messages.
public protocol IntervalSink: RecordSink {
    /// Goes on to the end of a capture that lasts so many nanoseconds.
    func goOn(to duration: Int64)
}
