import Reassembly
import Support
import Testing

/// What a sink was told of one stream.
struct Record {
    struct Message {
        var range: Range<UInt64>
        var frames: [UInt64]
        var completion: UInt64
    }

    var id: StreamID
    var from: Endpoint
    /// The sequence number of offset 0.
    var firstSequence: UInt32?
    var start: UInt64?
    /// The end of what was consumed or declared missing.
    var position: UInt64 = 0
    var data: [UInt8] = []
    /// The offset of each byte of `data`.
    var pieces: [Range<UInt64>] = []
    var gaps: [(range: Range<UInt64>, pending: Int, reason: GapReason)] = []
    var conflicts: [Range<UInt64>] = []
    var doubts: [Range<UInt64>] = []
    var closed: CloseReason?
    var messages: [Message] = []
    var wake: UInt64 = 0

    var missing: [Range<UInt64>] { gaps.map(\.range).filter { !$0.isEmpty } }
    var reasons: [GapReason] { gaps.map(\.reason) }

    mutating func take(_ bytes: RawSpan, at offset: UInt64, _ count: Int) {
        guard count > 0 else { return }
        bytes.extracting(first: count).withUnsafeBytes { data.append(contentsOf: $0) }
        if let last = pieces.last, last.upperBound == offset {
            pieces[pieces.count - 1] = last.lowerBound..<offset + UInt64(count)
        } else {
            pieces.append(offset..<offset + UInt64(count))
        }
        position = offset + UInt64(count)
    }
}

/// Remembers everything it is told and checks the contract of `StreamSink`.
struct Recorder: StreamSink, ~Copyable {
    enum Appetite {
        /// Consumes all.
        case all
        /// Consumes nothing, and wants to be called at this many bytes.
        case nothing(minimum: Int)
        /// Consumes messages of this length.
        case messages(Int)
        /// Consumes pieces of random length.
        case random
    }

    var records: [Record] = []
    /// The current record of each stream index.
    var current: [Int: Int] = [:]
    var appetite = Appetite.all
    /// Streams without a SYN wait for earlier segments.
    var floats = false
    var doubts: [(range: Range<UInt64>, reason: UnusedReason)] = []
    var generator = SeededGenerator(seed: 1)
    var keepsData = true
    var wanted: (_ payload: [UInt8], _ stream: StreamID) -> Bool = { _, _ in true }
    var closes: [StreamID] = []
    var violations: [String] = []
    var calls = 0

    subscript(_ connection: UInt64, _ direction: Direction = .forward) -> Record? {
        records.last { $0.id.connection == connection && $0.id.direction == direction }
    }

    mutating func wants(
        _ payload: RawSpan, isFirst: Bool, of stream: StreamID, from: Endpoint, to: Endpoint
    ) -> Interest {
        guard wanted(payload.withUnsafeBytes { Array($0) }, stream) else { return .none }
        if current[stream.index] != nil { violations.append("wants asked again") }
        current[stream.index] = records.count
        records.append(Record(id: stream, from: from))
        return floats ? .wantedFromEarlier : .wanted
    }

    func record(_ stream: StreamID) -> Int {
        guard let index = current[stream.index], records[index].id == stream else { return -1 }
        return index
    }

    mutating func bytes(
        _ bytes: RawSpan, at offset: UInt64, of stream: StreamID, from provenance: borrowing Provenance
    ) -> Demand {
        calls += 1
        let index = record(stream)
        guard index >= 0 else {
            violations.append("bytes of an unknown stream")
            return Demand(consumed: bytes.byteCount)
        }
        begin(index, offset, provenance)
        if offset != records[index].position { violations.append("bytes at \(offset), not \(records[index].position)") }
        if bytes.isEmpty { violations.append("no bytes") }
        if offset + UInt64(bytes.byteCount) < records[index].wake { violations.append("called too early") }
        let demand = demand(bytes.byteCount)
        note(index, bytes, offset, demand.consumed, provenance)
        records[index].wake = offset + UInt64(demand.consumed) + UInt64(demand.minimum)
        return demand
    }

    mutating func demand(_ count: Int) -> Demand {
        switch appetite {
        case .all: return Demand(consumed: count)
        case .nothing(let minimum): return Demand(consumed: 0, minimum: minimum)
        case .messages(let length):
            return Demand(consumed: count / length * length, minimum: length)
        case .random:
            let consumed = generator.chance(20) ? count : Int.random(in: 0...count, using: &generator)
            return Demand(consumed: consumed, minimum: Int.random(in: 1...3000, using: &generator))
        }
    }

    mutating func begin(_ index: Int, _ offset: UInt64, _ provenance: borrowing Provenance) {
        if records[index].start == nil {
            records[index].start = offset
            records[index].position = offset
            records[index].firstSequence = provenance.firstSequence
        }
    }

    mutating func note(
        _ index: Int, _ bytes: RawSpan, _ offset: UInt64, _ count: Int, _ provenance: borrowing Provenance
    ) {
        guard count > 0 else { return }
        guard keepsData else {
            records[index].position = offset + UInt64(count)
            return
        }
        let range = offset..<offset + UInt64(count)
        records[index].take(bytes, at: offset, count)
        records[index].messages.append(
            Record.Message(
                range: range, frames: provenance.origins(of: range).map(\.frame),
                completion: provenance.completion(at: range.upperBound).frame))
    }

    mutating func gap(
        _ missing: Range<UInt64>, after pending: RawSpan, of stream: StreamID, from provenance: borrowing Provenance,
        reason: GapReason
    ) {
        calls += 1
        let index = record(stream)
        guard index >= 0 else { return violations.append("gap in an unknown stream") }
        let offset = missing.lowerBound - UInt64(pending.byteCount)
        begin(index, offset, provenance)
        if offset != records[index].position {
            violations.append("gap at \(missing) with \(pending.byteCount) pending, not \(records[index].position)")
        }
        if missing.isEmpty && (pending.isEmpty || reason != .limit && reason != .jump) {
            violations.append("gap of nothing")
        }
        note(index, pending, offset, pending.byteCount, provenance)
        if keepsData { records[index].gaps.append((missing, pending.byteCount, reason)) }
        records[index].position = missing.upperBound
        records[index].wake = missing.upperBound
    }

    mutating func conflict(
        _ range: Range<UInt64>, with other: RawSpan, from origin: Origin, isDelivered: Bool, of stream: StreamID
    ) {
        let index = record(stream)
        guard index >= 0 else { return violations.append("conflict in an unknown stream") }
        if range.isEmpty || range.count != other.byteCount { violations.append("conflict of \(range)") }
        if keepsData { records[index].conflicts.append(range) }
    }

    mutating func doubt(_ range: Range<UInt64>, _ reason: UnusedReason, from origin: Origin, of stream: StreamID) {
        doubts.append((range, reason))
        let index = record(stream)
        if index >= 0 { records[index].doubts.append(range) } else { violations.append("doubt in an unknown stream") }
    }

    mutating func close(
        _ stream: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason
    ) {
        let index = record(stream)
        guard index >= 0 else { return violations.append("close of an unknown stream") }
        note(index, pending, records[index].position, pending.byteCount, provenance)
        records[index].closed = reason
        closes.append(stream)
        current[stream.index] = nil
        if !keepsData { records[index].data = [] }
    }
}

func text(_ string: String) -> [UInt8] { Array(string.utf8) }
