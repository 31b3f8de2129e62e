import Capture
import Foundation
import Support
import Testing

/// A pipe that a test writes into from a thread; `path` opens its reading end.
private struct SamplePipe: ~Copyable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        // Held by no child, or the pipe would never end.
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit { close(readEnd) }

    var path: String { "/dev/fd/\(readEnd)" }

    /// Writes `bytes` in pieces of `piece` bytes, the first few slowly, and closes unless the end is kept open.
    func write(_ bytes: [UInt8], inPiecesOf piece: Int) {
        let end = writeEnd
        Thread.detachNewThread {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].prefix(piece).withUnsafeBytes {
                    Foundation.write(end, $0.baseAddress, $0.count)
                }
                guard count > 0 else { break }
                sent += count
                if sent <= 8 { usleep(10_000) }
            }
            close(end)
        }
    }
}

@Suite struct PipeTests {
    @Test(arguments: [1, 100_000])
    func plainPipe(piece: Int) throws {
        let pipe = try SamplePipe()
        pipe.write(try bytes(of: sample("handshake.pcap")), inPiecesOf: piece)
        let (frames, error) = record(pipe.path)
        #expect(error == nil)
        #expect(frames == record(sample("handshake.pcap")).frames)
    }

    /// Also where the first bytes come one by one, so that the compression shows only later.
    @Test(arguments: [1, 100_000])
    func compressedPipe(piece: Int) throws {
        let folder = try Folder()
        let plain = try folder.write(bytes(of: sample("handshake.pcap")))
        guard let compressed = try folder.compress(plain, with: "xz") else { try Test.cancel("xz is not installed") }
        let pipe = try SamplePipe()
        pipe.write(try bytes(of: compressed), inPiecesOf: piece)
        let (frames, error) = record(pipe.path)
        #expect(error == nil)
        #expect(frames == record(sample("handshake.pcap")).frames)
    }

    @Test func emptyAndCutPipes() throws {
        let empty = try SamplePipe()
        empty.write([], inPiecesOf: 1)
        #expect(record(empty.path).error?.problem == .empty)
        let cut = try SamplePipe()
        cut.write(pcap([SampleFrame(bytes: [1]), SampleFrame(bytes: [1, 2])]).dropLast(), inPiecesOf: 10)
        let (frames, error) = record(cut.path)
        #expect(frames.count == 1)
        #expect(error?.problem == .cutShort && error?.frame == 2)
    }

    /// What is there is handed out at once, though the writer has not finished.
    @Test func framesOfALivePipeComeAtOnce() throws {
        let pipe = try SamplePipe()
        let start = pcap([SampleFrame(bytes: [1, 2, 3])])
        #expect(start.withUnsafeBytes { write(pipe.writeEnd, $0.baseAddress, $0.count) } == start.count)
        var capture = try OfflineCapture(path: pipe.path)
        var count = 0
        #expect(try capture.next { _, bytes in count = bytes.byteCount })
        #expect(count == 3)
        #expect(capture.bytesRead == nil)
        close(pipe.writeEnd)
        #expect(try capture.next { _, _ in } == false)
    }

    @Test func fifo() throws {
        let folder = try Folder()
        let path = folder.path + "/fifo"
        try #require(mkfifo(path, 0o600) == 0)
        let content = Data(try bytes(of: sample("handshake.pcapng")))
        Thread.detachNewThread { FileHandle(forWritingAtPath: path)?.write(content) }
        let (frames, error) = record(path)
        #expect(error == nil && frames.count == 41)
    }
}
