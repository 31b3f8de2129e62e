#if Web
import BitcoinP2P
import Fields
import Output
import Records
import Synchronization
import System

/// The table of all rows of a capture: ``Record/number`` is the row's, from 1, and its place.
///
/// The thread that makes the records adds rows; any thread reads them. In memory a row is 40 bytes.
public final class MessageIndex: Sendable {
    struct State: ~Copyable {
        fileprivate(set) var chunks: ContiguousArray<ContiguousArray<IndexEntry>> = []
        fileprivate(set) var count = 0
        /// When the capture's first frame was captured, in nanoseconds since 1970.
        fileprivate(set) var start: Int64?
        /// The earliest time so far, and the latest one.
        fileprivate(set) var begin = Int64.max
        fileprivate(set) var end = Int64.min
        fileprivate(set) var decimals = 6
        /// The highest number of a frame that has completed a row.
        fileprivate(set) var frame: UInt64 = 0
        /// Rows with a remark.
        fileprivate(set) var remarked = 0
        /// By ``Record/order`` from where on the number is how much more.
        fileprivate var orders: ContiguousArray<(order: UInt64, difference: UInt64)> = []
        /// The side that counts as the initiator, of connections of which it is not known who opened them.
        fileprivate var starters: [UInt64: [UInt8]] = [:]
        /// When bytes are missing.
        fileprivate(set) var gaps: ContiguousArray<Int64> = []
        /// Bytes that cannot be read, by ``Side``.
        fileprivate(set) var unread = [TimeBins](repeating: TimeBins(), count: Side.allCases.count)
        fileprivate(set) var connections: Set<UInt64> = []
        /// Bytes of all messages.
        fileprivate var bytes: UInt64 = 0
        /// What those that are kept with their fields take in the file.
        fileprivate var contentBytes: UInt64 = 0

        subscript(number: UInt64) -> IndexEntry? {
            guard number > 0, number <= UInt64(count) else { return nil }
            let place = Int(number - 1)
            return chunks[place / MessageIndex.chunkSize][place % MessageIndex.chunkSize]
        }
    }

    fileprivate static let chunkSize = 1 << 16
    /// Connections of unknown openers whose first sender is remembered.
    fileprivate static let mostStarters = 10_000
    private static let mostGaps = 1_000
    /// Rows after its first answer that are looked at for further ones.
    private static let mostAnswers: UInt64 = 10_000
    /// Rows of one frame that are looked at for what it announces.
    fileprivate static let mostRowsOfFrame: UInt64 = 1_000
    /// Connections that are counted.
    private static let mostConnections = 1_000_000

    private let state = Mutex(State())
    private let file: SpoolFile
    private let near: Near
    /// What fields and bytes of messages may take in the file.
    private let contentLimit: UInt64
    /// The most rows.
    let limit: Int
    private let total = Atomic<Int>(0)
    private let capped = Atomic<Bool>(false)

    /// How far a message may be from the capture's beginning to be read again when somebody looks at it. The fields and
    /// bytes of later ones are kept.
    struct Near: Sendable {
        var rows = 50_000
        var bytes: UInt64 = 32 << 20
    }

    /// - Parameters:
    ///   - limit: The most rows.
    ///   - folder: Where the texts of rows take room.
    public convenience init(limit: Int, in folder: String) throws { try self.init(limit: limit, in: folder, Near()) }

    init(limit: Int, in folder: String, _ near: Near, contentLimit: UInt64 = 2 << 30) throws {
        self.limit = min(max(limit, 1), Int(UInt32.max) - 1)
        self.near = near
        // A disk that is nearly full is left to others.
        self.contentLimit = min(contentLimit, Path.freeBytes(in: folder) / 4)
        file = try SpoolFile(in: folder, limit: 1 << 40)
    }

    /// How many rows there are.
    public var count: Int { total.load(ordering: .acquiring) }

    /// Why no more rows can be taken: the disk is full, say.
    public var trouble: String? {
        file.failure.map { "the list ends here: its texts cannot be written: \($0.message)" }
    }

    /// Takes no more rows.
    public func close() { capped.store(true, ordering: .relaxed) }

    /// There are more rows than it may have.
    public var isCapped: Bool { capped.load(ordering: .relaxed) }

    func read<Result: Sendable>(_ body: (borrowing State) -> Result) -> Result { state.withLock { body($0) } }

    /// The rows as they are now, to be looked at while others come.
    func rows() -> IndexRows {
        state.withLock { IndexRows(chunks: $0.chunks, count: $0.count, start: $0.start) }
    }

    // MARK: Filling

    fileprivate func add(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isNumbered else {
            if record.ending == .gap, !record.isConflict { noteGap(record) }
            return
        }
        var texts = RowTexts()
        texts.source = record.source
        texts.destination = record.destination
        texts.frameCount = UInt32(clamping: max(record.frames.count, record.source.isEmpty ? 0 : 1))
        Self.nameAndInfo(record, &texts)
        let worst = Self.worstRemark(record)
        if let worst { texts.remark = Array(worst.text.utf8) }
        texts.answerTime = record.answered?.time
        texts.answerFrame = record.answered?.frame ?? 0
        if record.answered != nil, texts.answerTime == nil { texts.answerTime = 0 }
        let content = keepsContent ? MessageContent(record, bytes) : nil
        state.withLock { state in
            if state.start == nil { state.start = record.captureStart }
            if state.count >= limit || isCapped { return capped.store(true, ordering: .relaxed) }
            state.begin = min(state.begin, record.time)
            state.end = max(state.end, record.time)
            state.decimals = max(state.decimals, record.timeDecimals)
            state.frame = max(state.frame, record.frameNumber)
            if state.connections.count < Self.mostConnections { state.connections.insert(record.stream) }
            let request = record.answered.flatMap { state.number(ofOrder: $0.order) } ?? 0
            let side = state.side(record.stream, record.source, record.sender)
            if let asked = record.announced {
                let number = state.number(ofFrame: asked.frame, record.stream, notOf: side)
                texts.asked = RowTexts.Asked(frame: asked.frame, number: number, time: asked.time)
            }
            var length = 0
            let size = content?.size ?? 0
            let place = file.append(atMost: RowTexts.mostLength + size) { buffer in
                let before = buffer.count
                texts.append(to: &buffer)
                length = buffer.count - before
                content?.append(to: &buffer)
            }
            guard let place else { return capped.store(true, ordering: .relaxed) }
            let number = UInt64(state.count) + 1
            state.note(order: record.order, number: number)
            state.append(
                IndexEntry(
                    place: place, textLength: length, time: record.time, frame: record.frameNumber,
                    family: record.ending == .direction ? nil : record.command.map(MessageFamily.init(of:)) ?? .other,
                    side: side, kind: record.isMessage ? .message : record.ending == .direction ? .direction : .packet,
                    severity: worst?.severity, isCut: record.ending == .cut, hasContent: content != nil,
                    stream: record.stream, length: record.length, request: UInt32(clamping: request)))
            state.bytes &+= UInt64(max(record.length, 0))
            state.contentBytes &+= UInt64(size)
            if worst != nil { state.remarked += 1 }
            if request > 0 { state.noteAnswer(UInt32(clamping: number), to: request) }
            total.store(state.count, ordering: .releasing)
        }
    }

    /// Whether the next message is kept with its fields.
    private var keepsContent: Bool {
        state.withLock { state in
            (state.count >= near.rows || state.bytes >= near.bytes) && state.contentBytes < contentLimit
        }
    }

    private func noteGap(_ record: borrowing Record) {
        let time = record.time
        state.withLock { state in
            if state.gaps.count < Self.mostGaps { state.gaps.append(time) }
        }
    }

    fileprivate func add(_ unread: UnreadSegment) {
        state.withLock { state in
            if state.start == nil { state.start = unread.captureStart }
            state.begin = min(state.begin, unread.time)
            state.end = max(state.end, unread.time)
            if state.connections.count < Self.mostConnections { state.connections.insert(unread.stream) }
            let side = state.side(unread.stream, unread.source, unread.sender)
            state.unread[Int(side.rawValue)].add(unread.count, at: unread.time &- unread.captureStart)
        }
    }

    private static func nameAndInfo(_ record: borrowing Record, _ texts: inout RowTexts) {
        let info = record.info.bytes
        guard record.isMessage, let command = record.command else {
            texts.name = Array((record.ending == .direction ? "encrypted" : "v2").utf8)
            texts.info = info
            return
        }
        var name = TextBuffer()
        command.append(to: &name)
        texts.name = name.bytes
        var said = record.said.clamped(to: 0..<info.count)
        if !said.isEmpty, info[said.lowerBound] == 0x20 { said = said.dropFirst() }
        texts.info = Array(info[said])
    }

    private static func worstRemark(_ record: borrowing Record) -> (severity: RowSeverity, text: String)? {
        var worst: (severity: RowSeverity, annotation: Annotation)?
        for index in record.tree.annotations.indices {
            let annotation = record.tree.annotations[index]
            guard let severity = RowSeverity(annotation.remark.severity) else { continue }
            if severity.rawValue > worst?.severity.rawValue ?? 0 { worst = (severity, annotation) }
        }
        return worst.map { ($0.severity, $0.annotation.remark.text($0.annotation.value)) }
    }

    /// The next row after a number with a remark, or the one before it; nil where there is none.
    func remarked(_ number: UInt64, isBack: Bool, _ isIn: (UInt64) -> Bool) -> UInt64? {
        let rows = rows()
        let count = UInt64(rows.count)
        var at = isBack ? min(number, count + 1) : number
        while isBack ? at > 1 : at < count {
            at = isBack ? at - 1 : at + 1
            if rows[at]?.severity != nil, isIn(at) { return at }
        }
        return nil
    }

    // MARK: Rows

    /// A message's fields and bytes, where they are kept.
    func content(of number: UInt64) -> MessageContent? {
        guard let entry = read({ $0[number] }), entry.hasContent else { return nil }
        return MessageContent { offset, target in file.read(at: entry.contentPlace &+ UInt64(offset), into: target) }
    }

    /// Rows as JSON, one after another with commas between them.
    func append(_ numbers: [UInt64], to text: inout TextBuffer) {
        let rows = rows()
        let start = rows.start ?? 0
        var bytes = [UInt8](repeating: 0, count: RowTexts.mostLength)
        var isFirst = true
        for number in numbers {
            guard let entry = rows[number] else { continue }
            let count = bytes.withUnsafeMutableBytes {
                file.read(at: entry.textPlace, into: .init(rebasing: $0[..<min(entry.textLength, $0.count)]))
            }
            guard let texts = bytes.withUnsafeBytes({ RowTexts(.init(rebasing: $0[..<count])) }) else { continue }
            if !isFirst { text.append(",") }
            isFirst = false
            RowJSON.append(number, entry, texts, Self.answers(to: number, entry, rows), since: start, to: &text)
        }
    }

    /// The rows that answer a row, those of the next thousands.
    private static func answers(
        to number: UInt64, _ entry: IndexEntry, _ rows: IndexRows
    ) -> RowJSON.Answers? {
        guard entry.firstAnswer > 0 else { return nil }
        let first = UInt64(entry.firstAnswer)
        var count = 0
        var next = first
        while next <= UInt64(rows.count), next < first + mostAnswers {
            if let other = rows[next], UInt64(other.request) == number { count += 1 }
            next += 1
        }
        return RowJSON.Answers(first: entry.firstAnswer, frame: rows[first]?.frame ?? 0, count: count)
    }
}

/// Rows of an index as they were at a moment.
struct IndexRows: Sendable {
    fileprivate let chunks: ContiguousArray<ContiguousArray<IndexEntry>>
    let count: Int
    /// When the capture's first frame was captured.
    let start: Int64?

    subscript(number: UInt64) -> IndexEntry? {
        guard number > 0, number <= UInt64(count) else { return nil }
        let place = Int(number - 1)
        return chunks[place / MessageIndex.chunkSize][place % MessageIndex.chunkSize]
    }
}

extension MessageIndex.State {
    fileprivate mutating func append(_ entry: IndexEntry) {
        if count % MessageIndex.chunkSize == 0 {
            var chunk = ContiguousArray<IndexEntry>()
            chunk.reserveCapacity(min(MessageIndex.chunkSize, max(1024, count)))
            chunks.append(chunk)
        }
        chunks[chunks.count - 1].append(entry)
        count += 1
    }

    fileprivate mutating func noteAnswer(_ number: UInt32, to request: UInt64) {
        guard request > 0, request <= UInt64(count) else { return }
        let place = Int(request - 1)
        let (chunk, at) = (place / MessageIndex.chunkSize, place % MessageIndex.chunkSize)
        if chunks[chunk][at].firstAnswer == 0 { chunks[chunk][at].firstAnswer = number }
    }

    /// Messages are counted by themselves, too: what is between them makes the difference.
    fileprivate mutating func note(order: UInt64, number: UInt64) {
        guard order > 0 else { return }
        let difference = number &- order
        if orders.last?.difference != difference { orders.append((order, difference)) }
    }

    fileprivate func number(ofOrder order: UInt64) -> UInt64? {
        var (low, high) = (0, orders.count)
        while low < high {
            let middle = (low + high) / 2
            if orders[middle].order <= order { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? order &+ orders[low - 1].difference : nil
    }

    /// The row that a frame of a connection has completed, sent by the other side; 0 where that is not known.
    fileprivate func number(ofFrame frame: UInt64, _ stream: UInt64, notOf side: Side) -> UInt32 {
        // Rows are in the order of their frames but for late ones, which are not found.
        var (low, high) = (1 as UInt64, UInt64(count) + 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].map({ $0.frame < frame }) ?? false { low = middle + 1 } else { high = middle }
        }
        let last = low + MessageIndex.mostRowsOfFrame
        while low < last, let entry = self[low], entry.frame == frame {
            if UInt64(entry.stream) == stream, entry.side != side, entry.family == .ask || entry.family == .block {
                return UInt32(clamping: low)
            }
            low += 1
        }
        return 0
    }

    fileprivate mutating func side(_ stream: UInt64, _ source: [UInt8], _ sender: Record.Sender) -> Side {
        switch sender {
        case .initiator: return .initiator
        case .responder: return .responder
        case .unknown:
            if source.isEmpty { return .unknown }
            if let starter = starters[stream] { return source == starter ? .initiator : .responder }
            guard starters.count < MessageIndex.mostStarters else { return .unknown }
            starters[stream] = source
            return .initiator
        }
    }
}

extension RowSeverity {
    init?(_ severity: Severity) {
        switch severity {
        case .chat: return nil
        case .note: self = .note
        case .warning: self = .warning
        case .error: self = .error
        }
    }

    var name: StaticString {
        switch self {
        case .note: "note"
        case .warning: "warning"
        case .error: "error"
        }
    }
}

/// Fills an index with the records of a capture.
public final class IndexWriter: RecordSink, UnreadBytesSink, Sendable {
    private let index: MessageIndex

    public init(_ index: MessageIndex) { self.index = index }

    public var wants: Wants { Wants(.tree, info: true, frames: true) }
    public func begin() {}
    public func write(_ record: borrowing Record, _ bytes: RawSpan) { index.add(record, bytes) }
    public func end() {}
    public func receiveUnread(_ unread: UnreadSegment) { index.add(unread) }
}
#endif
