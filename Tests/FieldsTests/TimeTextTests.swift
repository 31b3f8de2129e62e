import Fields
import Foundation
import Testing

@Suite struct TimeTextTests {
    private func utc(_ seconds: Int64, date: Bool = true, separator: UInt8 = 0x20) -> String? {
        var time = TimeText(.utc)
        var buffer = TextBuffer()
        guard time.append(seconds: seconds, date: date, separator: separator, to: &buffer) else {
            #expect(buffer.isEmpty, "nothing is written")
            return nil
        }
        return buffer.string
    }

    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (1_231_006_505, "2009-01-03 18:15:05"),
            (951_782_400, "2000-02-29 00:00:00"), (4_294_967_295, "2106-02-07 06:28:15"),
            (253_402_300_799, "9999-12-31 23:59:59"), (253_402_300_800, nil), (-62_135_596_800, "0001-01-01 00:00:00"),
            (-62_135_596_801, nil), (.max, nil), (.min, nil),
        ] as [(Int64, String?)])
    func utcDates(_ seconds: Int64, _ expected: String?) { #expect(utc(seconds) == expected) }

    @Test func partsOfIt() {
        #expect(utc(1_231_006_505, date: false) == "18:15:05")
        #expect(utc(1_231_006_505, separator: 0x54) == "2009-01-03T18:15:05")
    }

    @Test func daysOfTheYear() {
        var time = TimeText(.utc, date: .dayOfYear)
        for (seconds, expected) in [
            (0, "1970/001 00:00:00"), (951_782_400, "2000/060 00:00:00"), (978_307_199, "2000/366 23:59:59"),
        ] as [(Int64, String)] {
            #expect(text { _ = time.append(seconds: seconds, date: true, to: &$0) } == expected)
        }
    }

    @Test func theSecondItRemembersIsTheRightOne() {
        var time = TimeText(.utc)
        var seen: [String] = []
        for seconds: Int64 in [5, 5, 6, .max, 6, 5, .min, 5] {
            seen.append(text { if !time.append(seconds: seconds, date: false, to: &$0) { $0.append("-") } })
        }
        let expected = ["00:00:05", "00:00:05", "00:00:06", "-", "00:00:06", "00:00:05", "-", "00:00:05"]
        #expect(seen == expected)
    }

    @Test(
        arguments: [
            (0, 6, "0.000000"), (0, 9, "0.000000000"), (1, 9, "0.000000001"), (1, 6, "0.000000"),
            (1_371_666_630_999, 6, "1371.666630"), (1_371_666_630_999, 9, "1371.666630999"),
            (999_999_999, 6, "0.999999"), (-1, 9, "-0.000000001"), (-1_500_000_000, 6, "-1.500000"),
            (.max, 9, "9223372036.854775807"), (.min, 9, "-9223372036.854775808"), (.min, 6, "-9223372036.854775"),
        ] as [(Int64, Int, String)])
    func spans(_ nanoseconds: Int64, _ decimals: Int, _ expected: String) {
        #expect(text { TimeText.append(nanoseconds: nanoseconds, decimals: decimals, to: &$0) } == expected)
    }

    @Test func beforeTheEpochTheFractionStillCountsUpwards() {
        #expect(TimeText.split(-1) == (-1, 999_999_999))
        #expect(TimeText.split(-1_000_000_000) == (-1, 0))
        #expect(TimeText.split(.min) == (-9_223_372_037, 145_224_192))
        #expect(TimeText.split(.max) == (9_223_372_036, 854_775_807))
    }

    /// In a process of its own, for the sake of its time zone.
    @Test func localTime() async {
        await #expect(processExitsWith: .success) {
            setenv("TZ", "HERE-02:30", 1)
            tzset()
            var local = TimeText(.local)
            #expect(text { _ = local.append(seconds: 0, date: true, to: &$0) } == "1970-01-01 02:30:00")
            var utc = TimeText(.utc)
            #expect(text { _ = utc.append(seconds: 0, date: true, to: &$0) } == "1970-01-01 00:00:00")
        }
    }
}
