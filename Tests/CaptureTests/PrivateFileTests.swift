import Foundation
import Support
import System
import Testing

@testable import Capture

/// Files that have secrets: nobody else may read them, from their creation on.
@Suite struct PrivateFileTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private var path: String { folder.path + "/secret.pcapng" }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test func aNewFile() throws {
        let destination = try CaptureDestination(path: path, isPrivate: true)
        #expect(try mode(path) == 0o600)
        _ = consume destination
        _ = try CaptureDestination(path: folder.path + "/open.pcapng")
        #expect(try mode(folder.path + "/open.pcapng") & 0o600 == 0o600)
    }

    /// One that was there is closed to others before anything is written; what it holds stays until then.
    @Test func aFileThatWasThere() throws {
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        try #require(chmod(path, 0o644) == 0)
        _ = try CaptureDestination(path: path)
        #expect(try mode(path) == 0o644)
        _ = try CaptureDestination(path: path, isPrivate: true)
        #expect(try mode(path) == 0o600)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1, 2, 3]))
    }

    /// What is an input is not touched.
    @Test func anInput() throws {
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        try #require(chmod(path, 0o644) == 0)
        #expect(throws: CaptureError(.isAnInput, path: path)) {
            _ = try CaptureDestination(path: path, inputs: [path], isPrivate: true)
        }
        #expect(try mode(path) == 0o644)
    }

    /// Pipes and the like have no mode of their own to change.
    @Test func notAFile() throws {
        _ = try CaptureDestination(path: "/dev/null", isPrivate: true)
        #expect(try mode("/dev/null") == 0o666)
    }

    @Test func filesOfARing() throws {
        var limits = CaptureLimits()
        try limits.add("packets:2")
        var files = try RecordingFiles(
            path: path, format: .pcapng, linkType: LinkTypeNumber(rawValue: 1), ring: limits, isPrivate: true)
        for number in 1...5 as ClosedRange<UInt64> {
            let header = FrameHeader(
                number: number, time: 0, capturedLength: 1, originalLength: 1, linkType: LinkTypeNumber(rawValue: 1),
                file: 0)
            try files.write(header, [UInt8(number)].span.bytes)
            if number == 3 { try files.write(secrets: Array("BIP324_SHARED_SECRET of the second\n".utf8)) }
        }
        try files.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count == 3)
        var found: [Int] = []
        for (index, name) in names.enumerated() {
            #expect(try mode(folder.path + "/" + name) == 0o600)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
            if bytes.range(of: Data("of the second".utf8)) != nil { found.append(index) }
        }
        #expect(found == [1])
    }

    /// Secrets may be found late: a full file waits for those of its frames until the next one is full, too.
    @Test func secretsOfAFullFile() throws {
        var limits = CaptureLimits()
        try limits.add("packets:2")
        var files = try RecordingFiles(
            path: folder.path + "/ring.pcapng", format: .pcapng, linkType: LinkTypeNumber(rawValue: 1), ring: limits)
        files.keepsFullFilesOpen = true
        for number in 1...5 as ClosedRange<UInt64> {
            let header = FrameHeader(
                number: number, time: 0, capturedLength: 1, originalLength: 1, linkType: LinkTypeNumber(rawValue: 1),
                file: 0)
            try files.write(header, [UInt8(number)].span.bytes)
            if number == 3 {
                let (aside, closed) = (files.asideThrough, files.closedThrough)
                #expect(aside == 2 && closed == 0)
                try files.write(secrets: Array("BIP324_SHARED_SECRET of frame 1\n".utf8), of: 1)
                try files.write(secrets: Array("BIP324_SHARED_SECRET of frame 3\n".utf8), of: 3)
            }
        }
        let (aside, closed) = (files.asideThrough, files.closedThrough)
        #expect(aside == 4 && closed == 2)
        // Too late for its own file.
        try files.write(secrets: Array("BIP324_SHARED_SECRET of frame 2\n".utf8), of: 2)
        try files.closeAside()
        let closedByNow = files.closedThrough
        #expect(closedByNow == 4)
        try files.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let found = try names.map { name in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
            return (1...3).filter { bytes.range(of: Data("of frame \($0)\n".utf8)) != nil }
        }
        #expect(found == [[1], [2, 3], []])
    }

    /// The process that makes files where only root may.
    @Test func filesOfTheHelper() throws {
        for (words, expected) in [([], 0o666), (["private"], 0o600)] as [([String], mode_t)] {
            let name = folder.path + "/helped-\(words.count).pcap"
            let arguments = ["--recording-helper", name, "file", "\(getuid())", "\(getgid())"] + words
            let (isHelper, isOther) = (
                RecordingHelperProcess(arguments) != nil, RecordingHelperProcess(arguments + ["more"]) != nil
            )
            #expect(isHelper && !isOther)
            var made = RecordingName()
            var file: Int32 = -1
            guard var first = RecordingHelperProcess(arguments) else { continue }
            #expect(first.next(&made, &file) == 0)
            close(file)
            let mask = umask(0)
            umask(mask)
            #expect(try mode(name) == expected & ~mask)
            // And one that is there.
            try #require(chmod(name, 0o640) == 0)
            guard var second = RecordingHelperProcess(arguments) else { continue }
            #expect(second.next(&made, &file) == 0)
            close(file)
            #expect(try mode(name) == (words.isEmpty ? 0o640 : 0o600))
        }
    }
}
