import Capture
import Glibc
import Support
import Testing

/// Commands that compress, and the program that undoes it.
private let compressors = [
    ("gzip", "gzip"), ("zstd -q", "zstd"), ("xz", "xz"), ("bzip2", "bzip2"), ("lz4 -q", "lz4"), ("lz4 -q -l", "lz4"),
]

@Suite struct CompressionTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    /// A capture made with `command`; ends the test where the program is not installed.
    private func compressed(_ file: [UInt8], with command: String) throws -> String {
        let plain = try folder.write(file)
        guard let path = try folder.compress(plain, with: command) else {
            try Test.cancel("\(command) is not installed")
        }
        return path
    }

    @Test(arguments: compressors)
    func compressedFilesGiveTheSameFrames(command: String, program: String) throws {
        for name in ["handshake.pcap", "handshake.pcapng", "handshake-sll2-nanosecond.pcap"] {
            let path = try compressed(try bytes(of: sample(name)), with: command)
            let (frames, error) = record(path)
            #expect(error == nil)
            #expect(frames == record(sample(name)).frames)
        }
    }

    /// A program hands out what comes before the block that is cut: with lz4 nothing, unless the blocks are small.
    @Test(
        arguments: [
            ("gzip", "gzip"), ("zstd -q", "zstd"), ("xz --block-size=100000", "xz"), ("bzip2 -1", "bzip2"),
            ("lz4 -q -B4", "lz4"),
        ])
    func cutCompressedFile(command: String, program: String) throws {
        let frames = sampleFrames(2_000)
        let whole = try bytes(of: compressed(pcap(frames), with: command))
        let path = try folder.write(whole.prefix(whole.count * 9 / 10), as: "cut")
        let result = record(path)
        let error = try #require(result.error)
        #expect(error.problem == .decompressorFailed(program: program))
        #expect(error.isIncomplete)
        #expect(result.frames.count > 200 && result.frames.count < 2_000)
        #expect(error.frame == UInt64(result.frames.count + 1))
        #expect(zip(result.frames, frames).allSatisfy { $0.bytes == $1.bytes })
        #expect(!error.detail.isEmpty && !error.detail.contains("\n"))
        let start = "\(path): cannot be decompressed completely by \(program) at frame \(error.frame ?? 0): "
        #expect(error.description.hasPrefix(start))
    }

    @Test func cutInTheFirstBlock() throws {
        let whole = try bytes(of: compressed(pcap(sampleFrames(20)), with: "lz4 -q -l"))
        let (frames, error) = record(try folder.write(whole.dropLast(), as: "cut.lz4"))
        #expect(frames.isEmpty)
        #expect(error?.problem == .decompressorFailed(program: "lz4"))
        #expect(error?.frame == nil && error?.isIncomplete == false)
    }

    /// Where the decompressed part ends between two frames, libpcap sees a good end.
    @Test func cutBetweenFrames() throws {
        let whole = try bytes(of: compressed(pcap([SampleFrame(bytes: [1, 2, 3])]), with: "gzip"))
        // Only the checksum and the length at the end of the file are missing.
        let (frames, error) = record(try folder.write(whole.dropLast(8), as: "cut.gz"))
        #expect(frames.count == 1)
        #expect(error?.problem == .decompressorFailed(program: "gzip"))
        #expect(error?.detail == "gzip: stdin: unexpected end of file")
    }

    @Test func damagedCompressedFile() throws {
        let (frames, error) = record(try folder.write([0x1f, 0x8b] + Array("no gzip at all".utf8), as: "x.gz"))
        #expect(frames.isEmpty)
        #expect(error?.problem == .decompressorFailed(program: "gzip"))
        #expect(error?.frame == nil && error?.isIncomplete == false)
    }

    @Test func compressedFilesThatHoldNoCapture() throws {
        #expect(record(try compressed([], with: "gzip")).error?.problem == .empty)
        #expect(record(try compressed(Array("some text".utf8), with: "gzip")).error?.problem == .notACapture)
        let capture = pcap([SampleFrame(bytes: [1]), SampleFrame(bytes: [2, 2])])
        let cut = record(try compressed(capture.dropLast(), with: "gzip"))
        #expect(cut.frames.count == 1 && cut.error?.problem == .cutShort)
    }

    @Test func paddingAfterTheEndIsNoError() throws {
        let whole = try bytes(of: compressed(pcap(sampleFrames(3)), with: "gzip"))
        let (frames, error) = record(try folder.write(whole + [UInt8](repeating: 0x41, count: 100), as: "padded.gz"))
        #expect(frames.count == 3 && error == nil)
    }

    @Test func progressIsThatOfTheCompressedFile() throws {
        let path = try compressed(pcap(sampleFrames(3_000)), with: "gzip")
        var files = CaptureFiles(paths: [path])
        #expect(files.progress?.bytesRead == 0)
        #expect(try files.next { _, _ in })
        let known = files.progress
        let progress = try #require(known)
        #expect(progress.totalBytes == UInt64(try bytes(of: path).count))
        #expect(progress.bytesRead > 0 && progress.bytesRead <= progress.totalBytes)
    }

    /// A file that asks for more memory than a decompressor may have.
    @Test func tooMuchMemory() throws {
        let path = try compressed(pcap(sampleFrames(100)), with: "xz --lzma2=dict=4MiB")
        // The size of the dictionary stands in the block header, which has a checksum: 2 GiB of it.
        var content = try bytes(of: path)
        let header = 12..<24
        try #require(content[12] == 2 && content[14] == 0x21 && content[15] == 1, "xz writes another block header")
        content[16] = 38
        content.replaceSubrange(20..<24, with: littleEndianCRC32(content[header].prefix(8)))
        let (frames, error) = record(try folder.write(content, as: "dictionary.xz"))
        #expect(frames.isEmpty)
        #expect(error?.problem == .decompressorFailed(program: "xz"))
        #expect(error?.detail.contains("Memory usage limit reached") == true, "\(error?.detail ?? "")")
    }

    /// As xz has it.
    private func littleEndianCRC32(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> UInt32(8 * $0)) }
    }

    /// In a process of its own, for its `PATH`.
    @Test func missingDecompressor() async throws {
        await #expect(processExitsWith: .success) {
            setenv("PATH", "/nonexistent", 1)
            let folder = try Folder()
            let files: [(magic: [UInt8], format: String, package: String)] = [
                ([0x1f, 0x8b], "gzip", "gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "zstd", "zstd"),
                ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz", "xz-utils"), (Array("BZh9".utf8), "bzip2", "bzip2"),
                ([0x04, 0x22, 0x4d, 0x18], "lz4", "lz4"),
                ([0x02, 0x21, 0x4c, 0x18], "lz4", "lz4"),
            ]
            for (magic, format, package) in files {
                let path = try folder.write(magic + [0, 0, 0, 0])
                #expect(
                    record(path).error?.description
                        == "\(path): is compressed with \(format), and the program \(format) was not found. "
                        + "Install it (apt install \(package)) or decompress the file first"
                )
            }
        }
    }
}
