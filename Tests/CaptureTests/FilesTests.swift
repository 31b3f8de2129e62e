import Capture
import Support
import Testing

@Suite struct FilesTests {
    @Test func numbersGoOnAndLinkTypesMayDiffer() throws {
        var files = CaptureFiles(paths: [sample("handshake.pcap"), sample("handshake-sll2-nanosecond.pcap")])
        #expect(files.currentPath == nil)
        let (frames, error) = record(&files)
        #expect(error == nil)
        #expect(frames.map(\.header.number) == Array(1...82))
        #expect(frames.map(\.header.file) == Array(repeating: 0, count: 41) + Array(repeating: 1, count: 41))
        #expect(frames[40].header.linkType.rawValue == 1 && frames[41].header.linkType.rawValue == 276)
        #expect(frames[41].bytes == record(sample("handshake-sll2-nanosecond.pcap")).frames[0].bytes)
        #expect(files.currentPath == sample("handshake-sll2-nanosecond.pcap"))
        #expect(try files.next { _, _ in } == false)
    }

    @Test func aMissingSecondFileComesAfterTheFirst() throws {
        let missing = "/nonexistent/second.pcap"
        let third = sample("handshake.pcapng")
        var files = CaptureFiles(paths: [sample("handshake.pcap"), missing, third])
        let (frames, error) = record(&files)
        #expect(frames.count == 41)
        #expect(error == CaptureError(.cannotOpen, path: missing, detail: "No such file or directory"))
        #expect(files.currentPath == missing)
        // Whoever goes on gets the rest.
        let rest = record(&files)
        #expect(rest.error == nil)
        #expect(rest.frames.map(\.header.number) == Array(42...82))
        #expect(rest.frames.allSatisfy { $0.header.file == 2 })
    }

    @Test func aCutFileNamesTheFrameOverAllFiles() throws {
        let folder = try Folder()
        let cut = try folder.write(bytes(of: sample("handshake.pcap")).dropLast(1))
        var files = CaptureFiles(paths: [sample("handshake.pcap"), cut])
        let (frames, error) = record(&files)
        #expect(frames.count == 41 + 40)
        #expect(error?.problem == .cutShort && error?.frame == 82 && error?.path == cut)
    }

    @Test func noFilesNoFrames() throws {
        var files = CaptureFiles(paths: [])
        #expect(try files.next { _, _ in } == false)
        #expect(files.progress?.fraction == 1)
    }

    @Test func progressGrowsToTheTotal() throws {
        let folder = try Folder()
        // Larger than the stream's buffer, so that the position within it counts.
        let large = try folder.write(pcap(sampleFrames(3_000)))
        let size = UInt64(try bytes(of: large).count)
        #expect(size > 1 << 21)
        var files = CaptureFiles(paths: [large, large])
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
