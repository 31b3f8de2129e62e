import Capture
import Glibc
import Support
import Testing

@Suite struct ErrorTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    /// The error with which a file's opening or reading ends, and how many frames came before.
    private func failure(_ file: [UInt8]) throws -> (count: Int, error: CaptureError, path: String) {
        let path = try folder.write(file)
        let (frames, error) = record(path)
        return (frames.count, try #require(error), path)
    }

    @Test func missingFile() throws {
        let error = try #require(record("/nonexistent/a.pcap").error)
        #expect(error.problem == .cannotOpen)
        #expect(error.description == "/nonexistent/a.pcap: cannot be opened: No such file or directory")
        #expect(!error.isIncomplete)
    }

    @Test func directory() throws {
        let error = try #require(record(folder.path).error)
        #expect(error.problem == .isDirectory)
        #expect(
            error.description
                == "\(folder.path): is a directory, not a capture file. "
                + "All captures in it are read with btcshark -r \(folder.path.quotedForShell)"
        )
    }

    /// In a process of its own, which gives up the right of root to read everything.
    @Test func permissionDenied() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = try folder.write(pcap([]))
            chmod(path, 0)
            let isRoot = geteuid() == 0
            if isRoot { try #require(seteuid(65_534) == 0) }
            let error = try #require(record(path).error)
            if isRoot { seteuid(0) }
            #expect(error.problem == .permissionDenied)
            #expect(error.description.hasPrefix("\(path): cannot be opened: Permission denied. Captures made as root"))
        }
    }

    @Test func emptyFile() throws {
        let (_, error, path) = try failure([])
        #expect(error.problem == .empty)
        #expect(error.description == "\(path): is empty: it does not even have a file header")
    }

    @Test func textFile() throws {
        let (_, error, path) = try failure(Array("This is not a capture at all, but a text of some length.\n".utf8))
        #expect(error.problem == .notACapture)
        #expect(
            error.description
                == "\(path): is neither a pcap nor a pcapng file (libpcap: unknown file format). "
                + "If Wireshark can read it, convert it first: editcap -F nsecpcap \(path) OUT.pcap"
        )
    }

    @Test func shortTextFile() throws {
        #expect(try failure([0x41]).error.problem == .cutShort)
    }

    @Test func cutInTheFileHeader() throws {
        let (_, error, path) = try failure(Array(pcap([]).prefix(10)))
        #expect(error.problem == .cutShort && error.frame == nil && !error.isIncomplete)
        #expect(error.description.hasPrefix("\(path): is cut short in its file header (libpcap: truncated dump file;"))
    }

    /// Every cut but those between two frames is an error, and loses no frame before it.
    @Test func everyCutOfAPcap() throws {
        let whole = pcap((1...3).map { SampleFrame(bytes: Array(repeating: 7, count: $0)) })
        let ends = [24, 24 + 17, 24 + 17 + 18, 24 + 17 + 18 + 19]
        for length in 24...whole.count {
            let path = try folder.write(whole.prefix(length))
            let (frames, error) = record(path)
            let complete = ends.lastIndex { $0 <= length } ?? 0
            #expect(frames.count == complete)
            if ends.contains(length) {
                #expect(error == nil)
            } else {
                #expect(error?.problem == .cutShort)
                #expect(error?.frame == UInt64(complete + 1))
                #expect(error?.isIncomplete == true)
            }
        }
    }

    @Test func textsOfCuts() throws {
        let whole = pcap([SampleFrame(bytes: [1]), SampleFrame(bytes: [1, 2, 3])])
        let inPacket = try failure(whole.dropLast())
        #expect(
            inPacket.error.description == "\(inPacket.path): is cut short at frame 2 "
                + "(libpcap: truncated dump file; tried to read 3 captured bytes, only got 2)"
        )
        let inHeader = try failure(whole.dropLast(4))
        #expect(
            inHeader.error.description == "\(inHeader.path): is cut short at frame 2 "
                + "(libpcap: truncated dump file; tried to read 16 header bytes, only got 15)"
        )
    }

    @Test(arguments: [UInt32.max, 0x8000_0000, 0x7fff_ffff, 300_000])
    func absurdCapturedLength(length: UInt32) throws {
        let absurd = SampleFrame(bytes: [1, 2, 3], capturedLength: length, originalLength: length)
        let (count, error, path) = try failure(pcap([SampleFrame(bytes: [9]), absurd]))
        #expect(count == 1)
        #expect(error.problem == .damaged && error.frame == 2 && error.isIncomplete)
        #expect(
            error.description.hasPrefix(
                "\(path): is damaged at frame 2 "
                    + "(libpcap: invalid packet capture length \(length), bigger than "
            )
        )
    }

    @Test func unknownVersion() throws {
        var file = pcap([])
        file[4] = 9
        let error = try failure(file).error
        #expect(error.problem == .damaged && error.frame == nil && !error.isIncomplete)
        #expect(error.description.contains("is damaged or of an unknown version (libpcap: unsupported pcap"))
    }

    @Test func advisedCommandsCanBeCopied() {
        let error = CaptureError(.notACapture, path: "my dad's.pcap")
        #expect(error.description.hasSuffix(#"editcap -F nsecpcap 'my dad'\''s.pcap' OUT.pcap"#))
        #expect(CaptureError(.notACapture, path: "-").description.hasSuffix("editcap -F nsecpcap FILE OUT.pcap"))
    }

    @Test func afterAnErrorTheCaptureHasEnded() throws {
        let path = try folder.write(pcap([SampleFrame(bytes: [1, 2])]).dropLast())
        var capture = try OfflineCapture(path: path)
        #expect(record(&capture).error?.problem == .cutShort)
        #expect(try capture.next { _, _ in } == false)
    }
}
