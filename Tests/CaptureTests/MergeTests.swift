import Capture
import Foundation
import Support
import Testing

/// Several files as one capture by time.
@Suite struct MergeTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// A capture with one frame for each time, in milliseconds. A frame's first byte is `name`, its second its index.
    private func file(_ name: UInt8, _ milliseconds: [Int], nanoseconds: Bool = false) throws -> String {
        try folder.write(
            pcap(frames(name, milliseconds, nanoseconds: nanoseconds), nanoseconds: nanoseconds), as: "\(name).pcap")
    }

    private func frames(_ name: UInt8, _ milliseconds: [Int], nanoseconds: Bool = false) -> [SampleFrame] {
        milliseconds.enumerated().map { index, time in
            SampleFrame(
                seconds: UInt32(1_700_000_000 + time / 1_000),
                fraction: UInt32(time % 1_000 * (nanoseconds ? 1_000_000 : 1_000)), bytes: [name, UInt8(index)])
        }
    }

    /// `1.0 2.0 1.1` for the first frame of the file with the name 1, the first of that with 2 and the second of 1.
    private func text(_ frames: [Recorded]) -> String {
        frames.map { "\($0.bytes[0]).\($0.bytes[1])" }.joined(separator: " ")
    }

    /// Reads to the end, over all errors.
    private func recordAll(_ files: inout CaptureFiles) -> (frames: [Recorded], errors: [CaptureError]) {
        var (frames, errors): ([Recorded], [CaptureError]) = ([], [])
        while true {
            let (more, error) = record(&files)
            frames += more
            guard let error else { return (frames, errors) }
            #expect(files.currentPath == error.path)
            errors.append(error)
        }
    }

    /// What comes of `paths`, without an error; the numbers go on, and files are what was given.
    private func merged(_ paths: [String]) -> String {
        var files = CaptureFiles(paths: paths)
        let (frames, errors) = recordAll(&files)
        #expect(errors.isEmpty && files.filesHeldUp == 0 && files.packetsBack == 0)
        #expect(frames.map(\.header.number) == (0..<UInt64(frames.count)).map { $0 + 1 })
        for frame in frames { #expect(paths[frame.header.file].hasSuffix("/\(frame.bytes[0]).pcap")) }
        return text(frames)
    }

    @Test func theOrderGivenDoesNotMatter() throws {
        let paths = [try file(1, [0, 10]), try file(2, [20, 30]), try file(3, [40])]
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [2, 0, 1]] {
            #expect(merged(order.map { paths[$0] }) == "1.0 1.1 2.0 2.1 3.0")
        }
    }

    /// Micro- and nanoseconds are of one scale, and a file of another link type is merged as any other.
    @Test func overlapsAreMerged() throws {
        let nanoseconds = try file(2, [10, 30, 31, 50], nanoseconds: true)
        let paths = [try file(1, [0, 20, 40, 60]), nanoseconds, try file(3, [35])]
        for paths in [paths, paths.reversed()] {
            #expect(merged(paths) == "1.0 2.0 1.1 2.1 2.2 3.0 1.2 2.3 1.3")
        }
        let other = try folder.write(pcap(frames(4, [5, 45]), linkType: 276), as: "4.pcap")
        var files = CaptureFiles(paths: [other, paths[0]])
        let (frames, _) = recordAll(&files)
        #expect(text(frames) == "1.0 4.0 1.1 1.2 4.1 1.3")
        #expect(frames.map(\.header.linkType.rawValue) == [1, 276, 1, 1, 276, 1])
    }

    @Test func compressedFilesAreMerged() throws {
        let plain = try file(2, [10, 30])
        guard let compressed = try folder.compress(plain, with: "gzip") else { try Test.cancel("no gzip") }
        var files = CaptureFiles(paths: [compressed, try file(1, [0, 20, 40])])
        #expect(files.progress?.bytesRead == 0)
        let (frames, errors) = recordAll(&files)
        #expect(errors.isEmpty && text(frames) == "1.0 2.0 1.1 2.1 1.2")
        #expect(files.progress?.fraction == 1)
    }

    /// Of one time, the frames of the file that began first are first; where none did, those of the file given first.
    @Test func tiesAreStable() throws {
        let (early, late) = (try file(1, [0, 10, 10]), try file(2, [10, 10, 20]))
        #expect(merged([early, late]) == "1.0 1.1 1.2 2.0 2.1 2.2")
        #expect(merged([late, early]) == "1.0 1.1 1.2 2.0 2.1 2.2")
        let other = try file(3, [10, 20])
        #expect(merged([late, other]) == "2.0 2.1 3.0 2.2 3.1")
        #expect(merged([other, late]) == "3.0 2.0 2.1 3.1 2.2")
    }

    /// Within a file no frame is moved, also where its clock leaps.
    @Test func aFileKeepsItsOwnOrder() throws {
        var files = CaptureFiles(paths: [try file(1, [100, 5_000, 50, 5_001]), try file(2, [200, 5_002])])
        #expect(text(recordAll(&files).frames) == "1.0 2.0 1.1 1.2 1.3 2.1")
    }

    @Test func packetsThatRunBackAreCounted() throws {
        // By a second and more, against the latest frame of the same file; 999 ms are none.
        let back = try file(1, [9_000, 8_001, 8_000, 9_500, 8_500, 8_501])
        let other = try file(2, [0, 20_000])
        for paths in [[back], [other, back], [back, other]] {
            var files = CaptureFiles(paths: paths)
            _ = recordAll(&files)
            #expect(files.packetsBack == 2)
        }
    }

    /// The longest way back there is overflows nothing.
    @Test func farBack() throws {
        var file = BlockFile()
        file.section()
        file.interface(resolution: 0)
        file.interface(resolution: 0, offset: .min)
        file.packet([1], interface: 0, units: 1 << 62)
        file.packet([1], interface: 1, units: 0)
        var files = CaptureFiles(paths: [try folder.write(file.bytes)])
        #expect(recordAll(&files).frames.map(\.header.time) == [.max, .min])
        #expect(files.packetsBack == 1)
    }

    /// Files of any times, forth and back, beside a merge that has all frames before it.
    @Test func asAMergeOfAllFrames() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<150 {
            let all: [[Int]] = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                var time = Int.random(in: 1_000...1_040, using: &generator)
                return (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                    time += Int.random(in: -3...9, using: &generator)
                    return time
                }
            }
            let paths = try all.enumerated().map { try file(UInt8($0), $1) }
            let order = paths.indices.sorted { (all[$0].first ?? 0, $0) < (all[$1].first ?? 0, $1) }
            var left = order.map { file in all[file].enumerated().map { (name: "\(file).\($0)", time: $1) }[...] }
            var expected: [String] = []
            func time(_ place: Int) -> Int { left[place].first?.time ?? .max }
            // Of several, `min` takes the first.
            while let next = left.indices.min(by: { time($0) < time($1) }), !left[next].isEmpty {
                expected.append(left[next].removeFirst().name)
            }
            #expect(merged(paths) == expected.joined(separator: " "))
        }
    }

    // MARK: Inputs that are read once

    /// What is given before a FIFO is read before it, what is given behind it, after it.
    @Test func aFIFOKeepsItsPlace() throws {
        let fifo = folder.path + "/5.pcap"
        try #require(mkfifo(fifo, 0o600) == 0)
        let content = Data(pcap(frames(5, [0, 100])))
        Thread.detachNewThread { FileHandle(forWritingAtPath: fifo)?.write(content) }
        let paths = [try file(1, [60]), try file(2, [50, 70]), fifo, try file(3, [30, 90]), try file(4, [20, 40])]
        #expect(merged(paths) == "2.0 1.0 2.1 5.0 5.1 4.0 3.0 4.1 3.1")
    }

    /// Standard input, even where it is a file, and is the first.
    @Test func standardInputKeepsItsPlace() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            func write(_ name: UInt8, _ second: UInt32) throws -> String {
                try folder.write(pcap([SampleFrame(seconds: second, bytes: [name])]), as: "\(name).pcap")
            }
            dup2(open(try write(1, 30), O_RDONLY), STDIN_FILENO)
            var files = CaptureFiles(paths: ["-", try write(3, 20), try write(2, 10)])
            #expect(record(&files).frames.map(\.bytes[0]) == [1, 2, 3])
        }
    }

    // MARK: Many files

    /// Twenty files that follow one another are no trouble, nor a hundred: one is open at a time.
    @Test func manyFilesInARow() throws {
        let paths = try (1...100).map { try file($0, [Int($0) * 10, Int($0) * 10 + 5]) }
        var generator = SeededGenerator(seed: 1)
        let all = (1...100).map { "\($0).0 \($0).1" }.joined(separator: " ")
        #expect(merged(paths.shuffled(using: &generator)) == all)
    }

    /// Sixteen that overlap are merged; the other four wait for a place, and come in the order of their first frames.
    @Test func twentyFilesThatOverlap() throws {
        func times(_ name: Int) -> [Int] { [name, 100 + name, 200 + name] }
        let paths = try (1...20).map { try file($0, times(Int($0))) }
        #expect(merged(Array(paths.prefix(16))).hasPrefix("1.0 2.0 3.0 4.0"))
        var files = CaptureFiles(paths: paths.reversed())
        let (frames, errors) = recordAll(&files)
        #expect(errors.isEmpty && frames.count == 60 && files.filesHeldUp == 4)
        func name(_ frame: Recorded) -> UInt8 { frame.bytes[0] }
        #expect(frames.prefix(16).map(name) == Array(1...16))
        #expect(frames.filter { $0.bytes[1] == 0 }.map(name) == Array(1...20))
        // As soon as the first has ended, the 17th takes its place, with what it has missed.
        let firstEnd = try #require(frames.firstIndex { name($0) == 1 && $0.bytes[1] == 2 })
        #expect(text(Array(frames[firstEnd..<firstEnd + 5])) == "1.2 17.0 17.1 2.2 18.0")
        for one in 1...20 as ClosedRange<UInt8> {
            #expect(frames.filter { name($0) == one }.map { $0.bytes[1] } == [0, 1, 2])
        }
    }

    // MARK: Errors

    /// Files of which no frame can be read are told behind the others, up to the next input that is read once.
    @Test func missingAndDamagedFilesInTheMidst() throws {
        let missing = folder.path + "/missing.pcap"
        let text = try folder.write(Array("no capture at all".utf8), as: "text.pcap")
        let noFrame = try folder.write(pcap([]), as: "none.pcap")
        let cutFirst = try folder.write(pcap(frames(9, [5])).dropLast(), as: "9.pcap")
        let paths = [try file(2, [20, 40]), missing, noFrame, text, folder.path, cutFirst, try file(1, [0, 30])]
        var files = CaptureFiles(paths: paths)
        let (frames, errors) = recordAll(&files)
        #expect(self.text(frames) == "1.0 2.0 1.1 2.1")
        #expect(errors.map(\.path) == [missing, text, folder.path, cutFirst])
        #expect(errors.map(\.problem) == [.cannotOpen, .notACapture, .isDirectory, .cutShort])
        #expect(errors.map(\.frame) == [nil, nil, nil, 1])
        #expect(try files.next { _, _ in } == false)
    }

    /// A file that is cut in the middle of a frame ends itself only.
    @Test func aCutFileEndsItselfOnly() throws {
        let cut = try folder.write(pcap(frames(1, [0, 20, 40])).dropLast(), as: "1.pcap")
        let paths = [try file(2, [10, 30, 50]), cut]
        var files = CaptureFiles(paths: paths)
        let (frames, errors) = recordAll(&files)
        #expect(text(frames) == "1.0 2.0 1.1 2.1 2.2")
        #expect(frames.map(\.header.number) == Array(1...5))
        // It is the file's own third frame, whatever number it would have had among all.
        #expect(errors.map(\.path) == [cut] && errors.map(\.frame) == [3])
    }

    @Test func aFileCanBeLeft() throws {
        var files = CaptureFiles(paths: [try file(1, [0, 20, 40]), try file(2, [10, 30])])
        var seen: [UInt8] = []
        while try files.next({ _, bytes in seen.append(bytes.unsafeLoad(as: UInt8.self)) }) {
            if seen.count == 3 { files.leaveCurrent() }
        }
        #expect(seen == [1, 2, 1, 2])
    }

    /// It never goes back, though a file may be ahead of the frame that it gives next.
    @Test func progressOverOverlappingFiles() throws {
        let paths = [try file(1, [0, 20, 40]), try file(2, [10, 30])]
        let size = UInt64(24 * 2 + 5 * 18)
        var files = CaptureFiles(paths: paths)
        #expect(files.progress == CaptureProgress(bytesRead: 0, totalBytes: size))
        var last: UInt64 = 0
        while try files.next({ _, _ in }) {
            let known = files.progress
            let progress = try #require(known)
            #expect(progress.bytesRead >= max(last, 24 + 18) && progress.bytesRead <= size)
            last = progress.bytesRead
        }
        #expect(files.progress?.bytesRead == size)
    }
}
