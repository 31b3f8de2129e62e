import Capture
import Foundation
import Support
import Testing

/// How many descriptors this process has open.
private func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}

/// What concerns the whole process (standard input, descriptors, children) is tested in a process of its own.
@Suite struct ProcessTests {
    @Test func standardInputFromAFile() async {
        await #expect(processExitsWith: .success) {
            let file = open(sample("handshake.pcap"), O_RDONLY)
            dup2(file, STDIN_FILENO)
            var files = CaptureFiles(paths: ["-"])
            #expect(files.progress?.totalBytes == 4_385)
            let (frames, error) = record(&files)
            #expect(error == nil)
            #expect(frames == record(sample("handshake.pcap")).frames)
            #expect(fcntl(STDIN_FILENO, F_GETFD) >= 0, "standard input stays open")
        }
    }

    @Test func compressedStandardInput() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = try #require(
                try folder.compress(folder.write(bytes(of: sample("handshake.pcap"))), with: "gzip"))
            let content = try bytes(of: path)
            let expected = record(sample("handshake.pcap")).frames
            // As a file, a pipe and a socket.
            dup2(open(path, O_RDONLY), STDIN_FILENO)
            #expect(record("-").frames == expected)
            var ends: [Int32] = [-1, -1]
            for makePipe in [true, false] {
                if makePipe {
                    try #require(pipe(&ends) == 0)
                } else {
                    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
                }
                dup2(ends[0], STDIN_FILENO)
                #expect(content.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == content.count)
                close(ends[1])
                let (frames, error) = record("-")
                #expect(error == nil)
                #expect(frames == expected)
            }
        }
    }

    @Test func errorsNameStandardInput() async {
        await #expect(processExitsWith: .success) {
            dup2(open("/dev/null", O_RDONLY), STDIN_FILENO)
            let error = try #require(record("-").error)
            #expect(error.path == "-")
            #expect(error.description == "standard input: is empty: it does not even have a file header")
        }
    }

    @Test func closedStandardDescriptorsDoNoHarm() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = try #require(
                try folder.compress(folder.write(bytes(of: sample("handshake.pcap"))), with: "gzip"))
            close(STDIN_FILENO)
            #expect(record("-").error?.detail == "Bad file descriptor")
            #expect(record(path).frames.count == 41)
        }
    }

    /// Closing after the first frame ends the decompressor without waiting for it, without a message, a zombie or an
    /// open descriptor, even where the process ignores SIGPIPE.
    @Test(.timeLimit(.minutes(5)))
    func earlyCloseLeavesNothingBehind() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
            signal(SIGPIPE, SIG_IGN)
            let folder = try Folder()
            let plain = try folder.write(pcap(sampleFrames(8_000)))
            var inputs = [plain]
            for command in ["gzip", "zstd -q", "xz -0", "bzip2 -1", "lz4 -q"] {
                if let path = try folder.compress(plain, with: command) { inputs.append(path) }
            }
            inputs.append(try folder.write(bytes(of: inputs[1]).prefix(50_000), as: "cut.gz"))
            let before = try openDescriptors()
            for _ in 0..<5 {
                for input in inputs {
                    var capture = try OfflineCapture(path: input)
                    #expect(try capture.next { _, _ in })
                }
                for input in inputs { _ = record(input) }
                _ = record(try folder.write([0x1f, 0x8b, 0, 0, 0, 0], as: "bad.gz"))
                _ = record(folder.path)
                _ = record(try folder.write([], as: "empty"))
            }
            #expect(try openDescriptors() == before)
            #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD, "no child is left")
        }
        #expect(result.standardErrorContent.isEmpty)
    }

    /// The decompressor waits for a writer who has stopped writing; closing must not wait with it.
    @Test(.timeLimit(.minutes(5)))
    func closeWhileTheInputStalls() async {
        await #expect(processExitsWith: .success) {
            // More than gzip reads before it writes, and hardly compressible.
            var generator = SeededGenerator(seed: 1)
            let noise = generator.bytes(600_000)
            let frames = stride(from: 0, to: noise.count, by: 1_000).map {
                SampleFrame(bytes: Array(noise[$0..<$0 + 1_000]))
            }
            let folder = try Folder()
            let path = try #require(try folder.compress(folder.write(pcap(frames)), with: "gzip"))
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
            let start = try bytes(of: path).dropLast(10_000)
            try #require(fcntl(ends[1], 1_031, 1 << 20) >= start.count)  // F_SETPIPE_SZ
            #expect(start.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == start.count)
            var capture = try OfflineCapture(path: "/dev/fd/\(ends[0])")
            for _ in 0..<100 { #expect(try capture.next { _, _ in }) }
        }
    }
}
