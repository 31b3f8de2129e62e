import Dissector
import Foundation
import Insight
import Keys
import Output
import Records
import Support
import Testing

/// What the questions answer of frames, and what else the program says of them. Nothing of it changes.
struct InquiryTrial: @unchecked Sendable {
    /// The objects of `--json`, by the names of the questions.
    let answers: [String: [String: Any]]
    /// The rows of `-z conv,tcp`, by the numbers of the connections.
    let conversations: [Int: [String: Any]]
    let counts: Counts
    let wireBytes: Int

    private static let questions: [QuestionName] = [.capture, .connections, .bytes, .latency, .requests]

    init(_ packets: [Packet], keys: KeyLog? = nil, ports: Set<UInt16> = []) throws {
        var options = PipelineOptions()
        let inquiry = Inquiry(Self.questions)
        options.inquiry = inquiry
        options.observation = .bytes
        options.keys = keys
        options.ports = ports
        var counts = Counts()
        let written = try Self.written { output in
            let writer = Statistic.conversations.makeWriter(output, .ndjson)
            Pipeline.declareFields()
            writer.begin()
            var pipeline = Pipeline(options, writer: writer)
            try pipeline.receive(packets)
            pipeline.finish()
            writer.end()
            counts = pipeline.counts
            // As the program does.
            var facts = pipeline.facts
            facts?.gaps = counts.gaps
            facts?.missingBytes = counts.missingBytes
            facts?.skippedBytes = counts.skippedBytes
            inquiry.answer(Self.questions, facts, as: .json, to: output)
        }
        var answers: [String: [String: Any]] = [:]
        var conversations: [Int: [String: Any]] = [:]
        for object in written {
            if object["schema"] == nil || object["rows"] == nil {
                if let stream = object["stream"] as? Int { conversations[stream] = object }
            } else if let name = object["statistic"] as? String {
                answers[name] = object
            }
        }
        self.answers = answers
        self.conversations = conversations
        self.counts = counts
        wireBytes = packets.reduce(0) { $0 + max($1.originalLength, $1.bytes.count) }
    }

    private static func written(_ body: (ByteOutput) throws -> Void) throws -> [[String: Any]] {
        let path = NSTemporaryDirectory() + "inquiry-test-" + UUID().uuidString
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            unlink(path)
        }
        let output = ByteOutput(descriptor: descriptor)
        try body(output)
        output.flush()
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    func rows(_ question: String) -> [[String: Any]] { answers[question]?["rows"] as? [[String: Any]] ?? [] }

    /// The sum of a column over all rows of a kind of request.
    func sum(_ column: String, of kind: String) -> Int {
        rows("requests").filter { $0["kind"] as? String == kind }.reduce(0) { $0 + ($1[column] as? Int ?? -1) }
    }

    /// Nil where all laws hold that hold of any capture; else the first that does not.
    var violation: String? { bytesViolation ?? requestsViolation ?? countsViolation ?? connectionsViolation }

    /// Rows sum to the bytes on the wire of all frames, and none is less than nothing.
    private var bytesViolation: String? {
        var sum = 0
        for row in rows("bytes") {
            guard let bytes = row["bytes"] as? Int, let overhead = row["overhead_bytes"] as? Int,
                let wire = row["wire_bytes"] as? Int, bytes >= 0, overhead >= 0, wire == bytes + overhead,
                wire <= wireBytes
            else { return "bytes: \(row)" }
            sum += wire
        }
        return sum == wireBytes ? nil : "rows of bytes sum to \(sum), not \(wireBytes)"
    }

    /// A request ends in exactly one way, and no answer comes before its request.
    private var requestsViolation: String? {
        let outcomes = ["answered", "notfound", "unanswered", "unclear", "open"]
        for row in rows("requests") {
            let counts = outcomes.compactMap { row[$0] as? Int }
            guard counts.count == outcomes.count, counts.allSatisfy({ $0 >= 0 }),
                counts.reduce(0, +) == row["requests"] as? Int
            else { return "outcomes: \(row)" }
            if let least = row["min_seconds"] as? Double, least < 0 { return "an answer before its request: \(row)" }
            if (row["min_seconds"] is NSNull) != (counts[0] == 0) { return "times without answers: \(row)" }
        }
        for row in rows("latency") {
            for column in ["ping_min_seconds", "syn_seconds", "tcp_min_seconds", "busy_p50_seconds"] {
                if let time = row[column] as? Double, time < 0 { return "\(column): \(row)" }
            }
        }
        return nil
    }

    /// `capture` says what the closing counts do.
    private var countsViolation: String? {
        let capture = answers["capture"] ?? [:]
        func number(_ key: String) -> UInt64? { (capture[key] as? Int).map { UInt64($0) } }
        let expected: [(String, UInt64)] = [
            ("packets", counts.packets), ("connections", counts.connections), ("gaps", counts.gaps),
            ("missing_bytes", counts.missingBytes), ("skipped_bytes", counts.skippedBytes),
            ("messages_cut", counts.cutMessages), ("checksum_bad", counts.badChecksums),
            ("packets_cut", counts.cutPackets), ("wire_bytes", UInt64(wireBytes)),
        ]
        for (key, value) in expected where number(key) != value { return "\(key): \(capture[key] ?? "") not \(value)" }
        let whole = number("messages_whole") ?? 0
        if whole + counts.cutMessages != counts.messages { return "messages: \(whole), \(counts)" }
        let inRows = rows("bytes").reduce(0) { $0 + ($1["messages"] as? Int ?? 0) }
        return UInt64(inRows) == counts.messages ? nil : "messages in rows of bytes: \(inRows), not \(counts.messages)"
    }

    /// `connections` counts what `-z conv,tcp` does.
    private var connectionsViolation: String? {
        for row in rows("connections") {
            guard let stream = row["stream"] as? Int, row["messages_from_initiator"] is Int else { continue }
            guard let other = conversations[stream] else { return "no conversation \(stream)" }
            var pairs: [(String, Int?, Int?)] = []
            let isKnown = row["initiator"] as? String == other["initiator"] as? String
            for kind in ["messages", "bytes"] {
                let (one, two) = ("\(kind)_from_initiator", "\(kind)_from_responder")
                // Where nobody knows which side opened it, the order of the two may differ.
                pairs.append((kind, row[one] as? Int, other[isKnown ? one : two] as? Int))
                pairs.append((kind, row[two] as? Int, other[isKnown ? two : one] as? Int))
            }
            if let pair = pairs.first(where: { $0.1 != $0.2 }) { return "stream \(stream): \(pair), \(row), \(other)" }
        }
        return nil
    }
}

/// A capture whose connections stay open, and go on until all deadlines have passed: so silence would be seen.
struct LastingCapture: Sendable {
    let name: String
    let keys: KeyLog?
    /// Without FIN and RST, and what comes after them.
    let packets: [Packet]
    /// An acknowledgement of all that each side has sent, half an hour later.
    let late: [Packet]
    let ports: Set<UInt16>

    init(_ name: String, keys: String? = nil) throws {
        self.name = name
        self.keys = keys.map { KeyLog(path: folder("captures") + "/" + $0) }
        var closed: Set<Set<UInt16>> = []
        var left: [Packet] = []
        var ends: [Flow: UInt32] = [:]
        var bare: [Flow: Packet] = [:]
        var order: [Flow] = []
        for packet in try DissectorTests.packets(name) {
            guard let segment = SegmentHeader(packet) else {
                left.append(packet)
                continue
            }
            let connection: Set<UInt16> = [segment.flow.from, segment.flow.to]
            if !segment.flags.isDisjoint(with: [.fin, .reset]) { closed.insert(connection) }
            if closed.contains(connection) { continue }
            left.append(packet)
            if ends[segment.flow] == nil { order.append(segment.flow) }
            let length = UInt32(segment.payloadLength) + (segment.flags.contains(.syn) ? 1 : 0)
            ends[segment.flow] = segment.sequence &+ length
            if segment.payloadLength == 0, segment.flags == .acknowledges { bare[segment.flow] = packet }
        }
        let last = left.map(\.time).max() ?? 0
        packets = left
        late = order.enumerated().compactMap { index, flow in
            guard let packet = bare[flow], let own = ends[flow], let other = ends[flow.opposite] else { return nil }
            var copy = packet
            copy.time = last + 1_800_000_000_000 + Int64(index) * 1_000_000
            let tcp = copy.bytes[12] == 0x08 ? 14 + Int(copy.bytes[14] & 15) * 4 : 54
            copy.bytes.replaceSubrange(tcp + 4..<tcp + 8, with: bigEndian(own))
            copy.bytes.replaceSubrange(tcp + 8..<tcp + 12, with: bigEndian(other))
            return copy
        }
        ports = Set(order.flatMap { [$0.from, $0.to] })
    }

    /// Some of its frames, at times that never run back, and then the late ones.
    func with(_ frames: [Packet]) -> [Packet] {
        let times = frames.map(\.time).sorted()
        return zip(frames, times).map { packet, time in
            var packet = packet
            packet.time = time
            return packet
        } + late
    }
}
