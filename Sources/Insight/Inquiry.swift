import BitcoinP2P
import Fields
import Output
import Reassembly
import Records

/// What can be asked of a whole capture.
public enum QuestionName: String, Sendable, CaseIterable {
    case capture
    case connections
    case bytes
    case latency
    case relay
    case blocks
    case cmpctblock
    case requests
    case identity
    case violations
    case census

    private var form: any Question.Type {
        switch self {
        case .capture: CaptureQuestion.self
        case .connections: ConnectionsQuestion.self
        case .blocks: BlocksQuestion.self
        case .bytes: BytesQuestion.self
        case .cmpctblock: CompactBlocksQuestion.self
        case .latency: LatencyQuestion.self
        case .relay: RelayQuestion.self
        case .requests: RequestsQuestion.self
        case .identity: IdentityQuestion.self
        case .violations: ViolationsQuestion.self
        case .census: CensusQuestion.self
        }
    }

    /// One line for people.
    public var meaning: String { "\(form.meaning)" }
    public var title: String { "\(form.title)" }

    /// The columns of what stands beside the rows, and of the rows.
    public var columns: (head: [Column], rows: [Column]) { form.allColumns }
    /// Words that columns have, explained.
    public var words: [ColumnWords] { form.words }
    /// The metrics of a column; of a counter of whose rows some may fall also a gauge.
    public func metricName(of column: Column) -> MetricName? { column.metricName(of: form.name) }

    /// What relations are followed for it.
    fileprivate var scope: Relations.Scope {
        switch self {
        case .capture: []
        case .connections: .purposes
        case .blocks, .cmpctblock: [.requests, .blocks]
        case .bytes: .costs
        case .latency: .pings
        case .relay: [.pings, .requests, .transactions]
        case .requests: [.pings, .requests]
        case .identity: .identity
        case .violations: .rules
        case .census: .claims
        }
    }

    /// The answer by what a view tells, as values.
    package func table(_ view: View) -> AnswerTable { form.table(view) }

    /// Writes the answer by what a view tells.
    public func answer(_ view: View, as format: AnswerFormat, to output: ByteOutput) {
        form.answer(view).append(view, as: format, to: output)
    }
}

extension Question {
    fileprivate static var allColumns: (head: [Column], rows: [Column]) {
        (common.map(\.column) + head.map(\.column), columns.map(\.column))
    }

    fileprivate static func answer(_ view: View) -> any Question { Self(view) }
    fileprivate static func table(_ view: View) -> AnswerTable { Self(view).table(view) }
}

/// Follows the conversations of a capture, and answers questions about it, at the end or in between.
///
/// The thread that makes the records owns it: it is fed there, in the order of the capture, and asked while that
/// thread waits.
public final class Inquiry: @unchecked Sendable {
    private var relations: Relations
    private var messages = MessageCounts()
    private var earliest = Int64.max
    private var latest = Int64.min
    private let named: Node?
    /// The node, where it was named.
    public var namedNode: Node? { named }
    private let found: AnswerBook?
    private let questions: [QuestionName]
    /// Somebody asks for relations of messages as fields.
    public private(set) var relates: Bool
    /// What messages cost of their segments' headers is asked.
    public let wantsCosts: Bool
    /// What is remarked on the places of messages among the others is asked.
    public let wantsRemarks: Bool

    /// - Parameters:
    ///   - questions: Only what they need is followed.
    ///   - relates: Messages are to be related, whatever is asked.
    ///   - node: Where it was named.
    ///   - book: Is filled with what became of each request.
    ///   - found: Such a book that a reading before this one has filled.
    public init(
        _ questions: [QuestionName], relates: Bool = false, node: Node? = nil, filling book: AnswerBook? = nil,
        found: AnswerBook? = nil
    ) {
        self.found = found
        self.questions = questions
        var scope = questions.reduce(into: Relations.Scope()) { $0.formUnion($1.scope) }
        if relates { scope.formUnion([.pings, .requests]) }
        wantsCosts = scope.contains(.costs)
        wantsRemarks = scope.contains(.rules)
        self.relates = relates
        named = node
        relations = Relations(scope, SampleBudget(), node: node, book: book)
    }

    /// One that has seen nothing, for another reading of the same: it fills no book.
    public func renewed() -> Inquiry { Inquiry(questions, relates: relates, node: named, found: found) }

    /// From now on messages are related, whatever is asked. To be called before the first one.
    ///
    /// - Parameter tellsAnnouncements: Who announced something before is to be told as well.
    public func relate(tellingAnnouncements tellsAnnouncements: Bool) {
        relates = true
        relations.widen([.pings, .requests])
        if tellsAnnouncements { relations.tellEarlier() }
    }

    // MARK: What came

    /// Takes the next message, whose checksum was verified.
    ///
    /// - Parameters:
    ///   - bytes: Header and payload as far as they were captured.
    ///   - start: Where in them the payload begins.
    ///   - ends: `address:port` of the sender and of the receiver.
    public func receive(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, ends: () -> (from: [UInt8], to: [UInt8])
    ) {
        messages.add(fact)
        if fact.first.time < earliest { earliest = fact.first.time }
        if fact.complete.time > latest { latest = fact.complete.time }
        relations.receive(fact, bytes, from: start, ends: ends)
    }

    /// The requests that the message taken last answers.
    public var related: ContiguousArray<Related> { relations.requests.related }

    /// The number of the message taken last, among all.
    public var order: UInt64 { relations.number }

    /// What earlier messages tell of what the message taken last is about.
    public var earlier: Earlier { relations.earlier }

    /// The last message of a connection so far.
    public func lastMessage(of connection: UInt64) -> LastMessage? {
        relations.states.place(of: connection).flatMap { relations.states[$0].last }
    }

    /// What became of the requests of the message taken last, where a reading before this one has found that.
    public var answers: ArraySlice<AnswerBook.Entry> { found.map { $0[relations.number] } ?? [] }

    /// Nothing more will come: fills the book with what still waits.
    ///
    /// - Parameters:
    ///   - time: When the capture ended, in nanoseconds since 1970.
    ///   - facts: Nil where the messages came without packets.
    public func finish(at time: Int64, _ facts: CaptureFacts?) {
        for connection in facts?.known ?? [] {
            relations.stop(connection.number, at: connection.last.time)
            for side in [Direction.forward, .backward] where connection.mayHaveSpoken(side) {
                relations.loseBytes(of: side, connection.number)
            }
        }
        relations.finish(at: max(time, latest))
    }

    /// Bytes of a connection that are of no message: of a v2 connection, or all of one that cannot be read.
    ///
    /// - Parameter isOpaque: Nothing of that side can be read.
    public func receive(
        bytes count: UInt64, of side: Direction, _ connection: UInt64, role: Record.Sender, isOpaque: Bool,
        from start: Int64, to end: Int64, ends: () -> (from: [UInt8], to: [UInt8])
    ) {
        relations.receiveBytes(
            count, of: side, connection, role: role, isOpaque: isOpaque, from: start, to: end, ends: ends)
    }

    /// Bytes of a side were not captured.
    public func loseBytes(of side: Direction, _ connection: UInt64) { relations.loseBytes(of: side, connection) }

    /// Of bytes of a side, read before, another copy came: which of them the receiver has read is not known.
    public func contest(_ side: Direction, _ connection: UInt64) { relations.contest(side, connection) }

    /// The first bytes after a hole have come.
    public func resume(_ side: Direction, _ connection: UInt64, at origin: Origin) {
        relations.resume(side, connection, at: origin)
    }

    /// A connection has been closed, after the last message so far.
    public func end(_ connection: UInt64) { relations.end(connection) }

    /// A side has ended.
    public func close(_ side: Direction, _ connection: UInt64, at time: Int64) {
        relations.close(side, connection, at: time)
    }

    // MARK: Answers

    /// Answers questions by what has come so far.
    ///
    /// - Parameter facts: Nil where the messages came without packets.
    public func answer(
        _ questions: [QuestionName], _ facts: CaptureFacts?, as format: AnswerFormat, to output: ByteOutput
    ) {
        let view = view(facts)
        for question in questions { question.answer(view, as: format, to: output) }
    }

    /// What packets tell of the connections of Bitcoin's ports, by number.
    public func lives(_ facts: CaptureFacts) -> [ConnectionLife] {
        facts.known.map { connection in
            let state = relations.states.place(of: connection.number).map { relations.states[$0] }
            let opener = connection.isFromSYN ? .forward : state?.initiator
            let first = opener ?? .forward
            let end = connection.end.map { end in
                let last = (state?.lastAtEnd ?? state?.last).map { last in
                    var text = TextBuffer()
                    last.command.append(to: &text)
                    return (text, max(0, end.origin.time &- last.time))
                }
                return ConnectionLife.End(
                    isReset: end.isReset, by: opener.map { $0 == end.side ? .initiator : .responder } ?? .unknown,
                    lastMessage: last?.0, wait: last?.1)
            }
            return ConnectionLife(
                stream: connection.number, initiator: connection[first].text,
                responder: connection[first.opposite].text, isDirected: opener != nil, first: connection.first.time,
                last: connection.last.time, end: end, looksRandom: connection.looksRandom)
        }
    }

    /// What is known by now; several questions are answered by one.
    ///
    /// - Parameter facts: Nil where the messages came without packets.
    public func view(_ facts: CaptureFacts?) -> View {
        var capture = facts ?? CaptureFacts()
        if facts == nil, latest >= earliest {
            capture.start = earliest
            capture.earliest = earliest
            capture.latest = latest
        }
        let now = facts.map { $0.packets == 0 ? 0 : $0.latest } ?? latest
        var (known, others) = connections(facts, at: now)
        let node = named ?? (facts == nil ? .capturing : find(known, capture))
        if let node {
            for index in known.indices { known[index].nodeSide = node.side(known[index]) }
            for index in others.indices { others[index].nodeSide = node.side(others[index]) }
        }
        return View(
            capture: capture, hasPackets: facts != nil, messages: messages, violations: relations.violations,
            connections: known, otherConnections: others, node: node,
            losses: relations.losses.map { Loss(kind: $0.kind, time: $0.time &- (capture.start ?? $0.time)) },
            relay: relations.relay(node), blocks: relations.blocks,
            others: (relations.states.others.messages, relations.states.others.bytes),
            // Of its own: rows live as long as the view, and there may be a view every ten seconds.
            budget: SampleBudget())
    }

    private func find(_ connections: [ConnectionView], _ capture: CaptureFacts) -> Node? {
        NodeFinder(
            connections: connections.map { (End($0.ends.forward), End($0.ends.backward)) },
            localAddresses: capture.localAddresses
        )
        .find()
    }

    /// Those of Bitcoin's, and the others with facts, by number.
    private func connections(
        _ facts: CaptureFacts?, at time: Int64
    ) -> (known: [ConnectionView], others: [ConnectionView]) {
        var known: [ConnectionView] = []
        var others: [ConnectionView] = []
        known.reserveCapacity(relations.states.count)
        var isTaken = Set<UInt64>()
        for connection in facts?.known ?? [] {
            let view = self.view(connection, relations.states.place(of: connection.number), at: time)
            if view.isBitcoin { known.append(view) } else { others.append(view) }
            isTaken.insert(connection.number)
        }
        for (place, state) in relations.states.states.enumerated()
        where !isTaken.contains(state.number) && (state.hasMessages || facts == nil) {
            known.append(view(nil, Int32(truncatingIfNeeded: place), at: time))
            // Core writes messages, whatever they came in.
            if facts == nil { known[known.count - 1].isTransportKnown = false }
        }
        known.sort { $0.number < $1.number }
        return (known, others)
    }

    private func view(_ facts: ConnectionFacts?, _ place: Int32?, at time: Int64) -> ConnectionView {
        let state = place.map { relations.states[$0] }
        func late(_ side: Direction) -> [LateRequests] {
            guard let state else { return [] }
            // A connection whose packets have ended did not go on.
            return relations.requests.late(of: side, in: state, at: min(time, facts?.last.time ?? time))
        }
        return ConnectionView(
            facts: facts, state: state, number: facts?.number ?? state?.number ?? 0,
            place: place, ends: facts.map { ($0.forward.text, $0.backward.text) } ?? state?.ends ?? ([], []),
            nodeSide: nil, trails: place.flatMap { relations.identities.trails(at: $0) },
            late: (late(.forward), late(.backward)))
    }
}

extension Node {
    /// What Core's message captures call the node that wrote them.
    fileprivate static let capturing = Node(["node"], .capture)

    fileprivate func side(_ connection: ConnectionView) -> Direction? {
        side(End(connection.ends.forward), End(connection.ends.backward))
    }
}

extension ConnectionView {
    /// It has a message; or is encrypted, from its SYN on, on a port of Bitcoin's, with 64 bytes or more each way.
    fileprivate var isBitcoin: Bool {
        if state?.hasMessages == true { return true }
        guard let facts, facts.hasKnownPort, facts.isEncrypted, facts.isFromSYN else { return false }
        return min(facts.forward.payloadBytes, facts.backward.payloadBytes) >= 64
    }
}
