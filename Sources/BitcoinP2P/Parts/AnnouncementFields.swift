import Fields

/// Who told of a transaction or block before: generated fields, since no message says so itself.
public struct AnnouncementFields: Sendable {
    public let announcedIn = Field(
        "bitcoin.announced_in", "Announced In", .frameNumber, "the frame in which this peer announced it")
    public let firstIn = Field(
        "bitcoin.first_announced_in", "First Announced In", .frameNumber,
        "the frame in which it was announced first, by whomever")
    public let firstBy = Field(
        "bitcoin.first_announced_by", "First Announced By", .text, "who announced it first: address and port")
    public let lag = Field(
        "bitcoin.announcement_lag", "Announcement Lag", .duration, "from the first announcement to this peer's")

    public init() {}

    public var all: Set<Field> { [announcedIn, firstIn, firstBy, lag] }

    /// Shows the first announcement.
    public func append(_ first: EarlierAnnouncement, to sink: inout some FieldSink & ~Copyable) {
        sink.generate(firstIn, value: first.frame, RawSpan())
        if !first.announcer.isEmpty {
            sink.generate(firstBy) { $0.append(utf8: first.announcer.span.bytes) }
        }
        if let time = first.lag { sink.generate(lag, value: UInt64(bitPattern: time), RawSpan()) }
    }
}
