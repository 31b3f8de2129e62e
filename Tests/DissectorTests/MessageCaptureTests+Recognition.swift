import Dissector
import Foundation
import Glibc
import Records
import Support
import Testing

// Which files are message captures, what their names say, and pipes.
extension MessageCaptureTests {
    // MARK: Recognition

    @Test func whatIsRecognised() throws {
        #expect(MessageCaptures.recognises(recorded("node-a")))
        #expect(MessageCaptures.recognises(recorded("node-a/10.20.0.2_52816/msgs_sent.dat")))
        for name in try FileManager.default.contentsOfDirectory(atPath: DissectorTests.folder("captures")) {
            guard name.contains("pcap") else { continue }
            #expect(!MessageCaptures.recognises(DissectorTests.folder("captures") + "/" + name), "\(name)")
        }
        #expect(MessageCaptures.recognises(try write(record("verack"), "peer", "renamed")))
        #expect(MessageCaptures.recognises(try write([], "peer", "msgs_recv.dat")))
        #expect(!MessageCaptures.recognises(try write([], "peer", "empty")))
        #expect(!MessageCaptures.recognises(try write(Array("just some text, which goes on".utf8), "peer", "text")))
        #expect(!MessageCaptures.recognises(try write([0xa1, 0xb2, 0xc3, 0xd4], "peer", "msgs_sent.dat")))
        #expect(!MessageCaptures.recognises(folder("missing")))
    }

    /// Of a name that says nothing three records must be plausible, as far as the file has them.
    @Test func firstRecordsAreLookedAt() throws {
        let ping = record("ping", filler(8))
        for (bytes, isOne) in [
            (ping + ping + ping + [1, 2, 3], true), (ping + ping + ping + filler(100), true),
            (ping + filler(60), false), (ping + ping + filler(60), false), (ping + filler(20), true),
            (record("block", filler(40), length: 1000), true), (record("ping", filler(8), time: 1000), false),
            (record("ping", filler(8), time: 5_000_000_000_000_000), false), (record("", filler(8)), false),
            (record("p\u{1}ng", filler(8)), false), (record("inv", filler(50), length: 33 << 20), false),
            (Array(ping.prefix(23)), false), (Array(ping.prefix(24)), true), ([UInt8](repeating: 0, count: 100), false),
        ] {
            #expect(MessageCaptures.recognises(try write(bytes, "peer", "any.bin")) == isOne, "\(bytes.count) bytes")
            // A file of the name that a node gives is one in any case, and what is wrong is said.
            #expect(MessageCaptures.recognises(try write(bytes, "peer", "msgs_recv.dat")))
        }
        // What packets or compressed files begin with wins over names.
        let magics: [[UInt8]] = [
            [0xd4, 0xc3, 0xb2, 0xa1], [0x0a, 0x0d, 0x0d, 0x0a], [0x1f, 0x8b, 8, 0], [0x28, 0xb5, 0x2f, 0xfd],
        ]
        for magic in magics {
            #expect(!MessageCaptures.recognises(try write(magic + ping.dropFirst(4), "peer", "msgs_recv.dat")))
            #expect(!MessageCaptures.recognises(try write(magic + ping.dropFirst(4), "peer", "any.bin")))
        }
    }

    @Test func randomFilesAreNone() throws {
        var generator = SeededGenerator(seed: 19)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0..<300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            try #require(!MessageCaptures.recognises(write(bytes, "peer", "garbage")))
        }
    }

    /// A file whose only message is cut is read, and said to be cut.
    @Test func aFirstRecordThatIsCut() throws {
        let path = try write(record("block", filler(40), length: 1000), "peer", "any.bin")
        let reading = try read([path])
        #expect(reading.records.map(\.captured) == [40])
        #expect(
            reading.errors == [
                "\(path): is cut short in the message at byte 0; a node may still be writing it"
            ])
    }

    // MARK: Names

    @Test(arguments: [
        ("msgs_recv.dat", "192.0.2.1:1", "node"), ("msgs_sent.dat", "node", "192.0.2.1:1"),
        ("Old-SENT-2.bin", "node", "192.0.2.1:1"), ("received", "192.0.2.1:1", "node"),
        ("recv2.dat", "192.0.2.1:1", "node"), ("presented.dat", "presented.dat", "unknown"),
        ("recv_and_sent.dat", "recv_and_sent.dat", "unknown"), ("x\u{1b}[2J", "x\\x1b[2J", "unknown"),
    ])
    func namesSayTheDirection(_ name: String, _ from: String, _ to: String) throws {
        let path = try write(record("verack") + record("ping", filler(8)), "192.0.2.1_1", name)
        for reading in [try read([path]), try read([folder.path])] {
            #expect(reading.records.map(\.from) == [from, from] && reading.records.map(\.to) == [to, to])
        }
    }

    /// Files of one folder are of one peer only where their names differ by the direction alone.
    @Test func filesOfSeveralPeers() throws {
        for name in ["alice-recv.bin", "alice-sent.bin", "bob-recv.bin"] {
            _ = try write(record("pong", filler(8)), "regtest/message_capture/192.0.2.1_1", name)
        }
        let reading = try read([folder.path])
        #expect(reading.counts.peers == 2 && reading.counts.messageFiles == 3)
        #expect(Set(reading.records.map(\.stream)) == [0, 1])
        #expect(reading.records.map(\.from) == ["192.0.2.1:1", "node", "192.0.2.1_1/bob-recv.bin"])
    }

    /// Nobody knows that two of them are of one connection; the networks are those of their folders.
    @Test func filesOfUnknownDirectionAreApart() throws {
        for name in ["a.dat", "b.dat"] {
            _ = try write(record("pong", filler(8)), "regtest/message_capture/192.0.2.1_1", name)
        }
        let reading = try read([folder.path])
        #expect(reading.records.map(\.from) == ["a.dat", "b.dat"])
        #expect(reading.records.map(\.stream) == [0, 1])
        #expect(reading.records.allSatisfy { $0.magic == 0xfabf_b5da })
        #expect(reading.counts.peers == 2 && reading.counts.messageFiles == 2)
        // That the other side's messages are missing is no fault of this one.
        #expect(reading.records.allSatisfy { !$0.notes.contains("bitcoin.pong.without_ping") })
    }

    // MARK: Pipes

    /// A pipe that has these bytes and no more, by its descriptor.
    private func withPipe<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let written = Glibc.write(ends[1], bytes, bytes.count)
        close(ends[1])
        try #require(written == bytes.count)
        return try body("/dev/fd/\(ends[0])")
    }

    @Test func aPipeIsLookedIntoAndReadOnce() throws {
        let own = try Data(contentsOf: URL(fileURLWithPath: recorded("node-a/10.20.0.2_52816/msgs_recv.dat")))
        let bytes = Array(own.prefix(8_600))
        let file = try read([write(bytes, "peer", "any.bin")])
        try #require(file.records.count > 10)
        try withPipe(bytes) { path in
            #expect(MessageCaptures.recognises(path) && MessageCaptures.recognises(path))
            let reading = try read([path])
            #expect(reading.records.map(\.bytes) == file.records.map(\.bytes))
            #expect(reading.errors.count == file.errors.count)
            #expect(reading.counts.skippedBytes == file.counts.skippedBytes)
            #expect(reading.counts.cutMessages == file.counts.cutMessages)
        }
        for other in [[0xd4, 0xc3, 0xb2, 0xa1] + filler(40), Array("just some text, which goes on".utf8), [], [1]] {
            try withPipe(other) { path in #expect(!MessageCaptures.recognises(path)) }
        }
    }

    /// All of a pipe is accounted for, also what is skipped after damage.
    @Test func damageInAPipe() throws {
        let bad = record("inv", filler(50), time: 2, length: 0xffff_ffff)
        try withPipe(record("ping", filler(8), time: 1_700_000_000_000_000) + bad + filler(900)) { path in
            let reading = try read([path])
            #expect(reading.records.map(\.command) == ["ping"])
            #expect(reading.errors.count == 1)
            #expect(reading.errors.first?.hasSuffix("The last 974 bytes of the file are skipped") == true)
            #expect(reading.counts.skippedBytes == 974)
        }
        try withPipe(record("verack") + filler(23)) { path in
            let reading = try read([path])
            #expect(reading.records.count == 1 && reading.counts.skippedBytes == 23)
            #expect(reading.errors.first?.contains("message at byte 24;") == true)
        }
    }

    /// A message is shown before the next one has come.
    @Test func aPipeThatIsStillWritten() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let ping = record("ping", filler(8))
        try #require(Glibc.write(ends[1], ping, ping.count) == ping.count)
        let writer = CollectingWriter(depth: .header)
        var captures = try MessageCaptures(paths: ["/dev/fd/\(ends[0])"], writer: writer)
        #expect(try captures.next())
        #expect(writer.records.map(\.command) == ["ping"])
        try #require(Glibc.write(ends[1], ping, ping.count) == ping.count)
        #expect(try captures.next())
        #expect(captures.progress == nil)
        close(ends[1])
        #expect(try !captures.next())
        close(ends[0])
        #expect(writer.records.count == 2)
    }
}
