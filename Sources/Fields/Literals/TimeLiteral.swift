/// Reads points in time and durations, in nanoseconds; without a zone a date is in UTC.
public struct TimeLiteral {
    private var text: ArraySlice<UInt8>

    private init(_ text: [UInt8]) { self.text = text[...] }

    /// `1301327937.5`, with at most nine decimals and 18 digits before them.
    public static func duration(_ text: [UInt8]) -> Int128? {
        var literal = TimeLiteral(text)
        let isNegative = literal.take(0x2d)
        let whole = literal.digits(1...18)
        let fraction = literal.fraction()
        guard literal.text.isEmpty, whole != nil || fraction != nil else { return nil }
        let value = Int128(whole ?? 0) * 1_000_000_000 + Int128(fraction ?? 0)
        return isNegative ? -value : value
    }

    /// `2011-03-28T15:58:57.5Z`, `2011-03-28 15:58:57`, `2011-03-28`, `Mar 28, 2011 15:58:57`, or epoch seconds.
    public static func instant(_ text: [UInt8]) -> Int128? {
        if let seconds = duration(text) { return seconds }
        var literal = TimeLiteral(text)
        return literal.date()
    }

    private mutating func date() -> Int128? {
        let isNamed = text.first.map { (0x41...0x5a).contains($0) } ?? false
        guard let (year, month, day) = isNamed ? namedDate() : plainDate(), (1...12).contains(month) else { return nil }
        guard (1...Calendar.daysInMonth(month, of: year)).contains(day) else { return nil }
        var time = Int128(Calendar.days(year: year, month: month, day: day)) * 86_400_000_000_000
        if text.isEmpty { return time }
        guard take(0x20) || take(0x54), let clock = clock() else { return nil }
        time += clock
        _ = take(0x20)
        guard let zone = zone(), text.isEmpty else { return nil }
        return time - zone
    }

    private mutating func plainDate() -> (Int, Int, Int)? {
        guard let year = digits(4...4), take(0x2d), let month = digits(1...2), take(0x2d), let day = digits(1...2)
        else { return nil }
        return (year, month, day)
    }

    /// `Mar 28, 2011`, also with two spaces before a day of one digit.
    private mutating func namedDate() -> (Int, Int, Int)? {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = names.firstIndex(where: { text.starts(with: $0.utf8) }) else { return nil }
        text = text.dropFirst(3)
        guard take(0x20) else { return nil }
        _ = take(0x20)
        guard let day = digits(1...2), take(0x2c), take(0x20), let year = digits(4...4) else { return nil }
        return (year, month + 1, day)
    }

    /// `15:58:57.5` or `15:58`; a leap second is the first one of the next minute.
    private mutating func clock() -> Int128? {
        guard let hour = digits(1...2), hour < 24, take(0x3a), let minute = digits(2...2), minute < 60 else {
            return nil
        }
        var nanoseconds = Int128(hour * 3600 + minute * 60) * 1_000_000_000
        if take(0x3a) {
            guard let second = digits(2...2), second <= 60 else { return nil }
            nanoseconds += Int128(second) * 1_000_000_000
            if text.first == 0x2e {
                guard let fraction = fraction() else { return nil }
                nanoseconds += Int128(fraction)
            }
        }
        return nanoseconds
    }

    /// `Z`, `UTC`, `+01:00`, `-0130` or nothing: nanoseconds east of UTC.
    private mutating func zone() -> Int128? {
        if text.isEmpty || take(0x5a) { return 0 }
        if text.elementsEqual("UTC".utf8) {
            text = []
            return 0
        }
        let isWest = text.first == 0x2d
        guard take(0x2d) || take(0x2b), let hours = digits(2...2), hours < 24 else { return nil }
        _ = take(0x3a)
        guard let minutes = digits(2...2), minutes < 60 else { return nil }
        let offset = Int128(hours * 3600 + minutes * 60) * 1_000_000_000
        return isWest ? -offset : offset
    }

    // MARK: Parts

    private mutating func take(_ byte: UInt8) -> Bool {
        guard text.first == byte else { return false }
        text = text.dropFirst()
        return true
    }

    /// At most 18 digits, which an `Int` holds; further ones are left.
    private mutating func digits(_ counts: ClosedRange<Int>) -> Int? {
        let digits = text.prefix(counts.upperBound).prefix { (0x30...0x39).contains($0) }
        guard counts.contains(digits.count) else { return nil }
        text = text.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `.5` as nanoseconds.
    private mutating func fraction() -> Int? {
        guard take(0x2e) else { return nil }
        let before = text.count
        guard var value = digits(1...9) else { return nil }
        for _ in (before - text.count)..<9 { value *= 10 }
        return value
    }
}
