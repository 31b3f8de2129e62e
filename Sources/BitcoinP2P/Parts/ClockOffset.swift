import Fields

/// How far the clock of a peer is from that of the capture.
struct ClockOffset: Sendable {
    let clockOff = Remark(
        "bitcoin.clock.off", .warning, .protocol,
        "The sender's clock is {n} minutes from the capture's: one of the two is wrong")

    let offset: Field

    init(_ name: String) {
        offset = Field(
            name, "Clock difference to capture", .duration,
            "the sender's clock less the capture's, to a second or so: positive where it is ahead")
    }

    /// More than this, and Core did not let the peer's clock count.
    private static let tolerable: UInt128 = 70 * 60 * 1_000_000_000

    /// Shows the difference between `seconds` and the time of the capture, both since the Unix epoch.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ seconds: Int64, _ context: MessageContext) {
        guard c.keepsFields, context.time != 0 else { return }
        let difference = Int128(seconds) * 1_000_000_000 - Int128(context.time)
        c.generate(offset, nanoseconds: difference)
        if difference.magnitude > Self.tolerable {
            c.annotate(clockOff, UInt64(clamping: difference.magnitude / 60_000_000_000))
        }
    }
}
