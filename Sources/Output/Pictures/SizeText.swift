import Fields

extension TextBuffer {
    /// A number of bytes with three digits and the unit that suits: `63 B`, `8.65 kB`, `44.1 kB`; units are powers of 1000.
    package mutating func append(size bytes: UInt64) {
        guard bytes >= 1_000 else {
            append(decimal: bytes)
            return append(" B")
        }
        let names: [StaticString] = [" kB", " MB", " GB", " TB", " PB", " EB"]
        var (unit, place): (UInt64, Int) = (1_000, 0)
        // 999,500 is 1 MB already, rounded to three digits.
        while place + 1 < names.count, bytes / (unit / 1_000) >= 999_500 {
            unit *= 1_000
            place += 1
        }
        let thousandths = bytes / (unit / 1_000)
        let decimals = thousandths < 9_995 ? 2 : thousandths < 99_950 ? 1 : 0
        let scale: UInt64 = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
        let piece = unit / scale
        var digits = bytes / piece
        if bytes % piece >= piece - piece / 2 { digits += 1 }
        append(decimal: digits / scale)
        var (rest, width) = (digits % scale, decimals)
        // Zeros at the end say nothing.
        while width > 0, rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        if width > 0 {
            append(".")
            append(decimal: rest, width: width)
        }
        append(names[place])
    }

    /// A point on an axis of time, exactly: `0`, `500 µs`, `1.5 s`, `2 min`, `3 h`, `1 d`.
    ///
    /// - Parameter time: In nanoseconds.
    package mutating func append(tick time: Int64) {
        guard time > 0 else { return append("0") }
        let units: [(Int64, StaticString)] = [
            (86_400_000_000_000, " d"), (3_600_000_000_000, " h"), (60_000_000_000, " min"), (1_000_000_000, " s"),
            (1_000_000, " ms"), (1_000, " µs"),
        ]
        // The largest unit of which it is a whole number, or, below a minute, the largest that is not more.
        let whole = units.first { time >= $0.0 && time % $0.0 == 0 }
        let decimal = units.dropFirst(3).first { time >= $0.0 }
        guard let unit = time < 60_000_000_000 ? decimal : whole else {
            append(decimal: UInt64(time))
            return append(" ns")
        }
        append(decimal: UInt64(time / unit.0))
        var rest = UInt64(time % unit.0)
        if rest > 0 {
            var (digits, width) = (UInt64(unit.0), 0)
            while digits > 1 {
                digits /= 10
                width += 1
            }
            while rest % 10 == 0 {
                rest /= 10
                width -= 1
            }
            append(".")
            append(decimal: rest, width: width)
        }
        append(unit.1)
    }
}
