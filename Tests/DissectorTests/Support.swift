import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Output
import Records

/// What a record says.
struct Seen: Hashable {
    var frame: UInt64 = 0
    var time: Int64 = 0
    /// Nanoseconds since the capture's first frame.
    var relative: Int64 = 0
    var from = ""
    var to = ""
    var stream: UInt64 = 0
    var protocolName = ""
    var command = ""
    var magic: UInt64 = 0
    var length = 0
    var info = ""
    var hasProblem = false
    var isGap = false
    /// As its field says.
    var isLate = false
    var status: UInt64?
    var missing: UInt64 = 0
    var skipped: UInt64 = 0
    /// Payload bytes, told where the message is cut.
    var captured: UInt64?
    var frames: [UInt64] = []
    var notes: Set<String> = []
    /// Header and payload as far as they were captured.
    var bytes: [UInt8] = []
    // Of v2 packets.
    var shortID: UInt64?
    var packet: UInt64?
    var isDecoy = false
    var garbage: UInt64?
    var lostPackets: UInt64 = 0
    var payloadLength: UInt64 = 0
    var sessionID: [UInt8] = []
    var ciphertext: [UInt8] = []

    /// Of a gap.
    var gap: GapSeen?

    var isWhole: Bool { captured == nil && bytes.count == length }
}

/// What the record of a gap says.
struct GapSeen: Hashable {
    var offset: UInt64 = 0
    var length: UInt64 = 0
    var reason: UInt64 = 0
}

/// Keeps what each record says.
final class CollectingWriter: RecordSink {
    private(set) var records: [Seen] = []
    let wants: Wants
    private let names: [UInt16: String]

    init(depth: Depth = .tree) {
        wants = Wants(depth, info: true)
        Pipeline.declareFields()
        names = Dictionary(
            uniqueKeysWithValues: Catalog.declarations.enumerated().map { (UInt16($0), $1.name) })
    }

    func begin() {}
    func end() {}

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        var seen = Seen()
        seen.frame = record.frameNumber
        seen.time = record.time
        seen.from = String(decoding: record.source, as: UTF8.self)
        seen.to = String(decoding: record.destination, as: UTF8.self)
        seen.stream = record.stream
        seen.protocolName = "\(record.protocolName)"
        seen.length = record.length
        seen.info = record.info.string
        seen.hasProblem = record.hasProblem
        seen.isGap = record.ending == .gap
        seen.frames = Array(record.frames)
        seen.bytes = bytes.withUnsafeBytes { Array($0) }
        for node in record.tree.nodes {
            switch names[node.fieldID] {
            case "frame.time_relative": seen.relative = Int64(bitPattern: node.value)
            case "bitcoin.magic": seen.magic = node.value
            case "bitcoin.command":
                let text = record.tree.generated.span.bytes
                seen.command =
                    node.flags.contains(.generated)
                    ? text.extracting(node.range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    : Command(bytes, at: Int(node.start))?.name ?? ""
            case "bitcoin.v2.short_id": seen.shortID = node.value
            case "bitcoin.v2.packet": seen.packet = node.value
            case "bitcoin.v2.ignore": seen.isDecoy = node.value != 0
            case "bitcoin.v2.garbage_length": seen.garbage = node.value
            case "bitcoin.v2.lost": seen.lostPackets = node.value
            case "bitcoin.length": seen.payloadLength = node.value
            case "bitcoin.v2.session_id": seen.sessionID = Array(record.tree.generated[node.range])
            case "bitcoin.checksum.status": seen.status = node.value
            case "bitcoin.missing": seen.missing = node.value
            case "bitcoin.skipped": seen.skipped = node.value
            case "bitcoin.captured": seen.captured = node.value
            case "bitcoin.late_record": seen.isLate = node.value != 0
            case "bitcoin.gap": seen.gap = GapSeen()
            case "bitcoin.gap.offset": seen.gap?.offset = node.value
            case "bitcoin.gap.length": seen.gap?.length = node.value
            case "bitcoin.gap.reason": seen.gap?.reason = node.value
            default: break
            }
        }
        seen.ciphertext = record.ciphertext
        seen.notes = Set(record.tree.annotations.map(\.remark.name))
        records.append(seen)
    }
}

/// One frame of a capture.
struct Packet: Equatable {
    var time: Int64
    var bytes: [UInt8]
    var originalLength: Int
    var linkType: Int32 = 1

    func header(number: Int) -> FrameHeader {
        FrameHeader(
            number: UInt64(number), time: time, capturedLength: bytes.count, originalLength: originalLength,
            linkType: LinkTypeNumber(rawValue: linkType), file: 0)
    }
}

struct Findings {
    /// All records in the order of the output.
    let all: [Seen]
    /// Those that are of no gap.
    let records: [Seen]
    let counts: Counts

    init(all: [Seen], counts: Counts) {
        self.all = all
        self.counts = counts
        records = all.filter { !$0.isGap }
    }

    var gaps: [Seen] { all.filter(\.isGap) }

    var commands: [String] { records.map(\.command) }
    var missing: UInt64 { records.reduce(0) { $0 + $1.missing } }
    var skipped: UInt64 { records.reduce(0) { $0 + $1.skipped } }
}

extension Pipeline {
    /// Takes frames, numbered from 1.
    mutating func receive(_ packets: [Packet]) throws {
        for (index, packet) in packets.enumerated() {
            try receive(packet.header(number: index + 1), packet.bytes.span.bytes)
        }
    }
}

/// Dissects frames, numbered from 1.
///
/// - Parameter before: Called with the index of each frame before it is taken.
func dissect(
    _ packets: [Packet], _ options: PipelineOptions = PipelineOptions(), depth: Depth = .tree,
    before: (Int) throws -> Void = { _ in }
) throws -> Findings {
    let writer = CollectingWriter(depth: depth)
    var pipeline = Pipeline(options, writer: writer)
    for (index, packet) in packets.enumerated() where !pipeline.isDone {
        try before(index)
        try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
    }
    pipeline.finish()
    return Findings(all: writer.records, counts: pipeline.counts)
}

/// The frames of a recorded capture.
func packets(_ name: String) throws -> [Packet] {
    var capture = try OfflineCapture(path: folder("captures") + "/" + name)
    var packets: [Packet] = []
    while try capture.next({ header, bytes in
        packets.append(
            Packet(
                time: header.time, bytes: bytes.withUnsafeBytes { Array($0) }, originalLength: header.originalLength,
                linkType: header.linkType.rawValue))
    }) {}
    return packets
}

/// A folder of the package.
func folder(_ name: String) -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return tests.deletingLastPathComponent().appendingPathComponent(name).path
}
