import Fields
import Glibc

/// Writes points in time. It remembers the last second it has written, since neighbours mostly share it.
public struct TimeText: Sendable {
    public enum Zone: Sendable { case utc, local }

    private let zone: Zone
    private var second: Int64?
    private var date: [UInt8] = []
    private var clock: [UInt8] = []

    public init(_ zone: Zone) { self.zone = zone }

    /// `2011-03-28 15:58:57`, or only the clock; false, and nothing written, where the calendar has no such year.
    public mutating func append(seconds: Int64, date withDate: Bool, separator: UInt8 = 0x20, to text: inout TextBuffer)
        -> Bool
    {
        if seconds != second, !remember(seconds) { return false }
        if withDate {
            text.bytes.append(contentsOf: date)
            text.append(ascii: separator)
        }
        text.bytes.append(contentsOf: clock)
        return true
    }

    /// Nanoseconds since the Unix epoch as a date, or only the clock, with so many decimals; false, and the bare seconds,
    /// where the calendar has no such year.
    package mutating func append(
        instant: Int64, date withDate: Bool, separator: UInt8 = 0x20, decimals: Int, to text: inout TextBuffer
    ) -> Bool {
        let (seconds, fraction) = TimeColumn.split(instant)
        guard append(seconds: seconds, date: withDate, separator: separator, to: &text) else {
            Self.append(nanoseconds: instant, decimals: decimals, to: &text)
            return false
        }
        Self.append(fraction: fraction, decimals: decimals, to: &text)
        return true
    }

    private mutating func remember(_ seconds: Int64) -> Bool {
        var time = time_t(seconds)
        var parts = tm()
        let found = zone == .utc ? gmtime_r(&time, &parts) : localtime_r(&time, &parts)
        guard found != nil, (-1899...8099).contains(parts.tm_year) else { return false }
        var text = TextBuffer()
        text.append(decimal: UInt64(parts.tm_year + 1900), width: 4)
        text.append("-")
        text.append(decimal: UInt64(parts.tm_mon + 1), width: 2)
        text.append("-")
        text.append(decimal: UInt64(parts.tm_mday), width: 2)
        date = text.bytes
        text.removeAll()
        text.append(decimal: UInt64(parts.tm_hour), width: 2)
        text.append(":")
        text.append(decimal: UInt64(parts.tm_min), width: 2)
        text.append(":")
        text.append(decimal: UInt64(parts.tm_sec), width: 2)
        clock = text.bytes
        second = seconds
        return true
    }

    /// Nanoseconds as seconds with so many decimals, cut, not rounded: `1371.666630`.
    public static func append(nanoseconds: Int64, decimals: Int, to text: inout TextBuffer) {
        if nanoseconds < 0 { text.append("-") }
        let magnitude = nanoseconds.magnitude
        text.append(decimal: magnitude / 1_000_000_000)
        append(fraction: magnitude % 1_000_000_000, decimals: decimals, to: &text)
    }

    /// The same of a span that 64 bits may not hold; seconds beyond them are those of the longest that they do.
    static func append(nanoseconds: Int128, decimals: Int, to text: inout TextBuffer) {
        if nanoseconds < 0 { text.append("-") }
        text.append(decimal: UInt64(clamping: nanoseconds.magnitude / 1_000_000_000))
        append(fraction: UInt64(nanoseconds.magnitude % 1_000_000_000), decimals: decimals, to: &text)
    }

    static func append(fraction nanoseconds: UInt64, decimals: Int, to text: inout TextBuffer) {
        text.append(".")
        text.append(decimal: decimals == 6 ? nanoseconds / 1000 : nanoseconds, width: decimals)
    }
}

/// tshark's `-t`: how the time of a record is shown.
public enum TimeFormat: String, Sendable, CaseIterable {
    case relative = "r"
    case delta = "d"
    case deltaDisplayed = "dd"
    case epoch = "e"
    case absolute = "a"
    case absoluteWithDate = "ad"
    case utc = "u"
    case utcWithDate = "ud"
}

/// tshark's `-u`: how many seconds are shown.
public enum SecondsFormat: String, Sendable, CaseIterable {
    case seconds = "s"
    case hoursMinutesSeconds = "hms"
}

/// The time column: it knows the record before.
public struct TimeColumn: Sendable {
    private let format: TimeFormat
    private let seconds: SecondsFormat
    private var text: TimeText
    private var previous: Int64?

    /// - Parameter seconds: How spans of time are shown.
    public init(_ format: TimeFormat, _ seconds: SecondsFormat = .seconds) {
        self.format = format
        self.seconds = seconds
        text = TimeText(format == .utc || format == .utcWithDate ? .utc : .local)
    }

    /// Appends the time of the next record.
    ///
    /// - Parameters:
    ///   - start: The time of the capture's first frame.
    ///   - decimals: 6, or 9 where the capture has nanoseconds.
    public mutating func append(_ time: Int64, since start: Int64, decimals: Int = 6, to line: inout TextBuffer) {
        defer { previous = time }
        switch format {
        case .relative: append(span: time &- start, decimals, to: &line)
        case .delta, .deltaDisplayed: append(span: time &- (previous ?? time), decimals, to: &line)
        case .epoch: TimeText.append(nanoseconds: time, decimals: decimals, to: &line)
        case .absolute, .absoluteWithDate, .utc, .utcWithDate:
            let withDate = format == .absoluteWithDate || format == .utcWithDate
            _ = text.append(instant: time, date: withDate, decimals: decimals, to: &line)
        }
    }

    private func append(span: Int64, _ decimals: Int, to line: inout TextBuffer) {
        switch seconds {
        case .seconds: TimeText.append(nanoseconds: span, decimals: decimals, to: &line)
        case .hoursMinutesSeconds: Self.append(clock: span, decimals, to: &line)
        }
    }

    /// `1h  2m  3.250000s` without the hours or minutes that are none, as tshark.
    private static func append(clock span: Int64, _ decimals: Int, to line: inout TextBuffer) {
        if span < 0 { line.append("- ") }
        let whole = span.magnitude / 1_000_000_000
        if whole >= 3600 {
            line.append(decimal: whole / 3600)
            line.append("h ")
            line.append(rightAligned: 2) { $0.append(decimal: whole / 60 % 60) }
            line.append("m ")
        } else if whole >= 60 {
            line.append(decimal: whole / 60)
            line.append("m ")
        }
        // Alone they are as wide as they are.
        line.append(rightAligned: whole < 60 ? 1 : 2) { $0.append(decimal: whole % 60) }
        TimeText.append(fraction: span.magnitude % 1_000_000_000, decimals: decimals, to: &line)
        line.append("s")
    }

    /// As if the time of a record had been appended.
    public mutating func pass(_ time: Int64) { previous = time }

    /// Whole seconds, downwards, and the nanoseconds above them.
    static func split(_ time: Int64) -> (seconds: Int64, nanoseconds: UInt64) {
        var seconds = time / 1_000_000_000
        var rest = time % 1_000_000_000
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000_000
        }
        return (seconds, UInt64(rest))
    }
}
