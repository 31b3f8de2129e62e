import Capture
import Support
import Testing

@Suite struct FilesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// The frames of `handshake.pcap`, all later than they are there.
    private func laterHandshake(linkType: UInt32 = 1) -> [UInt8] {
        let frames = record(sample("handshake.pcap")).frames
        return pcap(frames.map { SampleFrame(seconds: 2_000_000_000, bytes: $0.bytes) }, linkType: linkType)
    }

    @Test func numbersGoOnAndLinkTypesMayDiffer() throws {
        let later = try folder.write(laterHandshake(linkType: 276))
        var files = CaptureFiles(paths: [sample("handshake.pcap"), later])
        #expect(files.currentPath == nil)
        let (frames, error) = record(&files)
        #expect(error == nil)
        #expect(frames.map(\.header.number) == Array(1...82))
        #expect(frames.map(\.header.file) == Array(repeating: 0, count: 41) + Array(repeating: 1, count: 41))
        #expect(frames[40].header.linkType.rawValue == 1 && frames[41].header.linkType.rawValue == 276)
        #expect(frames[41].bytes == frames[0].bytes)
        #expect(files.currentPath == later)
        #expect(try files.next { _, _ in } == false)
    }

    @Test func aMissingFileComesAfterTheOthers() throws {
        let missing = "/nonexistent/second.pcap"
        // Parts the files before it from those behind it.
        let device = "/dev/null"
        let last = try folder.write(laterHandshake())
        var files = CaptureFiles(paths: [missing, sample("handshake.pcap"), device, last])
        let (frames, error) = record(&files)
        #expect(frames.count == 41)
        #expect(error == CaptureError(.cannotOpen, path: missing, detail: "No such file or directory"))
        #expect(files.currentPath == missing)
        // Whoever goes on gets the rest.
        #expect(record(&files).error?.path == device)
        let rest = record(&files)
        #expect(rest.error == nil)
        #expect(rest.frames.map(\.header.number) == Array(42...82))
        #expect(rest.frames.allSatisfy { $0.header.file == 3 })
    }

    @Test func aCutFileNamesItsOwnFrame() throws {
        let cut = try folder.write(laterHandshake().dropLast(1))
        var files = CaptureFiles(paths: [sample("handshake.pcap"), cut])
        let (frames, error) = record(&files)
        #expect(frames.count == 41 + 40)
        #expect(error?.problem == .cutShort && error?.frame == 41 && error?.path == cut)
    }

    @Test func noFilesNoFrames() throws {
        var files = CaptureFiles(paths: [])
        #expect(try files.next { _, _ in } == false)
        #expect(files.progress?.fraction == 1)
    }

    @Test func progressGrowsToTheTotal() throws {
        // Larger than the stream's buffer, so that the position within it counts.
        var frames = sampleFrames(3_000)
        let first = try folder.write(pcap(frames), as: "first.pcap")
        for index in frames.indices { frames[index].seconds += 10 }
        let second = try folder.write(pcap(frames), as: "second.pcap")
        let size = UInt64(try bytes(of: first).count)
        #expect(size > 1 << 21)
        var files = CaptureFiles(paths: [first, second])
        #expect(files.progress == CaptureProgress(bytesRead: 0, totalBytes: 2 * size))
        #expect(try files.next { _, _ in })
        #expect(files.progress?.bytesRead == 24 + 16 + 60)
        for _ in 1..<3_000 { _ = try files.next { _, _ in } }
        #expect(files.progress?.bytesRead == size)
        #expect(try files.next { _, _ in })
        #expect(files.progress?.bytesRead == size + 24 + 16 + 60)
        _ = record(&files)
        #expect(files.progress?.fraction == 1)
    }

    @Test func progressIsUnknownWithAPipeAmongTheFiles() {
        #expect(CaptureFiles(paths: [sample("handshake.pcap"), "/dev/null"]).progress == nil)
    }
}
