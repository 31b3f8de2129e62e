import Foundation
import Support
import Testing

@testable import Capture

@Suite struct SecondReadingTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func frames(_ numbers: ClosedRange<UInt8>) -> [SampleFrame] { numbers.map { SampleFrame(bytes: [$0]) } }

    /// Reads `paths` to their end, and notes all frames.
    ///
    /// - Parameter overErrors: Files that cannot be read are passed over.
    private func readOnce(_ paths: [String], overErrors: Bool = false) throws -> SecondReading {
        var reading = SecondReading(paths: paths)
        var files = CaptureFiles(paths: paths)
        var failure: (any Error)?
        while true {
            do throws(CaptureError) {
                while try files.next({ header, bytes in
                    do { try reading.note(header, bytes) } catch { failure = error }
                }) {}
                break
            } catch {
                if !overErrors { throw error }
            }
        }
        if let failure { throw failure }
        return reading
    }

    private func readAgain(_ reading: inout SecondReading, upTo last: UInt64 = .max) -> ([UInt8], CaptureError?) {
        var seen: [UInt8] = []
        do throws(CaptureError) {
            try reading.read(upTo: last) { header, bytes throws(CaptureError) in
                let byte = bytes.unsafeLoad(as: UInt8.self)
                #expect(header.number == UInt64(byte))
                seen.append(byte)
            }
            return (seen, nil)
        } catch {
            return (seen, error)
        }
    }

    @Test func framesKeepTheirNumbers() throws {
        let paths = [
            try folder.write(pcap(frames(1...3)), as: "first.pcap"),
            try folder.write(pcap(frames(4...6)), as: "second.pcap"),
        ]
        for last in [3, 5, UInt64.max] {
            var reading = try readOnce(paths)
            let (seen, error) = readAgain(&reading, upTo: last)
            #expect(error == nil && seen == Array(1...UInt8(min(last, 6))))
        }
    }

    /// A file with fewer frames than before: those of the next file are not taken for them.
    @Test(arguments: [0, 1])
    func aFileThatHasShrunk(remaining: Int) throws {
        let paths = [
            try folder.write(pcap(frames(1...3)), as: "first.pcap"),
            try folder.write(pcap(frames(4...6)), as: "second.pcap"),
        ]
        var reading = try readOnce(paths)
        _ = try folder.write(pcap(Array(frames(1...3).prefix(remaining))), as: "first.pcap")
        let (seen, error) = readAgain(&reading)
        #expect(seen == Array([1, 2, 3].prefix(remaining)))
        #expect(error?.problem == .readFailed && error?.path == paths[0] && error?.frame == UInt64(remaining) + 1)
    }

    /// Frames of files that overlap, by the byte that is their number in the merged order.
    private func overlapping() throws -> [String] {
        func file(_ name: String, _ numbers: [UInt8]) throws -> String {
            try folder.write(pcap(numbers.map { SampleFrame(fraction: UInt32($0), bytes: [$0]) }), as: name)
        }
        // Given latest first, with one that ends early and one that is not there.
        return [
            try file("last.pcap", [8, 9]), try file("middle.pcap", [2, 4, 7]), folder.path + "/missing.pcap",
            try file("first.pcap", [1, 3, 5, 6, 10]),
        ]
    }

    @Test func mergedFramesKeepTheirNumbers() throws {
        let paths = try overlapping()
        for last in [1, 4, 9, UInt64.max] {
            var reading = try readOnce(paths, overErrors: true)
            let (seen, error) = readAgain(&reading, upTo: last)
            #expect(error == nil && seen == Array(1...UInt8(min(last, 10))))
        }
    }

    /// A file that has grown since, as one that is being recorded, takes no other frames' numbers.
    @Test func aFileThatHasGrown() throws {
        let paths = try overlapping()
        var reading = try readOnce(paths, overErrors: true)
        let grown = [2, 4, 7, 7, 8] as [UInt8]
        _ = try folder.write(
            pcap(grown.map { SampleFrame(fraction: UInt32($0), bytes: [$0]) }), as: "middle.pcap")
        let (seen, error) = readAgain(&reading)
        #expect(error == nil && seen == Array(1...10))
    }

    /// Between files that are merged, as between any.
    @Test func aMergedFileThatHasShrunk() throws {
        let paths = try overlapping()
        var reading = try readOnce(paths, overErrors: true)
        _ = try folder.write(pcap([SampleFrame(fraction: 2, bytes: [2])]), as: "middle.pcap")
        let (seen, error) = readAgain(&reading)
        #expect(seen == [1, 2, 3])
        #expect(error?.problem == .readFailed && error?.path == paths[1] && error?.frame == 2)
    }

    /// Of a FIFO between files there is a copy.
    @Test func aFIFOAmongFilesKeepsItsNumbers() throws {
        let fifo = folder.path + "/fifo"
        try #require(mkfifo(fifo, 0o600) == 0)
        let content = Data(pcap(frames(11...12)))
        Thread.detachNewThread { FileHandle(forWritingAtPath: fifo)?.write(content) }
        var reading = try readOnce(try overlapping() + [fifo], overErrors: true)
        let (seen, error) = readAgain(&reading)
        #expect(error == nil && seen == Array(1...12))
    }

    @Test func turnsAreKept() {
        var generator = SeededGenerator(seed: 3)
        var turns = Turns()
        var expected: [Turns.Turn] = []
        for _ in 0..<500 {
            let file = Int.random(in: 0..<400, using: &generator)
            let count = Int.random(in: 1...(Bool.random(using: &generator) ? 3 : 400), using: &generator)
            for _ in 0..<count { turns.add(file) }
            if expected.last?.file == file {
                expected[expected.count - 1].frames += UInt64(count)
            } else {
                expected.append(Turns.Turn(file: file, frames: UInt64(count)))
            }
        }
        var reader = turns.reader
        var found: [Turns.Turn] = []
        while let turn = reader.next() { found.append(turn) }
        #expect(found == expected)
        var none = Turns().reader
        #expect(none.next() == nil)
    }

    /// As often as somebody asks, also what came by a pipe.
    @Test func severalTimes() throws {
        let pipe = folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let content = Data(pcap(frames(1...9)))
        Thread.detachNewThread {
            FileHandle(forWritingAtPath: pipe)?.write(content)
        }
        var reading = try readOnce([pipe])
        for last in [9, 4, 9] as [UInt64] {
            let (seen, error) = readAgain(&reading, upTo: last)
            #expect(error == nil && seen == Array(1...UInt8(last)))
        }
    }
}
