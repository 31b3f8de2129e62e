import Foundation
import Support
import Testing

/// What goes wrong around a capture.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct TroubleTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/live.pcap"
    }

    // MARK: The interface

    @Test(arguments: [true, false])
    func interfaceThatGoesAway(isDeleted: Bool) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let program = try LiveProgram.capturing(["-i", "here", "-T", "ndjson", "-w", file], in: space)
        let frames = try recordedFrames("handshake.pcap")
        let socket = try other.inside { try PacketSocket("there") }
        for frame in frames { try socket.send(frame) }
        // With the interface goes what has not arrived.
        #expect(
            eventually {
                program.signal(SIGUSR1)
                usleep(20_000)
                return PacketCounts(program.errorText)?.received == frames.count
            })
        if isDeleted { try space.ip("link", "del", "here") } else { try space.ip("link", "set", "here", "down") }
        #expect(program.end() == .status(2))
        let words = isDeleted ? "btcshark: here: the interface is gone" : "btcshark: here: the interface went down"
        #expect(program.errorText.contains(words), "\(program.errorText)")
        #expect(try PacketFile(file).frames == frames && PacketFile(file).rest == 0)
        #expect(try ShownMessages(ndjson: program.outputBytes) == ShownMessages(file: file))
        #expect(PacketCounts(program.errorText)?.received == frames.count)
    }

    /// With --wait-interface: down and up, or deleted and made again; what comes then is taken, too.
    @Test(arguments: [true, false])
    func interfaceThatComesAgain(isDeleted: Bool) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let program = try LiveProgram.capturing(
            ["-i", "here", "-T", "ndjson", "-w", file, "--wait-interface"], in: space)
        let frames = try recordedFrames("handshake.pcap")
        let send = {
            let socket = try other.inside { try PacketSocket("there") }
            for frame in frames { try socket.send(frame) }
        }
        let all = try StreamModel(frames).all.count
        var sent = 0
        for round in 1...3 {
            try send()
            sent += frames.count
            #expect(eventually { (try? PacketFile(file).frames.count) == sent }, "\(program.errorText)")
            #expect(round > 1 || eventually { program.lines.count == all })
            if round == 3 { break }
            if isDeleted {
                try space.ip("link", "del", "here")
            } else {
                try space.ip("link", "set", "here", "down")
            }
            #expect(
                eventually { program.errorText.matches(of: #/waits for it/#).count == round },
                "\(program.errorText)")
            if isDeleted {
                try space.connect("here", to: other, "there")
            } else {
                try space.ip("link", "set", "here", "up")
            }
            #expect(
                eventually { program.errorText.matches(of: #/the interface is back/#).count == round },
                "\(program.errorText)")
        }
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(PacketCounts(program.errorText)?.received == sent)
    }

    @Test func interfaceThatIsNotThere() throws {
        let (ending, output, errors) = try LiveProgram.run(["-i", "nothing0", "-w", file], in: space)
        #expect(ending == .status(1) && output.isEmpty)
        #expect(errors.hasPrefix("btcshark: nothing0: there is no such interface. There are: "), "\(errors)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    // MARK: The output

    /// A disk of 1 MB.
    @Test func fullDisk() throws {
        let disk = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try runCommand(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk])
        defer { try? runCommand(["umount", "-l", disk]) }
        let program = try LiveProgram.capturing(["-i", "lo", "-w", disk + "/live.pcap"], in: space)
        try TCPPeers(port: 8333, in: space).send(BitcoinMessage.block(size: 1_500_000).bytes)
        #expect(program.end() == .status(2))
        #expect(
            program.errorText.contains("btcshark: \(disk)/live.pcap: cannot be written")
                && program.errorText.contains("No space left on device"), "\(program.errorText)")
    }

    /// Nobody reads: the recording goes on, what finds no room to be shown is counted, and the end does not wait for ever.
    @Test func blockedReader() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "-x", "-w", file], in: space, readsOutput: false)
        let peers = try TCPPeers(port: 8333, in: space)
        let block = BitcoinMessage.block(size: 1_500_000).bytes
        try peers.send(block)
        // Until both queues have been filled once, 64 MiB each; on a busy machine the kernel drops packets, too, which take no
        // room.
        let empty = program.residentBytes
        var sent = 0
        while program.residentBytes - empty < 128 << 20, sent < 1_000 {
            try peers.send(block)
            sent += 1
        }
        for _ in 0..<10 { try peers.send(block) }
        program.signal(SIGINT)
        #expect(program.end(seconds: 30) == .status(2))
        let counts = try #require(PacketCounts(program.errorText))
        #expect(counts.notShown > 0, "\(program.errorText)")
        #expect(
            program.errorText.contains("btcshark: cannot write the output: nothing reads it"), "\(program.errorText)")
        let recorded = try PacketFile(file)
        #expect(recorded.rest == 0)
        // On a busy machine the disk's thread may lag by more than its queue, too; that is counted apart.
        let lost = counts.droppedByKernel + counts.droppedByUs
        #expect(recorded.frames.count == counts.received - lost)
        #expect((lost > 0) == program.errorText.contains("the recording lacks "))
    }

    /// As `| head -1`: no complaint.
    @Test func readerThatGoesAway() throws {
        let ends = try makePipe()
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-Z", "nobody"], in: space, outputDescriptor: ends.writeEnd)
        close(ends.writeEnd)
        let peers = try TCPPeers(port: 8333, in: space)
        try peers.send(BitcoinMessage.ping(1).bytes)
        var buffer = [UInt8](repeating: 0, count: 1_000)
        let count = read(ends.readEnd, &buffer, buffer.count)
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).contains("ping"))
        close(ends.readEnd)
        try peers.send(BitcoinMessage.ping(2).bytes)
        #expect(program.end() == .status(0))
        #expect(
            program.errorText.split(separator: "\n").filter { $0.hasPrefix("btcshark: ") }.count == 1,
            "\(program.errorText)")
    }
}
