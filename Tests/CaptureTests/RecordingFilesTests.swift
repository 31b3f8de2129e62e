import Foundation
import Support
import Testing

@testable import Capture

@Suite struct RecordingFilesTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private func limits(_ texts: String...) throws -> CaptureLimits {
        var limits = CaptureLimits()
        for text in texts { try limits.add(text) }
        return limits
    }

    private func write(_ number: Int, _ files: inout RecordingFiles, length: Int = 100) throws {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
        let header = FrameHeader(
            number: UInt64(number), time: 1_700_000_000_000_000_000 + Int64(number), capturedLength: length,
            originalLength: length, linkType: LinkTypeNumber(rawValue: 1), file: 0)
        try files.write(header, bytes.span.bytes)
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    private func begin(_ ring: CaptureLimits?) throws -> RecordingFiles {
        try RecordingFiles(
            path: folder.path + "/name.pcap", linkType: LinkTypeNumber(rawValue: 1), ring: ring)
    }

    @Test func oneFile() throws {
        var files = try begin(nil)
        for number in 1...300 { try write(number, &files) }
        #expect(files.currentBytes == 24 + 300 * 116)
        try files.close()
        let (frames, error) = record(folder.path + "/name.pcap")
        #expect(error == nil && frames.count == 300)
        #expect(frames.last?.header.time == 1_700_000_000_000_000_300)
        #expect(frames.last?.bytes == [UInt8](repeating: 44, count: 100))
    }

    /// What another program reads meanwhile: the header at once, and everything after a moment without frames.
    @Test func nothingWaitsInTheBufferWhenIdle() throws {
        var files = try begin(nil)
        #expect(record(folder.path + "/name.pcap").error == nil)
        try write(1, &files)
        #expect(record(folder.path + "/name.pcap").frames.isEmpty)
        try files.keepTime()
        #expect(record(folder.path + "/name.pcap").frames.count == 1)
        // Even where frames never stop coming.
        try write(2, &files)
        usleep(1_100_000)
        try write(3, &files)
        #expect(record(folder.path + "/name.pcap").frames.count == 2)
    }

    /// As logrotate does it: the file is moved away, then we are told.
    @Test func aFileThatWasMovedAwayIsMadeAnew() throws {
        var files = try begin(nil)
        try write(1, &files)
        // Still there: goes on.
        try files.rotate()
        try write(2, &files)
        try FileManager.default.moveItem(atPath: folder.path + "/name.pcap", toPath: folder.path + "/old.pcap")
        try files.rotate()
        try write(3, &files)
        try files.close()
        let (old, new) = (record(folder.path + "/old.pcap"), record(folder.path + "/name.pcap"))
        #expect(old.error == nil && old.frames.map(\.bytes[0]) == [1, 2])
        #expect(new.error == nil && new.frames.map(\.bytes[0]) == [3])
    }

    @Test func aRingGoesOnToTheNextFile() throws {
        var files = try begin(limits("packets:100"))
        try write(1, &files)
        try files.rotate()
        // Nothing to complete.
        try files.rotate()
        try write(2, &files)
        try files.close()
        #expect(try names.map { record(folder.path + "/" + $0).frames.map(\.bytes[0]) } == [[1], [2]])
        #expect(try names.map { $0.prefix(10) } == ["name_00001", "name_00002"])
    }

    @Test func filesBySize() throws {
        var files = try begin(limits("filesize:1"))
        for number in 1...20 { try write(number, &files) }
        // 24 + 9 * 116 is 1,068, the first that is 1,000 or more.
        #expect(files.completedFiles == 2 && files.currentBytes == 24 + 2 * 116)
        try files.close()
        let names = try names
        #expect(names.count == 3)
        for (index, name) in names.enumerated() {
            #expect(name.wholeMatch(of: #/name_0000\d_\d{14}\.pcap/#) != nil)
            #expect(name.hasPrefix("name_0000\(index + 1)_"))
        }
        let all = record(files: names.map { folder.path + "/" + $0 })
        #expect(all.error == nil)
        #expect(all.frames.map(\.bytes.first) == (1...20).map { UInt8($0) })
    }

    @Test func theOldestAreDeleted() throws {
        var files = try begin(limits("packets:3", "files:2"))
        for number in 1...10 {
            try write(number, &files)
            #expect(try names.count <= 2)
        }
        #expect(files.completedFiles == 3)
        try files.close()
        let all = record(files: try names.map { folder.path + "/" + $0 })
        #expect(all.frames.map(\.bytes.first) == [7, 8, 9, 10])
    }

    /// The bound holds over restarts.
    @Test func filesOfEarlierRunsCount() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path + "/name_00001_2020010100000.pcap"))
        for run in 1...4 {
            var files = try begin(limits("packets:1", "files:2"))
            for number in 1...3 { try write(number, &files) }
            try files.close()
            let names = try names
            #expect(names.count == 3, "and one of another name")
            #expect(names.last?.contains("0\(3 * run)_") == true)
        }
    }

    @Test func aDeletedFileOfTheRingIsNoHarm() throws {
        var files = try begin(limits("packets:1", "files:2"))
        try write(1, &files)
        for name in try names { try FileManager.default.removeItem(atPath: folder.path + "/" + name) }
        for number in 2...5 { try write(number, &files) }
        try files.close()
        #expect(try names.count == 2)
    }

    /// A file that is over is completed without a frame; the next begins with its first frame.
    @Test func filesByDuration() throws {
        var files = try begin(limits("duration:0.05"))
        try write(1, &files)
        usleep(80_000)
        try files.keepTime()
        #expect(files.completedFiles == 1 && files.currentPath == nil && files.currentBytes == 0)
        usleep(80_000)
        try files.keepTime()
        #expect(files.completedFiles == 1)
        #expect(try names.count == 1)
        try write(2, &files)
        #expect(files.currentPath?.contains("name_00002_") == true)
        try files.close()
        #expect(try names.count == 2)
    }

    // MARK: What stands beside frames

    private func beginPcapng(_ ring: CaptureLimits?) throws -> RecordingFiles {
        try RecordingFiles(
            path: folder.path + "/name.pcapng", format: .pcapng, linkType: LinkTypeNumber(rawValue: 1), ring: ring)
    }

    private func contents() throws -> [(frames: [UInt8], secrets: String)] {
        try names.map { name in
            var files = CaptureFiles(paths: [folder.path + "/" + name])
            let (frames, error) = record(&files)
            #expect(error == nil)
            let secrets = files.notes.takeSecrets().flatMap(\.lines)
            return (frames.map { $0.bytes[0] }, String(decoding: secrets, as: UTF8.self))
        }
    }

    /// Of the last frame of a full file, too; and no file is begun for them, for which another would be deleted.
    @Test func secretsStandInTheFileOfTheirFrames() throws {
        var files = try beginPcapng(limits("packets:2", "files:1"))
        for number in 1...2 { try write(number, &files) }
        #expect(files.isFull && files.fullFiles == 1 && files.completedFiles == 0)
        try files.write(secrets: Array("of 2\n".utf8))
        var (frames, secrets) = try #require(contents().first)
        try files.keepTime()
        #expect(!files.isFull && files.fullFiles == 1 && files.completedFiles == 1)
        (frames, secrets) = try #require(contents().first)
        #expect(frames == [1, 2] && secrets == "of 2\n")
        // Late: they wait for a file that has a frame.
        try files.write(secrets: Array("late\n".utf8))
        (frames, secrets) = try #require(contents().first)
        #expect(try names.count == 1 && frames == [1, 2] && secrets == "of 2\n")
        try write(3, &files)
        try files.close()
        (frames, secrets) = try #require(contents().first)
        #expect(try names.count == 1 && frames == [3] && secrets == "late\n")
    }

    /// Each file says what was lost since the one before it.
    @Test func statisticsOfEachFile() throws {
        var files = try beginPcapng(limits("packets:1"))
        for number in 1...3 {
            files.statistics = CaptureStatistics(
                received: UInt64(number), droppedByKernel: UInt64(number * number), droppedByInterface: 5)
            try write(number, &files)
        }
        files.statistics.droppedByUs = 100
        try files.close()
        var drops: [UInt64] = []
        for name in try names {
            var capture = CaptureFiles(paths: [folder.path + "/" + name])
            #expect(record(&capture).frames.count == 1)
            drops.append(capture.drops)
        }
        // A file is complete when the frame after it comes, and says what is known then.
        #expect(drops == [9, 5, 100])
    }

    /// A file without frames says when it was closed, and what came since the file before.
    @Test func statisticsWithoutFrames() throws {
        var files = try beginPcapng(nil)
        try write(1, &files)
        files.statistics = CaptureStatistics(received: 1, droppedByKernel: 7)
        let (path, old) = (folder.path + "/name.pcapng", folder.path + "/old.pcapng")
        try FileManager.default.moveItem(atPath: path, toPath: old)
        try files.rotate()
        try files.close()
        var drops: [UInt64] = []
        for path in [old, path] {
            var capture = CaptureFiles(paths: [path])
            _ = record(&capture)
            drops.append(capture.drops)
        }
        #expect(drops == [7, 0])
        // The statistics are the last block of the file: type 5, two lengths, an interface, a time and options.
        let bytes = try bytes(of: path)
        let block = Array(bytes.suffix(64))
        try #require(block.count == 64 && block[0] == 5)
        let upperTime = Array(block[12..<16])
        #expect(upperTime != [0, 0, 0, 0])
    }

    /// A key log that is read meanwhile is not overwritten.
    @Test func whatIsReadIsNotWritten() throws {
        let path = try folder.write([1, 2, 3], as: "name.pcap")
        #expect(throws: CaptureError(.isAnInput, path: path)) {
            _ = try RecordingFiles(path: path, linkType: LinkTypeNumber(rawValue: 1), inputs: [path]).currentPath
        }
        #expect(try bytes(of: path) == [1, 2, 3])
    }

    @Test func noFolderNoFile() throws {
        let path = folder.path + "/none/name.pcap"
        #expect {
            _ = try RecordingFiles(path: path, linkType: LinkTypeNumber(rawValue: 1)).currentPath
        } throws: {
            ($0 as? CaptureError)?.problem == .cannotCreate
        }
    }
}

/// All frames of several files.
private func record(files paths: [String]) -> (frames: [Recorded], error: CaptureError?) {
    var files = CaptureFiles(paths: paths)
    return record(&files)
}
