import Foundation
import Support
import Synchronization
import System
import Testing

@testable import Capture

@Suite struct WriterTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private var path: String { folder.path + "/out.pcap" }

    private func header(
        _ number: UInt64, time: Int64, length: Int, original: Int? = nil, linkType: Int32 = 1
    ) -> FrameHeader {
        FrameHeader(
            number: number, time: time, capturedLength: length, originalLength: original ?? length,
            linkType: LinkTypeNumber(rawValue: linkType), file: 0)
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var writer = try CaptureWriter(path: path, linkType: LinkTypeNumber(rawValue: 1))
        let frames = (1...300).map { number in
            let bytes = (0..<number * 5).map { UInt8(truncatingIfNeeded: $0 ^ number) }
            let time = 1_700_000_000_123_456_789 + Int64(number) * 1_000_000_007
            return Recorded(
                header: header(UInt64(number), time: time, length: bytes.count, original: bytes.count + number % 3),
                bytes: bytes)
        }
        for frame in frames { try writer.write(frame.header, frame.bytes.span.bytes) }
        try writer.flush()
        #expect(writer.framesWritten == 300)
        #expect(try bytes(of: path).count == Int(writer.bytesWritten))
        try writer.close()
        let again = record(path)
        #expect(again.error == nil)
        #expect(again.frames == frames)
    }

    @Test func microsecondsAndSnapLength() throws {
        var writer = try CaptureWriter(
            path: path, linkType: LinkTypeNumber(rawValue: 1), snapLength: 1000, precision: .microseconds)
        try writer.write(header(1, time: 1_700_000_000_123_456_789, length: 3), ([1, 2, 3] as [UInt8]).span.bytes)
        try writer.close()
        #expect(try Array(bytes(of: path)[0..<4]) == [0xd4, 0xc3, 0xb2, 0xa1])
        #expect(try Array(bytes(of: path)[16..<20]) == [0xe8, 3, 0, 0])
        #expect(record(path).frames.map(\.header.time) == [1_700_000_000_123_456_000])
    }

    /// The format has unsigned 32-bit seconds.
    @Test(
        arguments: [
            (-1, 0), (Int64.min, 0), (0, 0), (4_294_967_295_999_999_999, 4_294_967_295_999_999_999),
            (Int64.max, 4_294_967_295_999_999_999),
        ] as [(Int64, Int64)])
    func timesAreClamped(_ time: Int64, _ expected: Int64) throws {
        var writer = try CaptureWriter(path: path, linkType: LinkTypeNumber(rawValue: 1))
        try writer.write(header(1, time: time, length: 0), RawSpan())
        try writer.close()
        #expect(record(path).frames.map(\.header.time) == [expected])
    }

    @Test func anotherLinkTypeIsRefused() throws {
        var writer = try CaptureWriter(path: path, linkType: LinkTypeNumber(rawValue: 1))
        let error = #expect(throws: CaptureError.self) {
            try writer.write(header(7, time: 0, length: 0, linkType: 113), RawSpan())
        }
        #expect(error?.problem == .linkTypeDiffers(LinkTypeNumber(rawValue: 113), from: LinkTypeNumber(rawValue: 1)))
        #expect(error?.frame == 7)
        #expect(error?.description.contains("frame 7 is of 113 (LINUX_SLL") == true)
        try writer.close()
        #expect(record(path).frames.isEmpty)
    }

    @Test func aFullDiskIsNoticed() throws {
        var writer = try CaptureWriter(path: "/dev/full", linkType: LinkTypeNumber(rawValue: 1))
        let bytes = [UInt8](repeating: 1, count: 1000)
        // The first frames fit into the buffer.
        try writer.write(header(1, time: 0, length: 1000), bytes.span.bytes)
        let error = #expect(throws: CaptureError.self) {
            for number in 2..<2000 as Range<UInt64> {
                try writer.write(header(number, time: 0, length: 1000), bytes.span.bytes)
            }
        }
        #expect(error?.problem == .writeFailed)
        #expect(error?.description.contains("No space left on device") == true)
    }

    @Test func aFullDiskIsNoticedAtTheEnd() throws {
        let error = CaptureTests.error { () throws(CaptureError) in
            try CaptureWriter(path: "/dev/full", linkType: LinkTypeNumber(rawValue: 1)).close()
        }
        #expect(error?.problem == .writeFailed)
    }

    @Test func whatCannotBeCreated() throws {
        let missing = CaptureTests.error { () throws(CaptureError) in
            _ = try CaptureDestination(path: folder.path + "/no/out.pcap")
        }
        #expect(missing?.problem == .cannotCreate)
        #expect(missing?.description.hasSuffix("cannot be written: No such file or directory") == true)
        let directory = CaptureTests.error { () throws(CaptureError) in
            _ = try CaptureDestination(path: folder.path)
        }
        #expect(directory?.problem == .cannotCreate && directory?.description.contains("Name the") == false)
    }

    /// A pipe that nobody reads: it is waited for, but not when the program is to end.
    @Test func aReaderThatTakesNothingIsGivenUp() throws {
        let ends = try makePipe()
        defer { close(ends.readEnd) }
        var destination = CaptureDestination(try Descriptor(owning: ends.writeEnd), path: "-")
        let isEnding = Flag()
        destination.isEnding = { isEnding.isSet.load(ordering: .relaxed) }
        var writer = try CaptureWriter(destination, linkType: LinkTypeNumber(rawValue: 1))
        let bytes = [UInt8](repeating: 1, count: 10_000)
        // There is room for these.
        for number in 1...4 as ClosedRange<UInt64> {
            try writer.write(header(number, time: 0, length: 10_000), bytes.span.bytes)
        }
        try writer.flush()
        isEnding.isSet.store(true, ordering: .relaxed)
        let error = #expect(throws: CaptureError.self) {
            for number in 5..<100 as Range<UInt64> {
                try writer.write(header(number, time: 0, length: 10_000), bytes.span.bytes)
            }
        }
        #expect(error?.problem == .writeFailed)
        #expect(
            error?.description.hasSuffix("nothing reads it, and the program was asked to end") == true,
            "\(error?.description ?? "")")
    }

    /// What is there stays until the first frame is about to be written.
    @Test func openingEmptiesNothing() throws {
        let old = try folder.write([1, 2, 3], as: "out.pcap")
        let destination = try CaptureDestination(path: old)
        #expect(try bytes(of: old) == [1, 2, 3])
        let writer = try CaptureWriter(destination, linkType: LinkTypeNumber(rawValue: 1))
        try writer.close()
        #expect(try bytes(of: old).count == 24)
    }
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}

/// The error that `body` throws, if any.
private func error(_ body: () throws(CaptureError) -> Void) -> CaptureError? {
    do throws(CaptureError) {
        try body()
        return nil
    } catch {
        return error
    }
}
