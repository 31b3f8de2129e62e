import Foundation
import Support
import Testing

/// The options that say what is taken, and where it ends.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct LimitTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/live.pcap"
    }

    private func talk(port: UInt16 = 8333, rounds: Int = 1) throws -> ShownMessages {
        ShownMessages(
            try BitcoinPeers(TCPPeers(port: port, in: space), goods: [try .sample("tx")], rounds: rounds).finish())
    }

    private func files() throws -> [PacketFile] { try folder.names().map { try PacketFile(folder.path + "/" + $0) } }

    // MARK: Where it ends

    @Test func duration() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-a", "duration:0.3", "-w", file], in: space)
        #expect(program.end() == .status(0))
        #expect(try PacketFile(file).frames.isEmpty)
        #expect(
            PacketCounts(program.errorText)
                == PacketCounts("0 packets received, 0 dropped by the kernel, 0 by the interface, 0 by btcshark"))
    }

    @Test func packets() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-a", "packets:7", "-w", file], in: space)
        _ = try talk()
        #expect(program.end() == .status(0))
        #expect(try PacketFile(file).frames.count == 7)
    }

    @Test func fileSize() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-a", "filesize:100", "-w", file], in: space)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.block(size: 1_500_000).bytes)
        #expect(program.end() == .status(0))
        let recorded = try PacketFile(file)
        let size = { (frames: [[UInt8]]) in frames.reduce(24) { $0 + 16 + $1.count } }
        #expect(recorded.rest == 0 && size(recorded.frames) >= 100_000 && size(recorded.frames.dropLast()) < 100_000)
    }

    @Test func files() async throws {
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-a", "files:3", "-b", "packets:5", "-w", file, "-q"], in: space)
        _ = try talk(rounds: 5)
        #expect(program.end() == .status(0))
        #expect(try files().map(\.frames.count) == [5, 5, 5])
    }

    @Test func messages() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-c", "3"], in: space)
        _ = try talk()
        #expect(program.end() == .status(0))
        #expect(program.lines.count == 3)
    }

    // MARK: Rings

    @Test func ringOfFiles() throws {
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-b", "packets:8", "-b", "files:2", "-w", file, "-T", "ndjson"], in: space)
        let sent = try talk(rounds: 5)
        #expect(eventually { program.lines.count == sent.count })
        #expect(program.interrupt() == .status(0))
        let received = try #require(PacketCounts(program.errorText)).received
        let kept = try files().map(\.frames.count)
        #expect(kept.count == 2 && kept.first == 8 && (received - kept[1]) % 8 == 0, "\(kept) of \(received)")
        let number = try #require(try folder.names().last?.firstMatch(of: #/live_(\d{5})_/#)?.1)
        #expect(Int(number) == (received + 7) / 8)
    }

    /// The bound holds over restarts, also after a kill.
    @Test(arguments: [SIGINT, SIGKILL])
    func ringOverRestarts(ending: Int32) throws {
        for _ in 1...4 {
            let program = try LiveProgram.capturing(
                ["-i", "lo", "-q", "-b", "packets:8", "-b", "files:2", "-w", file], in: space)
            _ = try talk(rounds: 3)
            // The newest has nothing in it at first, not even a header.
            let isFull = { (try? self.files().contains { $0.frames.count == 8 }) == true }
            #expect(try eventually { try folder.names().count == 2 && isFull() })
            program.signal(ending)
            _ = program.end()
            let names = try folder.names()
            #expect(names.count <= 2, "\(names)")
        }
    }

    @Test func ringOfSizes() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-q", "-b", "filesize:200", "-w", file], in: space)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.block(size: 1_500_000).bytes)
        #expect(try eventually { try folder.names().count >= 5 })
        #expect(program.interrupt() == .status(0))
        let received = try #require(PacketCounts(program.errorText)).received
        #expect(try files().reduce(0) { $0 + $1.frames.count } == received)
        #expect(try files().dropLast().allSatisfy { $0.frames.reduce(24) { $0 + 16 + $1.count } >= 200_000 })
    }

    // MARK: What is taken

    @Test func snapLength() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-s", "80", "-p", "-B", "1", "-w", file], in: space)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.tx(1, size: 1_000).bytes)
        #expect(eventually { (try? PacketFile(file).frames.contains { $0.count == 80 }) == true })
        #expect(program.interrupt() == .status(0))
        #expect(try PacketFile(file).frames.allSatisfy { $0.count <= 80 })
    }

    @Test func filterOfTheUser() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-f", "tcp port 9999", "-T", "ndjson"], in: space)
        _ = try talk()
        let sent = try talk(port: 9999)
        #expect(eventually { program.lines.count == sent.count })
        #expect(program.interrupt() == .status(0))
        #expect(try ShownMessages(ndjson: program.outputBytes) == sent)
        #expect(program.errorText.contains("filter: tcp port 9999"))
    }

    @Test func badFilter() throws {
        let (ending, output, errors) = try LiveProgram.run(["-i", "lo", "-f", "tcp prot 1", "-w", file], in: space)
        #expect(ending == .status(1) && output.isEmpty)
        #expect(
            errors.hasPrefix("btcshark: lo: the capture filter 'tcp prot 1' cannot be used (libpcap: "), "\(errors)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func listOfInterfaces() throws {
        let (ending, output, errors) = try LiveProgram.run(["-D"], in: space)
        #expect(ending == .status(0) && errors.isEmpty)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.wholeMatch(of: #/\d+\. lo +up, loopback  127\.0\.0\.1.*/#) != nil }, "\(lines)")
        #expect(lines.contains { $0.wholeMatch(of: #/\d+\. any .*/#) != nil })
        // By the number of the list.
        let number = try #require(lines.firstIndex { $0.contains(" lo ") }) + 1
        let program = try LiveProgram.capturing(["-i", "\(number)"], in: space)
        #expect(program.errorText.contains("capturing on lo "))
        #expect(program.interrupt() == .status(0))
    }

    // MARK: Only recorded

    @Test func recordedOnly() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-q", "-w", file], in: space)
        let sent = try talk()
        #expect(eventually { (try? ShownMessages(file: file)) == sent })
        #expect(program.interrupt() == .status(0))
        #expect(program.outputBytes.isEmpty)
    }

    @Test func intoAPipe() throws {
        let result = folder.path + "/result"
        let line = "btcshark=\"$0\"; \"$btcshark\" -i lo -a packets:12 -w - | \"$btcshark\" -r - -T ndjson -Q > \"$1\""
        let shell = try LiveProgram.capturing(["-c", line, LiveProgram.path, result], in: space, program: "/bin/sh")
        let sent = try talk()
        #expect(shell.end() == .status(0), "\(shell.errorText)")
        let read = try ShownMessages(ndjson: Data(contentsOf: URL(fileURLWithPath: result)))
        #expect(read.count > 3 && read.byClient == Array(sent.byClient.prefix(read.byClient.count)))
    }
}
