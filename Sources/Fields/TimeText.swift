import Glibc

/// Writes points in time. It remembers the last second it has written, since neighbours mostly share it.
public struct TimeText: Sendable {
    public enum Zone: Sendable { case utc, local }
    /// `2011-03-28`, or `2011/087`.
    public enum DateForm: Sendable { case month, dayOfYear }

    private let zone: Zone
    private let form: DateForm
    private var second: Int64?
    private var date: [UInt8] = []
    private var clock: [UInt8] = []

    public init(_ zone: Zone, date form: DateForm = .month) {
        self.zone = zone
        self.form = form
    }

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

    /// Nanoseconds since the Unix epoch as a date, or only the clock; false, and the bare seconds, where the calendar has no
    /// such year.
    ///
    /// - Parameter decimals: Of a second.
    public mutating func append(
        instant: Int64, date withDate: Bool, separator: UInt8 = 0x20, decimals: Int, to text: inout TextBuffer
    ) -> Bool {
        let (seconds, fraction) = Self.split(instant)
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
        switch form {
        case .month:
            text.append("-")
            text.append(decimal: UInt64(parts.tm_mon + 1), width: 2)
            text.append("-")
            text.append(decimal: UInt64(parts.tm_mday), width: 2)
        case .dayOfYear:
            text.append("/")
            text.append(decimal: UInt64(parts.tm_yday + 1), width: 3)
        }
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

    /// Nanoseconds as seconds, cut after the decimals, not rounded: `1371.666630`.
    public static func append(nanoseconds: Int64, decimals: Int, to text: inout TextBuffer) {
        if nanoseconds < 0 { text.append("-") }
        let magnitude = nanoseconds.magnitude
        text.append(decimal: magnitude / 1_000_000_000)
        append(fraction: magnitude % 1_000_000_000, decimals: decimals, to: &text)
    }

    /// A span that 64 bits may not hold, as seconds; more seconds than they hold are shown as the most that they do.
    public static func append(nanoseconds: Int128, decimals: Int, to text: inout TextBuffer) {
        if nanoseconds < 0 { text.append("-") }
        text.append(decimal: UInt64(clamping: nanoseconds.magnitude / 1_000_000_000))
        append(fraction: UInt64(nanoseconds.magnitude % 1_000_000_000), decimals: decimals, to: &text)
    }

    /// - Parameter decimals: 3, 6 or 9.
    public static func append(fraction nanoseconds: UInt64, decimals: Int, to text: inout TextBuffer) {
        let unit: UInt64 =
            switch decimals {
            case 3: 1_000_000
            case 6: 1000
            default: 1
            }
        text.append(".")
        text.append(decimal: nanoseconds / unit, width: decimals)
    }

    /// Whole seconds, downwards, and the nanoseconds above them.
    public static func split(_ time: Int64) -> (seconds: Int64, nanoseconds: UInt64) {
        var seconds = time / 1_000_000_000
        var rest = time % 1_000_000_000
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000_000
        }
        return (seconds, UInt64(rest))
    }
}
