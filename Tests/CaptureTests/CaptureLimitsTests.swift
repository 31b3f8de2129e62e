import Foundation
import Testing

@testable import Capture

@Suite struct CaptureLimitsTests {
    private func limits(_ texts: String...) throws -> CaptureLimits {
        var limits = CaptureLimits()
        for text in texts { try limits.add(text) }
        return limits
    }

    @Test func asDumpcapWritesThem() throws {
        let all = try limits("duration:2.5", "filesize:10", "files:3", "packets:7")
        #expect(all.duration == 2.5 && all.fileSize == 10_000 && all.files == 3 && all.packets == 7)
        #expect(try limits("duration:60").duration == 60)
        #expect(try limits("packets:1", "packets:2").packets == 2)
        #expect(CaptureLimits().isEmpty && !all.isEmpty)
    }

    @Test(arguments: [
        "", ":", "duration", "duration:", "duration:0", "duration:-1", "duration:nan", "duration:inf", "duration:1e3",
        "duration:.", "duration:1:2", "filesize:0", "filesize:-1", "filesize:1.5", "filesize:99999999999999999999",
        "files:x", "files:+1", "packets:", "packets:0", "Duration:1", " duration:1", "interval:3", "packets:\u{1b}[31m",
    ])
    func whatIsNoLimit(text: String) {
        var limits = CaptureLimits()
        #expect(throws: CaptureLimits.Invalid.self) { try limits.add(text) }
        #expect(limits.isEmpty)
        do { try limits.add(text) } catch { #expect(!error.description.contains("\u{1b}")) }
    }

    @Test func eachLimitAloneIsEnough() throws {
        let none = CaptureLimits()
        #expect(!none.isReached(duration: .infinity, packets: .max, bytes: .max, files: .max))
        let all = try limits("duration:2", "filesize:1", "files:3", "packets:7")
        #expect(!all.isReached(duration: 1.9, packets: 6, bytes: 999, files: 2))
        #expect(all.isReached(duration: 2, packets: 0, bytes: 0))
        #expect(all.isReached(duration: 0, packets: 7, bytes: 0))
        #expect(all.isReached(duration: 0, packets: 0, bytes: 1_000))
        #expect(all.isReached(duration: 0, packets: 0, bytes: 0, files: 3))
    }

    @Test(arguments: [
        ("name.pcap", "name_00001_D.pcap"), ("/a.b/name", "/a.b/name_00001_D"), ("a.b.pcapng", "a.b_00001_D.pcapng"),
        ("./name.pcap", "./name_00001_D.pcap"), ("dir/.pcap", "dir/_00001_D.pcap"),
    ])
    func namesOfRingFiles(path: String, expected: String) {
        // 2026-11-23 14:22:33 wherever we are.
        var local = tm()
        (local.tm_year, local.tm_mon, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec) = (
            126, 10, 23, 14, 22, 33
        )
        local.tm_isdst = -1
        let name = RingFileName(path).path(number: 1, time: mktime(&local))
        #expect(name == expected.replacing("D", with: "20261123142233"))
    }

    @Test func numbersOfRingFiles() {
        let name = RingFileName("n")
        #expect(name.path(number: 42, time: 0).hasPrefix("n_00042_"))
        #expect(name.path(number: 99_999, time: 0).hasPrefix("n_99999_"))
        #expect(name.path(number: 100_000, time: 0).hasPrefix("n_00000_"))
    }

    @Test func countersThatGoRound() {
        var count = WideCount()
        count.advance(to: 5)
        count.advance(to: .max)
        count.advance(to: 2)
        #expect(count.total == UInt64(UInt32.max) + 3)
    }
}
