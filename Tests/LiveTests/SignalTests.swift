import Foundation
import Support
import Testing

@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct SignalTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/live.pcap"
    }

    /// Traffic without an end.
    private func traffic(port: UInt16 = 8333) throws -> BitcoinPeers {
        let goods = [try BitcoinMessage.sample("tx"), .tx(2, size: 20_000)]
        return try BitcoinPeers(TCPPeers(port: port, in: space), goods: goods, rounds: .max / 2, pause: 200)
    }

    private func begin(_ options: [String] = []) throws -> LiveProgram {
        try .capturing(["-i", "lo", "-T", "ndjson", "-w", file] + options, in: space)
    }

    // MARK: The end

    /// At any moment: all that was taken is shown, counted and in the file.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func orderlyEnd(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let program = try begin(["-z", "bitcoin,tree"])
        let peers = try traffic()
        defer { peers.stop() }
        usleep(UInt32(generator.next() % 300_000))
        program.signal(seed % 2 == 0 ? SIGINT : SIGTERM)
        #expect(program.end() == .status(0), "\(program.errorText)")
        let counts = try #require(PacketCounts(program.errorText))
        let recorded = try PacketFile(file)
        #expect(recorded.rest == 0 && recorded.frames.count == counts.received)
        let live = try ShownMessages(ndjson: program.outputBytes)
        let offline = try ShownMessages(file: file)
        #expect(live == offline, "\(live.count) and \(offline.count)")
        let statistics = program.lines.filter { $0.contains(#""statistic":"bitcoin,tree""#) }
        #expect(live.count == 0 || !statistics.isEmpty)
        #expect(program.errorText.contains("\(counts.received) packets") || counts.received == 1)
        #expect(program.errorText.contains(" Bitcoin message"))
    }

    /// As soon as it says that it captures, it can be ended in order.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func endAtOnceAfterTheBeginning(number: Int32) throws {
        for _ in 0..<5 {
            let program = try LiveProgram.capturing(["-i", "lo"], in: space)
            program.signal(number)
            #expect(program.end() == .status(0), "\(program.errorText)")
        }
    }

    /// Killed, it leaves a file with everything up to the last time it was handed to the system.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func killed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let program = try begin()
        let first = try traffic()
        usleep(100_000)
        first.stop()
        let sent = ShownMessages(try first.finish())
        // Nothing comes for a moment: all is in the file.
        #expect(eventually { (try? PacketFile(file).rest == 0 && ShownMessages(file: file) == sent) == true })
        let before = try PacketFile(file).frames
        let second = try traffic(port: 18_444)
        defer { second.stop() }
        usleep(UInt32(generator.next() % 300_000))
        program.signal(SIGKILL)
        #expect(program.end() == .signal(SIGKILL))
        let frames = try PacketFile(file).frames
        #expect(frames.count >= before.count && Array(frames.prefix(before.count)) == before)
        let (ending, output, errors) = try LiveProgram.run(["-r", file, "-T", "ndjson", "tcp.port == 8333"])
        #expect(ending == .status(0) || ending == .status(2) && errors.contains("cut short"), "\(ending) \(errors)")
        #expect(try ShownMessages(ndjson: output) == sent)
    }

    /// The second signal ends at once, whatever the first one waits for.
    @Test(arguments: [1, 4]) func secondSignal(threads: Int) throws {
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-x", "--threads", "\(threads)"], in: space, readsOutput: false)
        let peers = try TCPPeers(port: 8333, in: space)
        try peers.send(BitcoinMessage.block(size: 1_500_000).bytes)
        // It writes, and nobody reads. Of several threads none is blocked by that: they ask now and then.
        if threads == 1 { #expect(eventually { program.isBlockedInWrite }) } else { sleep(1) }
        program.signal(SIGINT)
        usleep(100_000)
        program.signal(SIGINT)
        #expect(program.end() == .signal(SIGINT))
    }

    // MARK: On the way

    @Test func countsSoFar() throws {
        let program = try begin()
        for number in 1...2 as ClosedRange<UInt16> {
            let sent = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
            let expected = ShownMessages(sent).count * Int(number)
            #expect(eventually { program.lines.count == expected })
            program.signal(SIGUSR1)
            #expect(eventually { program.errorText.matches(of: #/ by btcshark\n/#).count == Int(number) })
            #expect(
                eventually { program.errorText.contains("\(expected) Bitcoin messages") }, "\(program.errorText)")
            let counts = try #require(PacketCounts(program.errorText))
            #expect(counts.received > 0 && !counts.hasDrops)
        }
        #expect(program.interrupt() == .status(0))
    }

    /// A file that was moved away is made anew; together they hold all.
    @Test func movedFile() throws {
        let program = try begin()
        let talk = { try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish() }
        let first = ShownMessages(try talk())
        #expect(eventually { program.lines.count == first.count })
        // It is still there: nothing changes.
        program.signal(SIGHUP)
        program.signal(SIGUSR1)
        #expect(eventually { PacketCounts(program.errorText) != nil })
        let second = ShownMessages(try talk())
        #expect(eventually { program.lines.count == first.count + second.count })
        try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
        program.signal(SIGHUP)
        #expect(eventually { FileManager.default.fileExists(atPath: file) })
        let third = ShownMessages(try talk())
        #expect(eventually { program.lines.count == first.count + second.count + third.count })
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(try ShownMessages(file: file) == third)
        let old = try ShownMessages(file: file + ".1")
        #expect(old.count == first.count + second.count)
        #expect(try PacketFile(file).rest == 0 && PacketFile(file + ".1").rest == 0)
    }

    // MARK: Into a pipe

    /// A recording into a pipe that nobody reads, which is full.
    private func recordIntoFullPipe() throws -> (program: LiveProgram, readEnd: Int32) {
        let ends = try makePipe()
        defer { close(ends.writeEnd) }
        let program = try LiveProgram.capturing(["-i", "lo", "-w", "-"], in: space, outputDescriptor: ends.writeEnd)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.block(size: 1_500_000).bytes)
        let isFull = {
            var state = pollfd(fd: ends.writeEnd, events: Int16(POLLOUT), revents: 0)
            return poll(&state, 1, 0) == 0
        }
        try #require(eventually(within: 30, isFull), "\(program.errorText)")
        return (program, ends.readEnd)
    }

    /// Asking for the next file, for which there is none, or for the counts harms nothing.
    @Test func signalsWhileARecordingWaits() throws {
        let (program, readEnd) = try recordIntoFullPipe()
        defer { close(readEnd) }
        for number in [SIGHUP, SIGUSR1, SIGHUP] {
            program.signal(number)
            usleep(150_000)
        }
        var recorded = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isInterrupted = false
        while true {
            let count = read(readEnd, &buffer, buffer.count)
            guard count > 0 else { break }
            recorded.append(contentsOf: buffer.prefix(count))
            // The block is there.
            if !isInterrupted, recorded.count > 1_500_000 {
                program.signal(SIGINT)
                isInterrupted = true
            }
        }
        #expect(program.end() == .status(0), "\(program.errorText)")
        let whole = try PacketFile(try folder.write(recorded))
        #expect(whole.rest == 0 && whole.frames.count == PacketCounts(program.errorText)?.received)
    }

    @Test func endWhileARecordingWaits() throws {
        let (program, readEnd) = try recordIntoFullPipe()
        defer { close(readEnd) }
        #expect(program.interrupt() == .status(2))
        #expect(
            program.errorText.contains("btcshark: standard output: cannot be written further")
                && program.errorText.contains("nothing reads it, and the program was asked to end"),
            "\(program.errorText)")
    }

    @Test func secondSignalWhileARecordingWaits() throws {
        let (program, readEnd) = try recordIntoFullPipe()
        defer { close(readEnd) }
        program.signal(SIGTERM)
        usleep(100_000)
        program.signal(SIGTERM)
        #expect(program.end() == .signal(SIGTERM))
    }

    @Test func nextFileOfARing() throws {
        let program = try begin(["-b", "duration:3600", "-b", "files:5"])
        let talk = { try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish() }
        let first = ShownMessages(try talk())
        #expect(eventually { program.lines.count == first.count })
        program.signal(SIGHUP)
        program.signal(SIGUSR1)
        #expect(eventually { PacketCounts(program.errorText) != nil })
        let second = ShownMessages(try talk())
        #expect(eventually { program.lines.count == first.count + second.count })
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let names = try folder.names()
        #expect(
            names.count == 2 && names.allSatisfy { $0.wholeMatch(of: #/live_0000[12]_\d{14}\.pcap/#) != nil },
            "\(names)")
        #expect(try names.map { try ShownMessages(file: folder.path + "/" + $0) } == [first, second])
    }
}

extension LiveProgram {
    /// Whether its first thread waits for somebody to read what it writes.
    var isBlockedInWrite: Bool {
        let call = try? String(contentsOfFile: "/proc/\(process)/syscall", encoding: .utf8)
        // The number of write(2), and its first argument, standard output.
        return call?.hasPrefix("1 0x1 ") ?? false
    }

    /// What it has of the machine's memory; 0 where that is not known.
    var residentBytes: Int {
        let pages = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        return (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * Int(getpagesize())
    }
}
