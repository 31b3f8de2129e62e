import Fields

/// tshark's `-t`: how the time of a record is shown.
public enum TimeFormat: String, Sendable, CaseIterable {
    case relative = "r"
    case delta = "d"
    case deltaDisplayed = "dd"
    case epoch = "e"
    case absolute = "a"
    case absoluteWithDate = "ad"
    case absoluteWithDayOfYear = "adoy"
    case utc = "u"
    case utcWithDate = "ud"
    case utcWithDayOfYear = "udoy"

    fileprivate var isUTC: Bool { self == .utc || self == .utcWithDate || self == .utcWithDayOfYear }
    fileprivate var isSpan: Bool { self == .relative || self == .delta || self == .deltaDisplayed }
    fileprivate var hasDayOfYear: Bool { self == .absoluteWithDayOfYear || self == .utcWithDayOfYear }
    fileprivate var hasDate: Bool { self == .absoluteWithDate || self == .utcWithDate || hasDayOfYear }
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
        text = TimeText(format.isUTC ? .utc : .local, date: format.hasDayOfYear ? .dayOfYear : .month)
    }

    /// Appends the time of the next record.
    ///
    /// - Parameters:
    ///   - start: The time of the capture's first frame.
    ///   - decimals: 6, or 9 where the capture has nanoseconds.
    ///   - isNarrow: It has less room: spans have microseconds, points in time milliseconds.
    public mutating func append(
        _ time: Int64, since start: Int64, decimals: Int = 6, isNarrow: Bool = false, to line: inout TextBuffer
    ) {
        defer { previous = time }
        let decimals = isNarrow ? format.isSpan ? min(decimals, 6) : 3 : decimals
        switch format {
        case .relative: append(span: time &- start, decimals, to: &line)
        case .delta, .deltaDisplayed: append(span: time &- (previous ?? time), decimals, to: &line)
        case .epoch: TimeText.append(nanoseconds: time, decimals: decimals, to: &line)
        case .absolute, .absoluteWithDate, .absoluteWithDayOfYear, .utc, .utcWithDate, .utcWithDayOfYear:
            _ = text.append(instant: time, date: format.hasDate, decimals: decimals, to: &line)
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

    /// What is shown of a record's time depends on the record before.
    public var dependsOnRecordBefore: Bool { format == .delta || format == .deltaDisplayed }

    /// Notes the time of a record that is not shown.
    public mutating func pass(_ time: Int64) { previous = time }
}
