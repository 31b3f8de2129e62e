import Capture
import Foundation
import Support
import System
import Testing

/// What is found in a folder of captures.
@Suite struct CaptureFolderTests {
    private let folder: Folder
    private let capture = pcap(sampleFrames(3))

    init() throws { folder = try Folder() }

    private func names(_ paths: [String]) -> [String] { paths.map { String($0.dropFirst(folder.path.count + 1)) } }

    private func ignored(_ found: CaptureFolder) -> String? {
        found.ignored(others: found.others, looksIntoFolders: false)
    }

    @Test func capturesByContent() throws {
        for name in ["b.pcap", "a", "-x.pcap", "ü.cap"] { _ = try folder.write(capture, as: name) }
        _ = try folder.write(bytes(of: sample("handshake.pcapng")), as: "c.txt")
        _ = try folder.write(Array("It is no capture.\n".utf8), as: "text.pcap")
        _ = try folder.write([], as: "empty.pcap")
        _ = try folder.write([0xa1], as: "byte.pcap")
        let found = try CaptureFolder(folder.path)
        #expect(names(found.captures) == ["-x.pcap", "a", "b.pcap", "c.txt", "ü.cap"])
        #expect(names(found.others) == ["byte.pcap", "empty.pcap", "text.pcap"])
        #expect(ignored(found) == "3 files that are no captures (byte.pcap, empty.pcap, text.pcap)")
        #expect(try CaptureFolder(folder.path + "/").captures == found.captures)
        var files = CaptureFiles(paths: found.captures)
        #expect(record(&files).frames.count == 4 * 3 + 41)
    }

    /// A compressed file is looked into.
    @Test func compressed() throws {
        let plain = try folder.write(capture)
        let text = try folder.write(Array("no capture, and long enough for a header\n".utf8), as: "notes")
        let short = try folder.write(Array("short\n".utf8), as: "short")
        let none = try folder.write([], as: "none")
        guard try [plain, text, short, none].allSatisfy({ try folder.compress($0, with: "gzip") != nil }) else {
            try Test.cancel("gzip is not installed")
        }
        _ = try folder.write([0x1f, 0x8b] + Array("damaged".utf8), as: "damaged.gz")
        let found = try CaptureFolder(folder.path)
        // What cannot be decompressed may be one, and reading says what is wrong.
        #expect(names(found.captures) == ["capture.pcap", "capture.pcap.gzip", "damaged.gz"])
        #expect(names(found.others) == ["none", "none.gzip", "notes", "notes.gzip", "short", "short.gzip"])
        #expect(ignored(found) == "6 files that are no captures (none, none.gzip, notes, …)")
    }

    /// Nothing is waited for, and no loop is followed.
    @Test(.timeLimit(.minutes(1))) func whatIsNoFile() throws {
        _ = try folder.write(capture, as: "one.pcap")
        _ = try folder.write(capture, as: ".hidden.pcap")
        try FileManager.default.createDirectory(atPath: folder.path + "/below", withIntermediateDirectories: false)
        _ = try folder.write(capture, as: "below/two.pcap")
        try #require(mkfifo(folder.path + "/fifo.pcap", 0o600) == 0)
        for (name, target) in [
            ("loop", "loop"), ("nowhere.pcap", "nothing"), ("again.pcap", "one.pcap"), ("up", "."),
            ("device.pcap", "/dev/null"),
        ] {
            try #require(symlink(target, folder.path + "/" + name) == 0)
        }
        try #require(link(folder.path + "/one.pcap", folder.path + "/same.pcap") == 0)
        let found = try CaptureFolder(folder.path)
        // By its first name.
        #expect(names(found.captures) == ["again.pcap"])
        #expect(found.folders == 2)
        #expect(
            ignored(found)
                == "2 folders, 1 hidden file, 2 FIFOs, sockets or devices, 2 links that lead nowhere, "
                + "2 further names of a file that is read".replacing("a file that is read", with: "files that are read")
        )
    }

    @Test func whatIsWrittenAndWhatIsNamedBesides() throws {
        let output = try folder.write(capture, as: "out.pcap")
        let other = try folder.write(capture, as: "other.pcap")
        _ = try folder.write(capture, as: "one.pcap")
        let found = try CaptureFolder(folder.path, writing: output, beside: [other, "-", "/nonexistent"])
        #expect(names(found.captures) == ["one.pcap"])
        #expect(ignored(found) == "1 further name of a file that is read, the file that -w writes")
        // What is not there yet is not there.
        #expect(try CaptureFolder(folder.path, writing: folder.path + "/new.pcap").captures.count == 3)
        #expect(try CaptureFolder(folder.path, writing: "-").captures.count == 3)
    }

    @Test func nothing() throws {
        let found = try CaptureFolder(folder.path)
        #expect(found.captures.isEmpty && found.others.isEmpty && ignored(found) == nil)
        do throws(CaptureError) {
            _ = try CaptureFolder(folder.path + "/nothing")
            Issue.record("it is there")
        } catch {
            #expect(
                error == CaptureError(.cannotOpen, path: folder.path + "/nothing", detail: "No such file or directory"))
        }
    }

    @Test func thousands() throws {
        for index in 0..<3_000 { _ = try folder.write(capture, as: "\(index).pcap") }
        let found = try CaptureFolder(folder.path)
        #expect(found.captures.count == 3_000 && found.captures == found.captures.sorted())
    }

    /// A name that is no UTF-8 can be in no text.
    @Test func unnamable() throws {
        let path = (Array(folder.path.utf8) + [0x2f, 0xff, 0xfe, 0]).map { CChar(bitPattern: $0) }
        let number = open(path, O_CREAT | O_WRONLY, 0o600)
        try #require(number >= 0)
        close(number)
        let found = try CaptureFolder(folder.path)
        #expect(ignored(found) == "1 file whose name is not UTF-8")
        let all = found.ignored(others: [], looksIntoFolders: true, unnamableBelow: 2)
        #expect(all == "3 files whose names are not UTF-8")
        #expect(try FileTree.files(below: folder.path, depth: 5) { _, _ in true }.isEmpty)
    }

    /// The same in the folders of a folder, as deep as files are looked for.
    @Test func unnamableBelow() throws {
        let below = folder.path + "/a/b/c"
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
        for parent in [folder.path, folder.path + "/a", below] {
            let path = (Array(parent.utf8) + [0x2f, 0xff, 0]).map { CChar(bitPattern: $0) }
            let number = open(path, O_CREAT | O_WRONLY, 0o600)
            try #require(number >= 0)
            close(number)
        }
        let counts = try [0, 1, 2, 3, 9].map { try FileTree.unnamable(below: folder.path, depth: $0) }
        #expect(counts == [0, 1, 1, 2, 2])
    }

    /// A user reads a folder in which one file is another's, and one that is.
    @Test(.enabled(if: geteuid() == 0, "needs root, to give it up"))
    func unreadable() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = folder.path
            _ = try folder.write(pcap(sampleFrames(3)), as: "open.pcap")
            let closed = try folder.write(pcap(sampleFrames(3)), as: "closed.pcap")
            try FileManager.default.createDirectory(atPath: path + "/closed", withIntermediateDirectories: false)
            for (name, mode) in [("", 0o755), ("/open.pcap", 0o644), ("/closed.pcap", 0o600), ("/closed", 0o700)] {
                try #require(chmod(path + name, mode_t(mode)) == 0)
            }
            try Privileges.drop(to: try #require(User(named: "nobody")))
            let found = try CaptureFolder(path)
            #expect(found.captures.count == 2, "reading will say what is wrong with it")
            #expect(record(closed).error?.problem == .permissionDenied)
            do throws(CaptureError) {
                _ = try CaptureFolder(path + "/closed")
                Issue.record("it can be read")
            } catch {
                #expect(error.problem == .permissionDenied)
            }
        }
    }
}
