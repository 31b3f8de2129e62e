import BitcoinP2P
import Fields
import Foundation
import Output
import Reassembly
import Records
import Testing

@testable import Insight

@Suite struct MeterTests {
    /// Rates are those of the time since the oldest of five marks.
    @Test func ratesForgetWhatIsOld() {
        var clock = MeterClock(begun: 0)
        var meter = Meter()
        var rates: [UInt64] = []
        for second in 1...12 as ClosedRange<Int64> {
            // Ten in each of the first three seconds.
            if second <= 3 { meter.add(10) }
            rates.append(meter.grown(since: clock.place) * 1_000_000_000 / clock.span(until: second * 1_000_000_000))
            meter.mark(clock.place)
            clock.mark(at: second * 1_000_000_000)
        }
        #expect(rates == [10, 10, 10, 7, 6, 4, 2, 0, 0, 0, 0, 0])
        #expect(meter.total == 30)
    }

    @Test func countsOfOthersNeverFall() {
        var meter = Meter()
        meter.set(10)
        meter.mark(0)
        meter.set(5)
        #expect(meter.total == 10 && meter.grown(since: 0) == 0)
    }
}

@Suite struct TopTests {
    private static let second: Int64 = 1_000_000_000
    private static let start: Int64 = 1_796_025_600 * second

    private func record(
        _ command: String, from: String, to: String, stream: UInt64, length: Int = 100, userAgent: String? = nil
    ) -> Record {
        var record = Record()
        let name = Array(command.utf8) + Array(repeating: 0, count: 12)
        record.command = Command(name.span.bytes, at: 0)
        record.source = Array(from.utf8)
        record.destination = Array(to.utf8)
        record.stream = stream
        record.length = length
        record.userAgent = userAgent.map { Array($0.utf8) }
        return record
    }

    private func facts(
        _ number: UInt64, _ forward: String, _ backward: String, sent: UInt64 = 0, received: UInt64 = 0
    ) -> ConnectionFacts {
        let place = Endpoint(ipv4: 0, port: 0)
        var facts = ConnectionFacts(
            number: number, forward: SideFacts(place, Array(forward.utf8)),
            backward: SideFacts(place, Array(backward.utf8)), first: Origin(frame: 1, time: 0), hasKnownPort: true)
        facts.forward.payloadBytes = sent
        facts.backward.payloadBytes = received
        return facts
    }

    /// What is drawn, once for each second.
    private func drawn(
        node: Insight.Node? = Insight.Node(["10.0.0.9"], .interface), screen: Top.Screen? = nil, colour: Bool = false,
        note: String? = nil, seconds: Int64 = 1, _ fill: (Top, Int64) -> [ConnectionFacts]
    ) -> [String] {
        var frames: [String] = []
        guard let file = tmpfile() else { return [] }
        defer { fclose(file) }
        let shown = ByteOutput(descriptor: fileno(file))
        let top = Top("eth0", node: node, Colour(isOn: colour), to: shown, at: Self.start)
        top.note = note
        top.begin()
        var begun = 0
        for second in 1...seconds {
            var capture = CaptureFacts()
            capture.known = fill(top, second)
            top.draw(capture, at: Self.start + second * Self.second, on: screen)
            let end = Int(lseek(fileno(file), 0, SEEK_END))
            var bytes = [UInt8](repeating: 0, count: end - begun)
            _ = pread(fileno(file), &bytes, bytes.count, off_t(begun))
            begun = end
            frames.append(String(decoding: bytes, as: UTF8.self))
        }
        top.end()
        return frames
    }

    private func lines(_ frame: String) -> [String] {
        frame.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Into a pipe: one table after the other.
    @Test func plain() {
        let frames = drawn(seconds: 2) { top, second in
            for _ in 0..<10 {
                top.write(
                    record("inv", from: "192.0.2.1:8333", to: "10.0.0.9:4000", stream: 3, userAgent: "/a/"), RawSpan())
            }
            top.write(
                record("ping", from: "10.0.0.9:4000", to: "192.0.2.1:8333", stream: 3, userAgent: "/own/"), RawSpan())
            return [
                facts(
                    3, "10.0.0.9:4000", "192.0.2.1:8333", sent: UInt64(second) * 100, received: UInt64(second) * 2_000),
                facts(5, "198.51.100.7:999", "10.0.0.9:8333"),
            ]
        }
        #expect(frames.count == 2 && frames.allSatisfy { !$0.contains("\u{1b}") && $0.hasSuffix("\n\n") })
        let (first, second) = (lines(frames[0]), lines(frames[1]))
        #expect(first[0].hasPrefix("eth0, "))
        #expect(first[0].hasSuffix(", 1 s: 2 connections, 11.0 messages/s, 1.1 kB/s"), "\(first[0])")
        #expect(
            first.dropFirst() == [
                "",
                "Peer              Msg/s <-   ->  Bytes/s <-     ->  Messages   Bytes  Last  User agent",
                "192.0.2.1:8333        10.0  1.0        2 kB  100 B        11  2.1 kB  ping  /a/",
                "198.51.100.7:999       0.0  0.0         0 B    0 B         0     0 B  -     -",
                "",
                "Command  Msg/s  Bytes/s  Messages  Bytes",
                "inv       10.0     1 kB        10   1 kB",
                "ping       1.0    100 B         1  100 B",
                "",
                "",
            ])
        // Rates are the same, counts go on.
        #expect(second.contains("192.0.2.1:8333        10.0  1.0        2 kB  100 B        22  4.2 kB  ping  /a/"))
    }

    /// Where nobody knows which end is the peer, both are named.
    @Test func withoutANode() {
        let frame = drawn(node: nil) { top, _ in
            top.write(record("inv", from: "192.0.2.1:8333", to: "10.0.0.9:4000", stream: 3), RawSpan())
            return [facts(3, "10.0.0.9:4000", "192.0.2.1:8333")]
        }
        #expect(frame[0].contains("10.0.0.9:4000 → 192.0.2.1:8333       0.0  1.0 "), "\(frame)")
    }

    /// What ended is gone, and what cannot be read says so.
    @Test func closedAndEncryptedConnections() {
        let frames = drawn(seconds: 2) { top, second in
            top.write(record("inv", from: "192.0.2.1:8333", to: "10.0.0.9:4000", stream: 3), RawSpan())
            var (closed, encrypted) = (
                facts(3, "10.0.0.9:4000", "192.0.2.1:8333"), facts(4, "10.0.0.9:4001", "192.0.2.2:8333", received: 70)
            )
            encrypted.isEncrypted = true
            if second == 2 { closed.end = .init(isReset: false, side: .forward, origin: Origin(frame: 9, time: 0)) }
            return [closed, encrypted]
        }
        #expect(frames[0].contains(": 2 connections,") && frames[1].contains(": 1 connection,"))
        #expect(frames[0].contains("\n192.0.2.1:8333 ") && !frames[1].contains("192.0.2.1:8333"))
        let line = lines(frames[0]).first { $0.hasPrefix("192.0.2.2:8333 ") }
        #expect(line?.contains(" -  ") == true && line?.contains("70 B") == true)
        #expect(line?.contains("encrypted") == true, "\(line ?? "")")
    }

    /// On a terminal each is drawn over the one before, within its columns and rows.
    @Test(arguments: [(80, 24), (40, 10), (20, 4), (200, 60)])
    func onATerminal(columns: Int, rows: Int) {
        let many = 30
        let frames = drawn(screen: Top.Screen(columns: columns, rows: rows), seconds: 2) { top, _ in
            (0..<many).map { index in
                let peer = "192.0.2.\(index):8333"
                top.write(
                    record("command\(index % 20)", from: peer, to: "10.0.0.9:4000", stream: UInt64(index)), RawSpan())
                return facts(UInt64(index), "10.0.0.9:4000", peer, received: UInt64(index))
            }
        }
        #expect(frames[0].hasPrefix(String(repeating: "\n", count: rows) + "\u{1b}[H"), "what was there stays")
        #expect(frames[1].hasPrefix("\u{1b}[Heth0, "))
        for frame in frames {
            let drawn = frame.replacing(/^\n*\u{1b}\[H/, with: "")
            #expect(drawn.hasSuffix("\u{1b}[K\n\u{1b}[J"))
            let lines = drawn.split(separator: "\u{1b}[K\n").dropLast().map { TextBuffer(String($0)).columns() }
            #expect(lines.count < rows && lines.allSatisfy { $0 <= columns }, "\(lines)")
        }
        if rows == 24 {
            // Both tables have something; peers have more, and what has no line is counted.
            #expect(frames[1].contains("192.0.2.29:8333") && frames[1].contains("\ncommand"))
            let lines = frames[1].split(separator: "\u{1b}[K\n").map(String.init)
            #expect(lines[1] == "Most bytes first; Ctrl-C ends it.")
            #expect(lines.count { $0.hasPrefix("192.0.2.") } == 13 && lines.contains("… 17 more"), "\(lines)")
            #expect(lines.count { $0.hasPrefix("command") } == 2 && lines.contains("… 18 more"), "\(lines)")
        }
    }

    /// Where all has room nothing is left to count, and a pipe has no keys.
    @Test(arguments: [true, false]) func fewPeers(isOnTerminal: Bool) {
        let screen = isOnTerminal ? Top.Screen(columns: 80, rows: 24) : nil
        let frame = drawn(screen: screen) { top, _ in
            (0..<5).map { index in
                let peer = "192.0.2.\(index):8333"
                top.write(record("ping", from: peer, to: "10.0.0.9:4000", stream: UInt64(index)), RawSpan())
                return facts(UInt64(index), "10.0.0.9:4000", peer, received: UInt64(index))
            }
        }[0]
        #expect(!frame.contains(" more") && (0..<5).allSatisfy { frame.contains("192.0.2.\($0):8333 ") })
        #expect(frame.contains("Ctrl-C") == isOnTerminal)
    }

    @Test func whatIsWaitedForIsSaid() {
        let frame = drawn(note: "nothing \u{1b}[31m has come") { _, _ in [] }[0]
        #expect(lines(frame)[1] == "nothing \\x1b[31m has come")
    }

    @Test func commandsHaveTheColoursOfTheirFamilies() {
        let frame = drawn(colour: true) { top, _ in
            top.write(record("tx", from: "192.0.2.1:8333", to: "10.0.0.9:4000", stream: 3), RawSpan())
            return []
        }[0]
        #expect(frame.contains("\n\u{1b}[33mtx\u{1b}[0m "), "\(frame)")
    }

    /// Names are anybody's: those without a line are counted together, and none steers the terminal.
    @Test func madeUpNames() {
        let frame = drawn { top, _ in
            for index in 0..<1_200 {
                top.write(
                    record(
                        "\u{1b}x\(index)", from: "192.0.2.1:8333", to: "10.0.0.9:4000", stream: 3,
                        userAgent: "/\u{1b}[31m/"), RawSpan())
            }
            return [facts(3, "10.0.0.9:4000", "192.0.2.1:8333")]
        }[0]
        #expect(!frame.contains("\u{1b}"))
        #expect(frame.contains("\n(other) ") && frame.contains("/\\x1b[31m/"))
        #expect(lines(frame).count < 220)
    }
}

extension TextBuffer {
    fileprivate init(_ text: String) {
        self.init()
        append(text)
    }
}
