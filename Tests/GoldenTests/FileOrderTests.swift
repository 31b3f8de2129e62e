import Foundation
import Testing

/// Several files are one capture by time, whatever order they are given in.
@Suite struct GoldenFileOrderTests {
    private func fault(_ name: String) -> String {
        Program.root.appendingPathComponent("Tests/Faults/reassembly/\(name).pcap").path
    }

    private func run(_ files: [String], _ more: String...) throws -> Outcome {
        try Program.run(files.flatMap { ["-r", $0] } + more)
    }

    /// Three files of `tcpdump -C`, half a minute apart.
    @Test func filesOfOneRecording() throws {
        let right = try run(["order-0", "order-1", "order-2"].map(fault))
        #expect(right.status == 0 && right.errors.isEmpty)
        #expect(right.outputText.split(separator: "\n").count == 64)
        for order in [[1, 0, 2], [2, 1, 0], [1, 2, 0]] {
            #expect(try run(order.map { fault("order-\($0)") }).output == right.output)
        }
        // What is written has them in this order, too.
        let files = [1, 0, 2].map { "-r '\(fault("order-\($0)"))'" }.joined(separator: " ")
        let again = try Program.shell("btcshark \(files) -Q -w - bitcoin | btcshark -r - -T fields -e bitcoin.command")
        #expect(again.status == 0 && again.outputText.split(separator: "\n").count == 64)
    }

    /// Whatever it is called: each packet comes again, which no capture of one place has.
    @Test func aFileGivenTwice() throws {
        let folder = Program.workspace.appendingPathComponent("twice-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["a.pcap", "b.pcap", "c.pcap"].map { folder.appendingPathComponent($0).path }
        try FileManager.default.copyItem(atPath: fault("order-0"), toPath: paths[0])
        try FileManager.default.linkItem(atPath: paths[0], toPath: paths[1])
        // As many bytes, but another file.
        try FileManager.default.copyItem(atPath: fault("order-0"), toPath: paths[2])
        let end = "the same packets stand in two files, and count as sent again\n"
        #expect(try run([paths[0], paths[0]]).errorText.hasPrefix("btcshark: \(paths[0]): is given twice: \(end)"))
        #expect(
            try run([paths[0], paths[1]]).errorText.hasPrefix(
                "btcshark: \(paths[1]): is the same file as \(paths[0]): \(end)"))
        // Of a folder each file is read once.
        #expect(
            try run([folder.path]).errorText.hasPrefix(
                "btcshark: \(folder.path): ignored: 1 further name of a file that is read\n"))
        #expect(try !run([paths[0], paths[2]]).errorText.contains("two files"))
        #expect(try run([paths[0], paths[0]], "-Q").errors.isEmpty)
    }

    /// The second begins two hours after the first, in the middle of a message.
    @Test func filesHoursApart() throws {
        let right = try run([fault("two-files-1"), fault("two-files-2")])
        let other = try run([fault("two-files-2"), fault("two-files-1")])
        #expect(right.outputText.contains(" inv"))
        #expect(right.output == other.output && right.errors == other.errors)
    }

    /// Files that a test makes, each with one packet at each of these times.
    private func withFiles(_ seconds: [[UInt32]], _ body: ([String]) throws -> Void) throws {
        let stream = CaptureFile.stream([Message("ping", Array(1...8))])
        let packet = try #require(stream.packets.last)
        let folder = Program.workspace.appendingPathComponent("order-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try seconds.enumerated().map { index, times in
            var file = stream
            file.packets = times.map { time in
                var packet = packet
                packet.seconds = time
                return packet
            }
            let url = folder.appendingPathComponent("\(index).pcap")
            try Data(file.bytes).write(to: url)
            return url.path
        }
        try body(paths)
    }

    @Test func packetsThatRunBackAreTold() throws {
        try withFiles([[10, 20, 15, 21], [30, 29, 28]]) { paths in
            let both = try run(paths, "-q")
            #expect(both.status == 0)
            #expect(both.errorText.contains(", 3 packets run back in time by a second or more\n"))
        }
        // From file to file nothing runs back.
        try withFiles([[30, 31], [10, 20]]) { paths in
            let errors = try run(paths, "-q").errorText
            #expect(errors.hasPrefix("4 packets, ") && !errors.contains("back in time"))
        }
    }

    /// It is a reason for the closing counts to be shown, though nothing else is wrong.
    @Test func packetsThatRunBackAreNotHidden() throws {
        var file = try CaptureFile(try Inputs.capture("handshake.pcap"))
        let last = try #require(file.packets.indices.last)
        file.packets[last].seconds -= 2
        let path = Program.workspace.appendingPathComponent("back-\(UUID()).pcap")
        try Data(file.bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let outcome = try run([path.path])
        #expect(outcome.status == 0)
        #expect(
            outcome.errorText
                == "41 packets, 1 TCP connection, 23 Bitcoin messages, 0 bad checksums, 0 gaps, 0 bytes missing, "
                + "0 bytes skipped, 1 packet runs back in time by a second or more\n")
    }

    @Test func moreOverlappingFilesThanMayBeOpen() throws {
        try withFiles((0..<20).map { [100 + $0, 200 + $0] }) { paths in
            let all = try run(paths, "-q")
            #expect(all.status == 0)
            #expect(
                all.errorText.hasPrefix(
                    "btcshark: more than 16 files overlap in time: btcshark opened 4 of them late, each "
                        + "after another had ended. "))
            #expect(all.errorText.contains("\n40 packets, "))
            #expect(try run(Array(paths.prefix(16)), "-q").errorText.hasPrefix("32 packets, "))
        }
    }

    /// Packets that cannot be read at all end their own file, though they are the earliest.
    @Test func aFileOfAnotherLinkTypeEndsItselfOnly() throws {
        let alone = try run(["captures/handshake.pcap"])
        let both = try run(["captures/handshake.pcap", "Inputs/usb.pcap"], "-T", "fields", "-e", "bitcoin.command")
        #expect(both.status == 2 && both.errorText.contains("btcshark: Inputs/usb.pcap: frame 1 is of link type 220"))
        let lines = { (outcome: Outcome) in outcome.outputText.split(separator: "\n").count }
        #expect(lines(both) == lines(alone))
    }
}
