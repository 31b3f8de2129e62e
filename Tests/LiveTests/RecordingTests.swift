import Foundation
import Support
import Synchronization
import Testing

/// What is recorded, whatever becomes of what is shown.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct RecordingTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/live.pcap"
    }

    /// Packets of one connection, each with a ping of its own, so that a missing one is seen.
    private func frames(_ count: Int) throws -> [[UInt8]] {
        let model = try #require(
            try recordedFrames("handshake.pcap").first { TCPSegment($0, start: 14)?.payload.isEmpty == false })
        let length = model.count - (TCPSegment(model, start: 14)?.payload.count ?? 0)
        return (0..<count).map { number in
            let ping = BitcoinMessage.ping(UInt64(number)).bytes
            var frame = Array(model.prefix(length)) + ping
            // The length of the IP packet, and the number of the first byte of the segment.
            withUnsafeBytes(of: UInt16(frame.count - 14).bigEndian) { frame.replaceSubrange(16..<18, with: $0) }
            withUnsafeBytes(of: UInt32(1_000 + number * ping.count).bigEndian) {
                frame.replaceSubrange(38..<42, with: $0)
            }
            return frame
        }
    }

    private static let hasTcpdump = FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump")

    /// A reader that takes 400 kB a second, and packets that come much faster: the file has each of them, as that of
    /// tcpdump beside it, where there is one.
    @Test(arguments: ["slow", "blocked", "closed", "full"])
    func outputOfAllKinds(kind: String) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let ends = try makePipe()
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { for end in [ends.readEnd, full] where kind != "closed" || end == full { close(end) } }
        let beside =
            Self.hasTcpdump
            ? try LiveProgram(
                ["-i", "here", "-w", folder.path + "/beside.pcap", "--immediate-mode", "-B", "65536"], in: space,
                program: "/usr/bin/tcpdump") : nil
        if let beside { #expect(eventually { beside.errorText.contains("listening on") }, "\(beside.errorText)") }
        let program = try LiveProgram.capturing(
            ["-i", "here", "-x", "-f", "", "-w", file], in: space,
            outputDescriptor: kind == "full" ? full : ends.writeEnd)
        close(ends.writeEnd)
        if kind == "closed" { close(ends.readEnd) }
        let stop = SlowReader(kind == "slow" ? ends.readEnd : -1)
        defer { stop.end() }

        let socket = try other.inside { try PacketSocket("there") }
        let sent = try frames(20_000)
        for frame in sent { try socket.send(frame) }
        #expect(eventually { (try? PacketFile(file).frames.count) == sent.count })
        if kind == "closed" || kind == "full" {
            // Messages of a connection whose other side is not seen are held for a second.
            #expect(eventually { program.errorText.contains("; the recording goes on\n") }, "\(program.errorText)")
        }
        let ending = program.interrupt()
        let counts = try #require(PacketCounts(program.errorText))
        try #require(counts.droppedByKernel == 0, "the machine is too busy: \(program.errorText)")
        #expect(try PacketFile(file).frames == sent && PacketFile(file).rest == 0)
        #expect(counts.received == sent.count && counts.droppedByUs == 0)
        switch kind {
        case "closed":
            #expect(ending == .status(0), "\(program.errorText)")
            #expect(program.errorText.contains("standard output is no longer read; the recording goes on"))
        case "full":
            #expect(ending == .status(2))
            #expect(
                program.errorText.contains(
                    "nothing more can be written to standard output: No space left on device; the recording goes on")
                    && program.errorText.contains("cannot write the output: No space left on device"))
        case "blocked": #expect(ending == .status(2), "\(program.errorText)")
        default: #expect(ending == .status(0) || ending == .status(2), "\(program.errorText)")
        }
        if let beside {
            _ = beside.interrupt()
            #expect(try PacketFile(folder.path + "/beside.pcap").frames == sent, "\(beside.errorText)")
        }
    }

    /// A disk of 1 MB: the record that did not fit is taken off.
    @Test func cutRecord() throws {
        let disk = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try runCommand(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk])
        defer { try? runCommand(["umount", "-l", disk]) }
        let program = try LiveProgram.capturing(["-i", "lo", "-q", "-w", disk + "/live.pcap"], in: space)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.block(size: 1_500_000).bytes)
        #expect(program.end() == .status(2))
        let recorded = try PacketFile(disk + "/live.pcap")
        #expect(recorded.rest == 0 && recorded.frames.count > 5)
    }

    /// Killed at any moment it loses a second at most.
    @Test(arguments: 0..<8)
    func killed(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let program = try LiveProgram.capturing(["-i", "here", "-q", "-f", "", "-w", file], in: space)
        let socket = try other.inside { try PacketSocket("there") }
        let sent = try frames(5_000)
        let pause = UInt32(generator.next() % 1_000)
        var times: [ContinuousClock.Instant] = []
        let duration = Duration.milliseconds(1_200 + Int(generator.next() % 800))
        let begun = ContinuousClock.now
        for frame in sent where ContinuousClock.now - begun < duration {
            try socket.send(frame)
            times.append(.now)
            usleep(pause)
        }
        program.signal(SIGKILL)
        let end = ContinuousClock.now
        #expect(program.end() == .signal(SIGKILL))
        let recorded = try PacketFile(file).frames
        let old = times.count { end - $0 > .milliseconds(1_300) }
        #expect(recorded.count >= old, "\(recorded.count) of \(old)")
        #expect(recorded == Array(sent.prefix(recorded.count)))
    }
}

/// Takes 400 kB a second out of a pipe, until it is ended.
private final class SlowReader: Sendable {
    private let hasEnded = Mutex(false)
    private let done = DispatchGroup()

    /// - Parameter end: Where it reads; nothing is read where negative.
    init(_ end: Int32) {
        guard end >= 0 else { return }
        done.enter()
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4_000)
            while !hasEnded.withLock({ $0 }), read(end, &buffer, buffer.count) > 0 { usleep(10_000) }
            done.leave()
        }.start()
    }

    func end() {
        hasEnded.withLock { $0 = true }
        _ = done.wait(timeout: .now() + 5)
    }
}
