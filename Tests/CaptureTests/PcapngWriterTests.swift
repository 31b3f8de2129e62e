import Foundation
import Support
import Testing

@testable import Capture

/// What is written as pcapng, and that others read it.
@Suite struct PcapngWriterTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private var path: String { folder.path + "/out.pcapng" }

    private func makeWriter(_ linkType: Int32? = nil, _ description: CaptureDescription) throws -> CaptureWriter {
        try CaptureWriter(
            CaptureDestination(path: path), format: .pcapng, linkType: linkType.map(LinkTypeNumber.init),
            snapLength: 0, description: description)
    }

    private func readAgain() throws -> (frames: [Recorded], notes: CaptureNotes) {
        var files = CaptureFiles(paths: [path])
        let (frames, error) = record(&files)
        #expect(error == nil)
        return (frames, files.notes)
    }

    /// What a tool of Wireshark says of the file; nil where it is not installed.
    private func run(_ program: String, _ arguments: [String]) throws -> String? {
        let file = "/usr/bin/" + program
        guard FileManager.default.isExecutableFile(atPath: file) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: file)
        process.arguments = arguments
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    @Test func namesOfFormats() {
        for name in ["a.pcapng", "b/a.PcapNG", "a.ntar", ".ntar"] { #expect(CaptureFormat(path: name) == .pcapng) }
        for name in ["-", "a.pcap", "pcapng", "a.pcapng.gz", "", "a.pcapng/b"] {
            #expect(CaptureFormat(path: name) == .pcap)
        }
    }

    /// Frames of several interfaces and link types, with comments, cut, sent by us, and without a time.
    private func frames(_ notes: CaptureNotes) -> [Recorded] {
        let types: [Int32] = [1, 12, 113, 1]
        let places = ["eth0", "tun0", "any", "eth0"].enumerated().map { index, name in
            notes.place(of: CaptureNotes.Interface(number: UInt32(index), name: Array(name.utf8)))
        }
        return (0..<400).map { number in
            let bytes = (0..<number).map { UInt8(truncatingIfNeeded: $0 ^ number) }
            let kind = number / 3 % 4
            var header = FrameHeader(
                number: UInt64(number + 1), time: 1_700_000_000_123_456_789 + Int64(number) * 1_000_000_007,
                capturedLength: number, originalLength: number + number % 3,
                linkType: LinkTypeNumber(rawValue: types[kind]),
                file: 0)
            header.interface = places[kind]
            header.hasTime = number % 7 != 3
            if header.hasTime {
                header.isOutgoing = number % 5 == 0
                if number % 11 == 0 {
                    header.comment = notes.place(ofComments: [Array("comment \(number)".utf8), [0xff, 65]])
                }
            }
            return Recorded(header: header, bytes: bytes)
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let notes = CaptureNotes()
        let written = frames(notes)
        var writer = try makeWriter(nil, CaptureDescription(application: "btcshark test", notes: notes))
        for frame in written { try writer.write(frame.header, frame.bytes.span.bytes) }
        try writer.flush()
        #expect(writer.framesWritten == 400)
        #expect(try bytes(of: path).count == Int(writer.bytesWritten))
        try writer.close()
        let (frames, again) = try readAgain()
        try #require(frames.count == 400)
        for (frame, before) in zip(frames, written) {
            #expect(frame.bytes == before.bytes)
            #expect(frame.header.originalLength == before.header.originalLength)
            #expect(frame.header.linkType == before.header.linkType)
            #expect(frame.header.hasTime == before.header.hasTime)
            if before.header.hasTime { #expect(frame.header.time == before.header.time) }
            #expect(frame.header.isOutgoing == before.header.isOutgoing)
            #expect(again.comments(frame.header.comment) == notes.comments(before.header.comment))
            #expect(again.interface(frame.header.interface)?.name == notes.interface(before.header.interface)?.name)
        }
    }

    @Test func othersReadIt() throws {
        let notes = CaptureNotes()
        // capinfos has no time for a simple packet, and says so in its own way.
        let written = frames(notes).filter(\.header.hasTime)
        var writer = try makeWriter(nil, CaptureDescription(application: "btcshark test", notes: notes))
        for frame in written { try writer.write(frame.header, frame.bytes.span.bytes) }
        try writer.close()
        guard let infos = try run("capinfos", [path]) else { return }
        #expect(infos.contains("Number of packets:   \(written.count)"))
        #expect(infos.contains("Capture application: btcshark test"))
        #expect(infos.contains("Number of interfaces in file: 4"))
        let fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name"]
        guard let lines = try run("tshark", ["-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] }) else {
            return
        }
        let expected = written.map { frame in
            let (header, time) = (frame.header, frame.header.time)
            let fraction = String(String(1_000_000_000 + time % 1_000_000_000).dropFirst())
            let name = notes.interface(header.interface).map { String(decoding: $0.name, as: UTF8.self) } ?? ""
            return "\(time / 1_000_000_000).\(fraction)\t\(header.originalLength)\t\(header.capturedLength)\t\(name)"
        }
        #expect(lines.split(separator: "\n").map(String.init) == expected)
    }

    @Test func aLiveCapture() throws {
        var writer = try makeWriter(1, CaptureDescription(application: "btcshark test", interface: "eth0"))
        let header = FrameHeader(
            number: 1, time: 5, capturedLength: 1, originalLength: 1, linkType: LinkTypeNumber(rawValue: 1), file: 0)
        try writer.write(header, ([7] as [UInt8]).span.bytes)
        try writer.write(CaptureStatistics(received: 10, droppedByKernel: 2, droppedByInterface: 3, droppedByUs: 4))
        try writer.close()
        var files = CaptureFiles(paths: [path])
        let (frames, error) = record(&files)
        #expect(error == nil && frames.map(\.bytes) == [[7]])
        #expect(files.notes.interface(frames[0].header.interface) == .init(number: 0, name: Array("eth0".utf8)))
        #expect(files.drops == 9)
        if let infos = try run("capinfos", [path]) { #expect(infos.contains("Name = eth0")) }
    }

    /// A frame without a time that was cut has an interface of its own, which cuts no other frame. No section is empty.
    @Test func aCutFrameWithoutATime() throws {
        var writer = try makeWriter(nil, CaptureDescription())
        var header = FrameHeader(
            number: 1, time: 5, capturedLength: 2, originalLength: 60, linkType: LinkTypeNumber(rawValue: 1), file: 0)
        let bytes: [UInt8] = [1, 2, 3, 4]
        for (count, original, hasTime) in [(2, 60, false), (4, 4, true), (0, 60, false), (4, 4, false)] {
            header.hasTime = hasTime
            header.capturedLength = count
            header.originalLength = original
            try writer.write(header, bytes.span.bytes.extracting(first: count))
        }
        try writer.close()
        let frames = try readAgain().frames
        #expect(frames.map(\.bytes.count) == [2, 4, 0, 4])
        #expect(frames.map(\.header.hasTime) == [false, true, false, false])
        // Of a frame of which nothing was captured the length has no place.
        #expect(frames.map(\.header.originalLength) == [60, 4, 0, 4])
        let file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(Array(file[28..<32]) == [1, 0, 0, 0], "the first section has an interface")
    }

    @Test func withoutFrames() throws {
        try makeWriter(113, CaptureDescription()).close()
        #expect(try readAgain().frames.isEmpty)
        if let infos = try run("capinfos", [path]) { #expect(infos.contains("Number of packets:   0")) }
    }

    @Test func timesBefore1970() throws {
        var writer = try makeWriter(1, CaptureDescription())
        for time in [Int64.min, -1, 0, .max] {
            let header = FrameHeader(
                number: 1, time: time, capturedLength: 0, originalLength: 0, linkType: LinkTypeNumber(rawValue: 1),
                file: 0)
            try writer.write(header, RawSpan())
        }
        try writer.close()
        #expect(try readAgain().frames.map(\.header.time) == [0, 0, 0, .max])
    }

    @Test func aLinkTypeWithoutANumber() throws {
        #expect(throws: CaptureError(.linkTypeNotWritable(LinkTypeNumber(rawValue: -1)), path: path)) {
            _ = try makeWriter(-1, CaptureDescription())
        }
        var writer = try makeWriter(1, CaptureDescription())
        let header = FrameHeader(
            number: 3, time: 0, capturedLength: 0, originalLength: 0, linkType: LinkTypeNumber(rawValue: 70_000),
            file: 0)
        let error = #expect(throws: CaptureError.self) { try writer.write(header, RawSpan()) }
        #expect(error?.problem == .linkTypeNotWritable(LinkTypeNumber(rawValue: 70_000)) && error?.frame == 3)
    }

    // MARK: Secrets and comments

    /// They stand where they were written, in blocks that readers take, each of entire lines.
    @Test(arguments: [1, 6_000]) func secrets(_ count: Int) throws {
        let lines = (0..<count).map { "BIP324_SHARED_SECRET line \($0) " + String(repeating: "0", count: 200) + "\n" }
        let text = Array(lines.joined().utf8)
        var writer = try makeWriter(nil, CaptureDescription())
        try writer.write(secrets: [])
        try writer.write(secrets: text)
        let size = try size(writtenBy: &writer)
        #expect(writer.bytesWritten == UInt64(size))
        let header = FrameHeader(
            number: 1, time: 5, capturedLength: 3, originalLength: 3, linkType: LinkTypeNumber(rawValue: 1), file: 0)
        let frame: [UInt8] = [1, 2, 3]
        try writer.write(header, frame.span.bytes, comment: "of frame 7")
        try writer.close()
        let (frames, notes) = try readAgain()
        #expect(frames.map(\.bytes) == [[1, 2, 3]])
        #expect(frames.first.map { notes.comments($0.header.comment) } == [Array("of frame 7".utf8)])
        let found = notes.takeSecrets()
        #expect(found.allSatisfy { $0.lines.last == 0x0a && $0.lines.count <= 1 << 20 })
        #expect(found.flatMap(\.lines) == text)
        if let infos = try run("capinfos", [path]) { #expect(infos.contains("Number of packets:   1")) }
    }

    private func size(writtenBy writer: inout CaptureWriter) throws -> Int {
        try writer.flush()
        return try Data(contentsOf: URL(fileURLWithPath: path)).count
    }

    /// A pcap file has no room for them.
    @Test func nothingOfThatInPcap() throws {
        var writer = try CaptureWriter(path: path, linkType: LinkTypeNumber(rawValue: 1))
        try writer.write(secrets: Array("BIP324_SHARED_SECRET\n".utf8))
        #expect(try size(writtenBy: &writer) == 24)
    }

    @Test func aFullDisk() throws {
        let destination = try CaptureDestination(path: "/dev/full")
        var writer = try CaptureWriter(destination, format: .pcapng, linkType: LinkTypeNumber(rawValue: 1))
        let error = #expect(throws: CaptureError.self) { try writer.flush() }
        #expect(error?.problem == .writeFailed)
    }
}
