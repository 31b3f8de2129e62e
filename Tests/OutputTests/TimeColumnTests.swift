import Fields
import Foundation
import Testing

@testable import Output

/// The time column of records at `times`.
private func columns(
    _ format: TimeFormat, _ times: [Int64], decimals: Int = 6, isNarrow: Bool = false
) -> [String] {
    var column = TimeColumn(format)
    return times.map { time in
        text {
            column.append(time, since: times.first ?? time, decimals: decimals, isNarrow: isNarrow, to: &$0)
        }
    }
}

@Suite struct TimeColumnTests {
    private let times: [Int64] = [1_301_327_937_931_550_123, 1_301_327_938_138_067_000, 1_301_327_938_000_000_000]

    @Test func sinceTheFirst() {
        #expect(columns(.relative, times) == ["0.000000", "0.206516", "0.068449"])
        #expect(columns(.relative, times, decimals: 9) == ["0.000000000", "0.206516877", "0.068449877"])
    }

    @Test(arguments: [TimeFormat.delta, .deltaDisplayed])
    func sinceTheOneBefore(_ format: TimeFormat) {
        #expect(columns(format, times) == ["0.000000", "0.206516", "-0.138067"])
    }

    @Test func epoch() {
        #expect(columns(.epoch, times) == ["1301327937.931550", "1301327938.138067", "1301327938.000000"])
        #expect(columns(.epoch, times, decimals: 9)[0] == "1301327937.931550123")
        #expect(columns(.epoch, [-1, .min]) == ["-0.000000", "-9223372036.854775"])
    }

    @Test func utc() {
        #expect(columns(.utc, times) == ["15:58:57.931550", "15:58:58.138067", "15:58:58.000000"])
        #expect(columns(.utcWithDate, times)[0] == "2011-03-28 15:58:57.931550")
        #expect(columns(.utcWithDayOfYear, times)[0] == "2011/087 15:58:57.931550")
        #expect(columns(.utcWithDate, times, decimals: 9)[0] == "2011-03-28 15:58:57.931550123")
    }

    /// On a terminal that has no room for more.
    @Test func fewerDigits() {
        for decimals in [6, 9] {
            #expect(
                columns(.relative, times, decimals: decimals, isNarrow: true) == ["0.000000", "0.206516", "0.068449"])
            #expect(columns(.utc, times, decimals: decimals, isNarrow: true)[0] == "15:58:57.931")
            #expect(columns(.epoch, times, decimals: decimals, isNarrow: true)[1] == "1301327938.138")
        }
    }

    @Test func beforeTheEpochTheFractionStillCountsUpwards() {
        #expect(columns(.utcWithDate, [-1], decimals: 9) == ["1969-12-31 23:59:59.999999999"])
    }

    /// As tshark 4.0 shows them.
    @Test func hoursMinutesSeconds() {
        func clock(_ format: TimeFormat, _ times: [Int64], decimals: Int = 6) -> [String] {
            var column = TimeColumn(format, .hoursMinutesSeconds)
            return times.map { time in text { column.append(time, since: times[0], decimals: decimals, to: &$0) } }
        }
        let milliseconds: [Int64] = [0, 59_500, 61_250, 3_600_000, 3_661_000, 360_005_500, 360_000_000]
        let times = milliseconds.map { $0 * 1_000_000 }
        #expect(
            clock(.relative, times) == [
                "0.000000s", "59.500000s", "1m  1.250000s", "1h  0m  0.000000s", "1h  1m  1.000000s",
                "100h  0m  5.500000s", "100h  0m  0.000000s",
            ])
        #expect(clock(.delta, times).suffix(2) == ["98h 59m  4.500000s", "- 5.500000s"])
        #expect(clock(.deltaDisplayed, [0, 1], decimals: 9) == ["0.000000000s", "0.000000001s"])
        #expect(clock(.epoch, times)[1] == "59.500000")
        for format in TimeFormat.allCases { #expect(clock(format, [.min, .max, .min, 0]).count == 4) }
    }

    /// In a process of its own, for the sake of its time zone.
    @Test func localTime() async {
        await #expect(processExitsWith: .success) {
            setenv("TZ", "HERE-02:30", 1)
            tzset()
            #expect(columns(.absolute, [82_800_000_000_000]) == ["01:30:00.000000"])
            #expect(columns(.absoluteWithDate, [82_800_000_000_000]) == ["1970-01-02 01:30:00.000000"])
            #expect(columns(.utcWithDate, [82_800_000_000_000]) == ["1970-01-01 23:00:00.000000"])
        }
    }

    @Test func hugeSpansDoNotTrap() {
        for format in TimeFormat.allCases { #expect(columns(format, [.min, .max, .min, 0]).count == 4) }
    }

    @Test func names() {
        #expect(TimeFormat.allCases.map(\.rawValue) == ["r", "d", "dd", "e", "a", "ad", "adoy", "u", "ud", "udoy"])
    }
}
