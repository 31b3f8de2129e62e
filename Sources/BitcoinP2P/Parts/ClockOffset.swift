import Dissection

/// How far the clock of a peer is from that of the capture.
struct ClockOffset: Sendable {
    let offset: Field

    init(_ name: String) {
        offset = Field(
            name, "Clock difference to capture", .duration,
            "the sender's clock less the capture's, to a second or so: positive where it is ahead")
    }

    /// More than this, and Core did not let the peer's clock count.
    private static let tolerable: UInt64 = 70 * 60 * 1_000_000_000

    /// Shows the difference between `seconds` and the time of the capture, both since the Unix epoch.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ seconds: Int64, _ context: MessageContext) {
        guard c.mode == .tree, context.time != 0 else { return }
        let (nanoseconds, isFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (difference, isFarther) = nanoseconds.subtractingReportingOverflow(context.time)
        // Beyond 292 years either way there is no difference to show, but the clock is wrong all the same.
        let shown = isFar || isFarther ? (seconds < 0 ? Int64.min : .max) : difference
        c.generate(offset, UInt64(bitPattern: shown))
        if shown.magnitude > Self.tolerable { c.annotate(.clockOff, shown.magnitude / 60_000_000_000) }
    }
}
