import Capture
import Dissector
import Fields
import Foundation
import Output
import Records

/// Hands on to a collector the records that are chosen, as a filter does.
final class ChoosingWriter: RecordSink {
    let collector = FrameCollector()
    private let seen = CollectingWriter()
    private let choose: (Seen) -> Bool
    private(set) var chosen: [Seen] = []

    init(_ choose: @escaping (Seen) -> Bool) { self.choose = choose }

    let wants = Wants(.tree, info: true)
    func begin() {}
    func end() { collector.end() }

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        seen.write(record, bytes)
        guard let last = seen.records.last, choose(last) else { return }
        chosen.append(last)
        collector.write(record, bytes)
    }
}

/// A folder for a test's files, removed when the test is over.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "dissector-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a capture and returns its path.
    func write(_ packets: [Packet], as name: String) throws -> String {
        let path = self(name)
        var writer = try CaptureWriter(
            path: path, linkType: LinkTypeNumber(rawValue: packets.first?.linkType ?? 1))
        for (index, packet) in packets.enumerated() {
            try writer.write(
                FrameHeader(
                    number: UInt64(index + 1), time: packet.time, capturedLength: packet.bytes.count,
                    originalLength: packet.originalLength, linkType: LinkTypeNumber(rawValue: packet.linkType), file: 0
                ), packet.bytes.span.bytes)
        }
        try writer.close()
        return path
    }
}

/// Reads captures, and writes the packets of the chosen messages to `output`.
///
/// - Returns: The chosen messages, and how many frames were written.
func rewrite(
    _ paths: [String], to output: String, _ choose: @escaping (Seen) -> Bool
) throws -> (chosen: [Seen], frames: UInt64) {
    let writer = ChoosingWriter(choose)
    var selected = try SelectedPackets(from: paths, to: output)
    var pipeline = Pipeline(PipelineOptions(), writer: writer, collector: writer.collector)
    var files = CaptureFiles(paths: paths)
    var failure: (any Error)?
    while try files.next({ header, bytes in
        do {
            try selected.receive(header, bytes)
            try pipeline.receive(header, bytes)
        } catch { failure = error }
    }) {}
    if let failure { throw failure }
    pipeline.finish()
    writer.end()
    return (writer.chosen, try selected.write(writer.collector.selection))
}

/// The frames of any capture.
func packets(at path: String) throws -> [Packet] {
    var capture = try OfflineCapture(path: path)
    var packets: [Packet] = []
    while try capture.next({ header, bytes in
        packets.append(
            Packet(
                time: header.time, bytes: bytes.withUnsafeBytes { Array($0) }, originalLength: header.originalLength,
                linkType: header.linkType.rawValue))
    }) {}
    return packets
}
