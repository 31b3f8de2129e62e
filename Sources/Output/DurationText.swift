import Fields

extension TextBuffer {
    /// A span of time with three digits and the unit that suits: `19 µs`, `1.06 ms`, `2.01 s`, from 100 s on `1m53s` and
    /// `3h12m`.
    ///
    /// - Parameters:
    ///   - nanoseconds: The span.
    ///   - decimals: Of a second, which the clock has: 6 or 9. No digit beyond them is written.
    package mutating func append(duration nanoseconds: Int64, decimals: Int) {
        if nanoseconds < 0 { append("-") }
        let magnitude = nanoseconds.magnitude
        // What is rounded up to 100 s has no room for a fraction.
        if magnitude >= 99_950_000_000 {
            let seconds = (magnitude &+ 500_000_000) / 1_000_000_000
            if seconds < 100 { return append(magnitude, unit: 1_000_000_000, decimals: 9, "s") }
            return seconds < 3_600
                ? append(seconds / 60, "m", seconds % 60, "s") : append(seconds / 3_600, "h", seconds % 3_600 / 60, "m")
        }
        switch magnitude {
        case 999_500_000...: append(magnitude, unit: 1_000_000_000, decimals: 9, "s")
        case 999_500...: append(magnitude, unit: 1_000_000, decimals: decimals - 3, "ms")
        case 0, 1_000...: append(magnitude, unit: 1_000, decimals: decimals - 6, "µs")
        default: append(magnitude, unit: 1, decimals: 0, "ns")
        }
    }

    private mutating func append(_ large: UInt64, _ name: StaticString, _ small: UInt64, _ smallName: StaticString) {
        append(decimal: large)
        append(name)
        append(decimal: small, width: 2)
        append(smallName)
    }

    /// Three digits, fewer where the clock has no more, rounded half up.
    private mutating func append(_ value: UInt64, unit: UInt64, decimals: Int, _ name: StaticString) {
        var places = min(max(decimals, 0), 2)
        if value >= 10 * unit { places = min(places, 1) }
        if value >= 100 * unit { places = 0 }
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        var digits = (value / unit) * scale + ((value % unit) * scale * 2 + unit) / (2 * unit)
        // 9.999 became 10.00, 99.97 100.0.
        if places > 0, digits >= 1_000 {
            digits = (digits + 5) / 10
            scale /= 10
            places -= 1
        }
        append(decimal: digits / scale)
        if places > 0 {
            append(".")
            append(decimal: digits % scale, width: places)
        }
        append(" ")
        append(name)
    }
}
