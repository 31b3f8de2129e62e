import Capture
import Dissector
import Foundation
import Support
import Testing

@Suite struct SelectedPacketsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func recorded(_ name: String) -> String { DissectorTests.folder("captures") + "/" + name }

    /// What of each message must be the same in the new file: all but the numbers of its frames.
    private struct Told: Hashable {
        var time: Int64
        var from: String
        var to: String
        var bytes: [UInt8]
        var frames: [[UInt8]]
    }

    private func told(_ seen: [Seen], _ packets: [Packet]) -> [Told] {
        seen.map { seen in
            Told(
                time: seen.time, from: seen.from, to: seen.to, bytes: seen.bytes,
                frames: seen.frames.map { packets[Int($0) - 1].bytes })
        }
    }

    /// Whether all that was chosen is found again in `output`; how many messages there are in all.
    private func findAgain(_ chosen: [Seen], of original: [Packet], in output: String) throws -> (Bool, Int) {
        let copy = try packets(at: output)
        let found = try dissect(copy).records
        let all = Set(told(found, copy))
        let isThere = told(chosen, original).allSatisfy { all.contains($0) }
        // Every frame is one of the capture's, in its order.
        var rest = original[...]
        for packet in copy {
            guard let place = rest.firstIndex(of: packet) else { return (false, found.count) }
            rest = rest[(place + 1)...]
        }
        return (isThere, found.count)
    }

    @Test(arguments: [
        ("relay.pcap", "cmpctblock", 3), ("relay.pcap", "block", 100), ("relay.pcap", "tx", 8),
        ("relay.pcap", "pong", 1), ("relay.pcap", "blocktxn", 1), ("relay-ipv6.pcap", "headers", 1),
        ("handshake.pcap", "verack", 2), ("handshake.pcapng", "pong", 1),
        ("handshake-sll2-nanosecond.pcap", "ping", 1), ("block-filters.pcap", "cfilter", 1),
        ("block-filters.pcap", "cfheaders", 1), ("bloom-filter.pcap", "merkleblock", 1), ("addrv2.pcap", "addrv2", 1),
        ("txreconciliation.pcap", "sendtxrcncl", 1),
    ])
    func whatIsSelectedIsFoundAgain(_ name: String, _ command: String, _ atLeast: Int) throws {
        let output = folder("out.pcap")
        let original = try packets(name)
        let (chosen, frames) = try rewrite([recorded(name)], to: output) { $0.command == command }
        #expect(chosen.count >= atLeast)
        let (isThere, _) = try findAgain(chosen, of: original, in: output)
        #expect(isThere)
        #expect(frames < original.count)
    }

    @Test func nothingIsMissingWhereAllIsSelected() throws {
        let output = folder("out.pcap")
        let (chosen, _) = try rewrite([recorded("relay.pcap")], to: output) { _ in true }
        let again = try dissect(packets(at: output))
        #expect(again.records.map(\.bytes) == chosen.map(\.bytes))
        #expect(again.counts.gaps == 0)
    }

    /// SYN, SYN-ACK and the first ACK, then the one frame of the message.
    @Test func theHandshakeIsKept() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        talk.send(.server, framed("ping", filler(8)))
        talk.send(.client, framed("pong", filler(8)))
        talk.finish(.client)
        let input = try folder.write(talk.packets, as: "in.pcap")
        let (chosen, frames) = try rewrite([input], to: output) { $0.command == "pong" }
        #expect(chosen.map(\.command) == ["pong"])
        #expect(frames == 4)
        #expect(try packets(at: output) == Array(talk.packets[0..<3]) + [talk.packets[5]])
    }

    /// On another port only a segment that begins with a header tells a reader that the stream is Bitcoin's.
    @Test func theFrameThatShowsTheProtocolIsKept() throws {
        let output = folder("out.pcap")
        var talk = Talk(20_000)
        talk.send(.client, framed("verack"))
        talk.send(.client, framed("sendheaders"))
        // The ping's header stands in the middle of a segment.
        talk.send(.client, framed("inv", filler(73)) + framed("ping", filler(8)), size: 60)
        let input = try folder.write(talk.packets, as: "in.pcap")
        let (chosen, _) = try rewrite([input], to: output) { $0.command == "ping" }
        #expect(chosen.count == 1)
        #expect(try packets(at: output) == Array(talk.packets[0..<4]) + talk.packets[6...])
        #expect(try findAgain(chosen, of: talk.packets, in: output).0)
    }

    @Test func anotherConnectionIsLeftOut() throws {
        let output = folder("out.pcap")
        var first = Talk()
        var second = Talk(8333, from: 50_001)
        first.send(.client, framed("ping", filler(8)))
        second.time = first.time
        second.send(.client, framed("verack"))
        let input = try folder.write(first.packets + second.packets, as: "in.pcap")
        _ = try rewrite([input], to: output) { $0.command == "verack" }
        #expect(try packets(at: output) == second.packets)
    }

    @Test func nothingSelectedIsAnEmptyCaptureOfTheSameLinkType() throws {
        let output = folder("out.pcap")
        let (chosen, frames) = try rewrite([recorded("handshake-sll2-nanosecond.pcap")], to: output) { _ in false }
        #expect(chosen.isEmpty && frames == 0)
        let capture = [UInt8](try Data(contentsOf: URL(fileURLWithPath: output)))
        #expect(capture.count == 24)
        #expect(capture[0..<4] == [0x4d, 0x3c, 0xb2, 0xa1])
        #expect(capture[20] == 20)  // LINKTYPE_LINUX_SLL2 is 276
        #expect(capture[21] == 1)
    }

    @Test func allFragmentsAreKept() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        let whole = talk.packets
        talk.packets = []
        talk.send(.client, framed("ping", filler(8)))
        let pieces = fragments(of: talk.packets[0], size: 16)
        #expect(pieces.count == 4)
        talk.packets = []
        talk.send(.server, framed("pong", filler(8)))
        // The third piece comes twice; only one copy brings anything.
        let input = try folder.write(
            whole + [pieces[2], pieces[0], pieces[2]] + talk.packets + [pieces[3], pieces[1]], as: "in.pcap")
        let (chosen, _) = try rewrite([input], to: output) { $0.command == "ping" }
        #expect(chosen.count == 1)
        let kept = try packets(at: output)
        #expect(kept == whole[0..<3] + [pieces[2], pieces[0], pieces[3], pieces[1]])
        #expect(try dissect(kept).commands == ["ping"])
    }

    /// A reader's window is 64 MiB: without frames between it would take the last message for a stray.
    @Test func aLongConnectionCanBeFollowed() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        for _ in 0..<40 {
            talk.lose(.client, 5 << 20)
            talk.send(.client, filler(100))
            talk.packet(.server, [], at: 0)
            talk.time += 100_000_000
        }
        talk.send(.client, framed("ping", filler(8)))
        let input = try folder.write(talk.packets, as: "in.pcap")
        let (chosen, frames) = try rewrite([input], to: output) { $0.command == "ping" }
        #expect(chosen.count == 1)
        #expect(try findAgain(chosen, of: talk.packets, in: output) == (true, 1))
        #expect(frames == 3 + 2 * 20 + 1)
    }

    @Test func aMessageCutByAGapKeepsAllItsFrames() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("block", filler(10_000)), losing: [2])
        talk.settle()
        talk.send(.client, framed("ping", filler(8)))
        talk.settle()
        let input = try folder.write(talk.packets, as: "in.pcap")
        let (chosen, frames) = try rewrite([input], to: output) { $0.command == "block" }
        #expect(chosen.count == 1)
        #expect(chosen.first?.missing == 1448)
        #expect(frames == 3 + 6)
        let again = try dissect(packets(at: output)).records
        #expect(again.map(\.bytes) == chosen.map(\.bytes))
        #expect(again.map(\.missing) == [1448])
    }

    // MARK: v2

    @Test func encryptedConnectionsAreKeptWhole() throws {
        let output = folder("out.pcap")
        let encrypted = try packets("relay-v2-encrypted.pcap")
        var talk = Talk(8333, from: 60_000, isOpen: true)
        talk.time = encrypted[0].time
        talk.open()
        talk.send(.client, framed("ping", filler(8)))
        // One connection among the packets of the other.
        let mixed = talk.packets[0..<3] + encrypted[0..<20] + talk.packets[3...] + encrypted[20...]
        let input = try folder.write(Array(mixed), as: "in.pcap")
        let (both, _) = try rewrite([input], to: output) { $0.protocolName == "BitcoinV2" }
        #expect(both.count == 2)
        #expect(try packets(at: output) == encrypted)
        _ = try rewrite([input], to: output) { $0.command == "ping" }
        #expect(try packets(at: output) == talk.packets)
    }

    // MARK: Inputs and outputs

    @Test func severalFilesAndAPipe() throws {
        let output = folder("out.pcap")
        let pipe = folder("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: recorded("relay.pcap")))
        // A thread of its own: tasks share as many threads as there are cores, which may all be waiting.
        Thread.detachNewThread {
            try? FileHandle(forWritingTo: URL(fileURLWithPath: pipe)).write(contentsOf: bytes)
        }
        let inputs = [recorded("handshake.pcap"), pipe, recorded("relay-ipv6.pcap")]
        let (chosen, _) = try rewrite(inputs, to: output) { $0.command == "verack" || $0.command == "tx" }
        let original = try packets("handshake.pcap") + packets("relay.pcap") + packets("relay-ipv6.pcap")
        #expect(chosen.count == 22)
        #expect(try findAgain(chosen, of: original, in: output).0)
    }

    @Test(arguments: ["itself", "symlink", "hard link"])
    func anInputIsNotOverwritten(_ way: String) throws {
        let talk = Talk()
        let input = try folder.write(talk.packets, as: "in.pcap")
        let output = way == "itself" ? input : folder("other")
        if way == "symlink" { try FileManager.default.createSymbolicLink(atPath: output, withDestinationPath: input) }
        if way == "hard link" { try FileManager.default.linkItem(atPath: input, toPath: output) }
        #expect(throws: CaptureError(.isAnInput, path: output)) {
            _ = try SelectedPackets(from: [recorded("relay.pcap"), input], to: output)
        }
        #expect(try packets(at: input) == talk.packets)
    }

    @Test func differentLinkTypesDoNotGoIntoOneFile() throws {
        let output = folder("out.pcap")
        let inputs = [recorded("relay.pcap"), recorded("handshake-sll2-nanosecond.pcap")]
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: output))
        let error = #expect(throws: CaptureError.self) { try rewrite(inputs, to: output) { $0.command == "verack" } }
        #expect(error?.description.contains("can hold one link type only: frame ") == true)
        // It is known before anything is written.
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == Data([1, 2, 3]))
        // What is not selected does not matter.
        let (chosen, _) = try rewrite(inputs, to: output) { $0.command == "verack" && $0.stream == 0 }
        #expect(chosen.count == 2)
    }

    @Test func nanosecondsAreKept() throws {
        let output = folder("out.pcap")
        let name = "handshake-sll2-nanosecond.pcap"
        _ = try rewrite([recorded(name)], to: output) { _ in true }
        let times = try packets(at: output).map(\.time)
        #expect(Set(try packets(name).map(\.time)).isSuperset(of: times))
        #expect(times.contains { $0 % 1000 != 0 })
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark"), "needs tshark"))
    func tsharkReadsIt() throws {
        let output = folder("out.pcap")
        let (chosen, frames) = try rewrite([recorded("relay.pcap")], to: output) { $0.command == "headers" }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/tshark")
        process.arguments = ["-r", output, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = text.split(separator: "\n").map(String.init)
        let expected = try packets(at: output).map { packet in
            String(
                format: "%lld.%09lld\t%d", packet.time / 1_000_000_000, packet.time % 1_000_000_000,
                packet.originalLength)
        }
        #expect(lines == expected)
        #expect(lines.count == Int(frames) && !chosen.isEmpty)
    }
}

/// The pieces of an Ethernet frame's IPv4 packet, each with `size` bytes of payload, a multiple of eight.
private func fragments(of packet: Packet, size: Int) -> [Packet] {
    let header = packet.bytes[0..<34]
    let payload = packet.bytes[34...]
    return stride(from: 0, to: payload.count, by: size).map { start in
        let piece = payload.dropFirst(start).prefix(size)
        var bytes = Array(header)
        let length = 20 + piece.count
        bytes[16] = UInt8(length >> 8)
        bytes[17] = UInt8(length & 255)
        bytes[18] = 0x12
        let more = start + size < payload.count ? 0x20 : 0
        bytes[20] = UInt8(more | (start / 8) >> 8)
        bytes[21] = UInt8(start / 8 & 255)
        return Packet(time: packet.time, bytes: bytes + piece, originalLength: bytes.count + piece.count)
    }
}
