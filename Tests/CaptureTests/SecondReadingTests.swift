import Foundation
import Support
import Testing

@testable import Capture

@Suite struct SecondReadingTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func frames(_ numbers: ClosedRange<UInt8>) -> [SampleFrame] { numbers.map { SampleFrame(bytes: [$0]) } }

    /// Reads `paths` to their end, and notes all frames.
    private func readOnce(_ paths: [String]) throws -> SecondReading {
        var reading = SecondReading(paths: paths)
        var files = CaptureFiles(paths: paths)
        var failure: (any Error)?
        while try files.next({ header, bytes in
            do { try reading.note(header, bytes) } catch { failure = error }
        }) {}
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
}
