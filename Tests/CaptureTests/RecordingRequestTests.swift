import Foundation
import Support
import System
import Testing

@testable import Capture

@Suite struct RecordingRequestTests {
    /// Two connected sockets, as the helper and its process have.
    private final class Ends {
        let asking: Int32
        private(set) var answering: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
            (asking, answering) = (ends[0], ends[1])
        }

        func hangUp() {
            close(answering)
            answering = -1
        }

        deinit { for end in [asking, answering] where end >= 0 { close(end) } }
    }

    @Test func whatIsSentIsReceived() throws {
        let ends = try Ends()
        #expect(RecordingRequest.send(to: ends.asking))
        #expect(RecordingRequest.receive(from: ends.answering))
    }

    /// Whoever asks may say anything.
    @Test(arguments: [[], [0], [2], [1, 1], [UInt8](repeating: 1, count: 1_000)] as [[UInt8]])
    func whatIsNoRequest(bytes: [UInt8]) throws {
        let ends = try Ends()
        #expect(bytes.withUnsafeBytes { send(ends.asking, $0.baseAddress, $0.count, 0) } == bytes.count)
        #expect(!RecordingRequest.receive(from: ends.answering))
    }

    @Test func answers() throws {
        let ends = try Ends()
        let folder = try Folder()
        let file = open(try folder.write([1, 2, 3]), O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        let name = RecordingName(number: .max, time: -1)
        RecordingRequest.Answer(code: 0, name: name).send(file, to: ends.answering)
        RecordingRequest.Answer(code: EACCES, name: RecordingName()).send(-1, to: ends.answering)
        var received: Int32 = -1
        #expect(
            RecordingRequest.Answer(from: ends.asking, &received) == RecordingRequest.Answer(code: 0, name: name))
        let descriptor = try Descriptor(owning: received)
        #expect(descriptor.number != file && descriptor.contents(limit: 10) == [1, 2, 3])
        #expect(RecordingRequest.Answer(from: ends.asking, &received)?.code == EACCES && received == -1)
    }

    @Test func nobodyIsThere() throws {
        let ends = try Ends()
        ends.hangUp()
        var file: Int32 = 5
        #expect(!RecordingRequest.send(to: ends.asking))
        #expect(RecordingRequest.Answer(from: ends.asking, &file) == nil && file == -1)
        #expect(!RecordingRequest.receive(from: ends.asking))
    }

    @Test func names() {
        #expect(RecordingName().path(in: "/a/b.pcap", isRing: false) == "/a/b.pcap")
        let next = RecordingName(number: 3, time: 0).path(in: "/a.d/b", isRing: true)
        #expect(next.wholeMatch(of: #/\/a\.d\/b_00003_\d{14}/#) != nil)
    }

    @Test func orders() throws {
        var limits = CaptureLimits()
        for text in ["duration:0.5", "filesize:7", "files:3", "packets:9"] { try limits.add(text) }
        for ring in [nil, limits] {
            let order = RecordingOrder(path: "/a b/c", ring: ring, userID: 65_534, groupID: 7)
            #expect(RecordingOrder(order.arguments) == order)
        }
        for words in [[], ["/a", "file", "1"], ["/a", "file", "x", "1"], ["/a", "ring", "1", "1", "files:0"]] {
            #expect(RecordingOrder(words) == nil, "\(words)")
        }
    }

    // MARK: The process that answers

    /// Asks a process of these limits `count` times for the next file, and writes `size` bytes into each.
    ///
    /// - Returns: The names of the files, or the numbers of errors.
    private func ask(_ folder: Folder, _ limits: [String], count: Int, size: Int) throws -> [String] {
        var ring = CaptureLimits()
        for text in limits { try ring.add(text) }
        let order = RecordingOrder(
            path: folder.path + "/name.pcap", ring: ring, userID: geteuid(), groupID: getegid())
        let ends = try Ends()
        let (answering, arguments) = (ends.answering, [RecordingHelper.argument] + order.arguments)
        let isOver = DispatchGroup()
        isOver.enter()
        Thread {
            if var process = RecordingHelperProcess(arguments) { process.run(on: answering) }
            isOver.leave()
        }.start()
        var names: [String] = []
        for _ in 0..<count {
            try #require(RecordingRequest.send(to: ends.asking))
            var file: Int32 = -1
            let answer = try #require(RecordingRequest.Answer(from: ends.asking, &file))
            if file >= 0 {
                let bytes = [UInt8](repeating: 0, count: size)
                #expect(write(file, bytes, size) == size)
                close(file)
            }
            let path = answer.name.path(in: "name.pcap", isRing: true)
            names.append(answer.code == 0 ? path : "\(answer.code)")
        }
        shutdown(ends.asking, Int32(SHUT_RDWR))
        isOver.wait()
        return names
    }

    /// The files of earlier runs count, and the oldest goes when a file is full.
    @Test func filesOfEarlierRunsCount() throws {
        let folder = try Folder()
        let others = [
            "name_00001_20200101000000.pcap.gz", "name_0001_20200101000000.pcap", "name.pcap",
            "other_00001_20200101000000.pcap",
        ]
        for name in others { _ = try folder.write([1], as: name) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/name_00007_20200101000000.pcap", withDestinationPath: "name.pcap")
        for _ in 0..<3 {
            let names = try ask(folder, ["filesize:1", "files:2"], count: 3, size: 1_000)
            #expect(try folder.names().filter { $0.contains("_202") && !others.contains($0) }.count == 3)
            #expect(try Set(names.suffix(2)).isSubset(of: folder.names()))
        }
        #expect(others.allSatisfy { FileManager.default.fileExists(atPath: folder.path + "/" + $0) })
        // Numbers go on.
        #expect(try folder.names().contains { $0.hasPrefix("name_00009_") })
    }

    /// Files that are asked for before their time delete none, and soon there are no more of them.
    @Test func earlyFiles() throws {
        let folder = try Folder()
        let old = try ask(folder, ["filesize:1", "files:2"], count: 2, size: 1_000)
        let names = try ask(folder, ["filesize:1", "files:2"], count: 30, size: 10)
        #expect(names.filter { $0 == "\(EAGAIN)" }.count == 9)
        // The first one, which is due, has deleted one.
        #expect(try folder.names().count == 22 && folder.names().contains(old[1]))
    }
}
