import BitcoinP2P
import Fields
import Reassembly
import Records

/// Follows the conversations of a capture: who they are between, what was asked and answered, and who closed them.
///
/// It is fed in the order of the capture, after the checksums were verified.
struct Relations: ~Copyable {
    /// What is followed; nothing else is computed.
    struct Scope: OptionSet {
        let rawValue: UInt16

        /// Pings and their answers.
        static let pings = Scope(rawValue: 1)
        /// All that is asked.
        static let requests = Scope(rawValue: 2)
        /// What tells of a connection's purpose.
        static let purposes = Scope(rawValue: 4)
        /// What messages of each command cost.
        static let costs = Scope(rawValue: 8)
        /// Who announced which transactions, and who delivered them.
        static let transactions = Scope(rawValue: 16)
        /// Who announced which blocks, and how they came.
        static let blocks = Scope(rawValue: 32)
        /// Who breaks rules.
        static let rules = Scope(rawValue: 64)
        /// What sides do that tells which software they are.
        static let identity = Scope(rawValue: 128)
        /// What sides say of themselves.
        static let claims = Scope(rawValue: 256)
    }

    private(set) var scope: Scope
    var states = ConversationStates()
    var requests: Requests
    var reader: RelationReader
    /// Of the message at hand, among all.
    private(set) var number: UInt64 = 0
    private var commandLimit = CommandLimit()
    var transactions: TransactionBook
    /// Where it was named.
    let node: Node?
    /// Somebody wants to know what earlier messages tell of those that come.
    private(set) var tellsEarlier = false
    /// What they tell of what the message at hand is about.
    var earlier = Earlier()
    /// Nil where nobody asks.
    private var judge: RuleJudge?
    private(set) var identities = Identities()
    var blocks: BlockBook
    /// What short ids may stand for.
    var seen = SeenTransactions()
    var hashAllowance = HashAllowance()

    init(
        _ scope: Scope, _ budget: SampleBudget, limits: Requests.Limits = Requests.Limits(),
        announcements: TransactionGeneration.Limits = TransactionGeneration.Limits(), node: Node? = nil,
        blocks: BlockBook.Limits = BlockBook.Limits(), book: AnswerBook? = nil
    ) {
        self.scope = scope
        self.node = node
        transactions = TransactionBook(budget, limits: announcements)
        self.blocks = BlockBook(limits: blocks)
        reader = RelationReader(scope)
        judge = scope.contains(.rules) ? RuleJudge() : nil
        requests = Requests(budget, limits: limits, book: book)
    }

    /// More is to be followed, from the first message on.
    mutating func widen(_ more: Scope) {
        guard !scope.isSuperset(of: more) else { return }
        scope.formUnion(more)
        reader = RelationReader(scope)
    }

    /// From now on ``earlier`` is filled.
    mutating func tellEarlier() {
        tellsEarlier = true
        widen([.transactions, .blocks])
    }

    /// What was forgotten, and when for the first time, in nanoseconds since 1970.
    var losses: [Loss] {
        let times: [(Loss.Kind, Int64?)] = [
            (.connections, states.firstOther), (.pings, requests.forgottenPing),
            (.requests, requests.forgottenRequest), (.transactions, transactions.forgottenTime),
            (.blocks, blocks.forgottenTime), (.shortIDs, blocks.unresolvedTime),
            (.violations, violations.firstOther?.time),
        ]
        return times.compactMap { kind, time in time.map { Loss(kind: kind, time: $0) } }
    }

    /// What became of transactions, as if all ended now.
    func relay(_ node: Node?) -> RelayFigures {
        guard scope.contains(.transactions) else { return RelayFigures() }
        // Of its own: it lives as long as a view.
        return transactions.figures(NodeSides(states, node), SampleBudget())
    }

    // MARK: Messages

    /// Takes the next message.
    ///
    /// - Parameters:
    ///   - bytes: Header and payload as far as they were captured.
    ///   - start: Where in them the payload begins.
    ///   - ends: `address:port` of the sender and of the receiver.
    mutating func receive(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, ends: () -> (from: [UInt8], to: [UInt8])
    ) {
        number &+= 1
        requests.beginMessage()
        if tellsEarlier { earlier.removeAll() }
        judge?.receive(fact, bytes, from: start)
        if scope.contains(.blocks) { hashAllowance.earn(Int(clamping: fact.captured.bytes)) }
        guard let place = place(of: fact.connection, fact.side, fact.first.time, ends: ends) else {
            return states.addOther(messages: 1, bytes: UInt64(clamping: fact.length), at: fact.first.time)
        }
        count(fact, at: place)
        if scope.contains(.identity), fact.isSound, !fact.isDoubtful {
            identities.receive(fact, bytes, from: start, at: place)
        }
        guard fact.isSound, let entry = reader[fact.command] else { return note(fact, .more, at: place) }
        relate(fact, bytes, from: start, entry, at: place)
    }

    /// Which rules were broken so far.
    var violations: Violations {
        switch judge {
        case .some(let judge): judge.violations
        case nil: Violations()
        }
    }

    private mutating func place(
        of connection: UInt64, _ side: Direction, _ time: Int64, ends: () -> (from: [UInt8], to: [UInt8])
    ) -> Int32? {
        states.place(of: connection) {
            let ends = ends()
            return ConversationState(
                number: connection, side == .forward ? (ends.from, ends.to) : (ends.to, ends.from), time: time)
        }
    }

    private mutating func count(_ fact: MessageFact, at place: Int32) {
        if states[place].initiator == nil, fact.role != .unknown {
            states[place].initiator = fact.role == .initiator ? fact.side : fact.side.opposite
        }
        states[place].hasMessages = true
        // Of bytes that may be forged it is not known what the receiver had.
        if !fact.seesAll || fact.isDoubtful { states[place].lacksBytes = true }
        states[place].last = LastMessage(command: fact.command, time: fact.complete.time)
        states[place].end = max(states[place].end, fact.complete.time)
        states[place].transport = fact.transport
        if let network = fact.network { states[place].network = network }
        states[place][fact.side].messages &+= 1
        states[place][fact.side].lastBeginning = max(states[place][fact.side].lastBeginning, fact.first.frame)
        states[place][fact.side].bytes &+= UInt64(clamping: fact.length)
        guard scope.contains(.costs) else { return }
        let command = commandLimit.counted(fact.command, in: states[place][fact.side])
        states[place][fact.side].commands[command, default: CommandTally()].add(fact.captured)
    }

    private mutating func note(_ fact: MessageFact, _ deeds: SideState.Deeds, at place: Int32) {
        var deeds = deeds
        if states[place][fact.side.opposite].deeds.contains(.addresses) { deeds.insert(.afterAddresses) }
        states[place][fact.side].deeds.formUnion(deeds)
    }

    // MARK: Relations

    private mutating func relate(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        reader.begin()
        note(fact, entry.deeds, at: place)
        relateConversation(fact, bytes, from: start, entry, at: place)
        if scope.contains(.transactions) { tellTransactions(fact, bytes, from: start, entry, at: place) }
        if scope.contains(.blocks) { tellBlocks(fact, bytes, from: start, entry, at: place) }
    }

    /// What the two sides of a connection have to do with each other.
    private mutating func relateConversation(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        switch entry.role {
        case .version:
            if !scope.isDisjoint(with: [.purposes, .claims]) { takeClaims(fact, bytes, from: start, entry, at: place) }
        case .verack:
            if states[place][fact.side].verackTime == nil { states[place][fact.side].verackTime = fact.complete.time }
        case .negotiation, .sendcmpct: break
        case .ping, .pong: if scope.contains(.pings) { relatePing(fact, bytes, from: start, entry, at: place) }
        case .addresses(let count): takeAddresses(fact, bytes, from: start, entry, count, at: place)
        case .inventory(let vectors):
            takeTransactions(fact, bytes, from: start, entry, vectors.type, at: place)
        case .getdata:
            if !scope.contains(.requests) {
                takeTransactions(fact, bytes, from: start, entry, reader.fields.wanted.type, at: place)
            } else {
                read(fact, bytes, from: start, entry)
                ask(for: reader.fields.wanted, fact, bytes, at: place)
            }
        default:
            guard scope.contains(.requests) else { return }
            read(fact, bytes, from: start, entry)
            relateRequest(fact, bytes, from: start, entry, at: place)
        }
    }

    /// Reads the wanted fields of the message at hand, once.
    mutating func read(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry
    ) {
        reader.read(bytes, from: start, as: entry, fact.context)
    }

    private mutating func takeClaims(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        guard states[place][fact.side].claims == nil else { return }
        read(fact, bytes, from: start, entry)
        states[place][fact.side].claims = Claims(reader, in: bytes, at: fact.complete.time)
    }

    private mutating func relatePing(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        read(fact, bytes, from: start, entry)
        // Before BIP 31 a ping had no nonce, and no answer.
        guard reader.count == 1, reader.isWhole(0) else { return }
        let key = RequestKey(.ping, nonce: reader.value(0))
        if case .ping = entry.role {
            requests.ask(key, fact, number: number, at: place, in: &states)
        } else {
            requests.answer([key], fact, at: place, in: &states)
        }
    }

    private mutating func takeAddresses(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, _ count: Field,
        at place: Int32
    ) {
        let isAnswer =
            scope.contains(.purposes) && !states[place][fact.side].deeds.contains(.addresses)
            && states[place][fact.side.opposite].deeds.contains(.getaddr)
        let key = RequestKey(.addr)
        let isAwaited = scope.contains(.requests) && requests.isAwaited(key, by: fact.side.opposite, at: place)
        guard isAnswer || isAwaited else { return }
        read(fact, bytes, from: start, entry)
        guard let index = reader.first(count), reader.value(index) > 1 else { return }
        if isAnswer { states[place][fact.side].deeds.insert(.addresses) }
        if isAwaited { requests.answer([key], fact, at: place, in: &states) }
    }

    /// Notes whether an inventory has a transaction, until one had.
    private mutating func takeTransactions(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, _ type: Field,
        at place: Int32
    ) {
        guard scope.contains(.purposes), !states[place][fact.side].deeds.contains(.transactions) else { return }
        read(fact, bytes, from: start, entry)
        for index in 0..<reader.count
        where reader.field(index) == type && RequestKind(inventoryType: reader.value(index)) == .tx {
            states[place][fact.side].deeds.insert(.transactions)
            return
        }
    }

    /// Calls `body` with each entry of an inventory that can be asked for: as what, its hash, and its place there.
    mutating func forEachVector(
        _ vectors: MessageFields.Vectors, _ bytes: RawSpan, _ body: (inout Relations, RequestKind, Hash256, Int) -> Void
    ) {
        var kind: RequestKind?
        var place = -1
        for index in 0..<reader.count where reader.isWhole(index) {
            if reader.field(index) == vectors.type {
                place &+= 1
                kind = RequestKind(inventoryType: reader.value(index))
            } else if let kind, let hash = Hash256(reader.bytes(index, in: bytes), at: 0) {
                body(&self, kind, hash, place)
            }
        }
    }

    // MARK: Ends

    /// Nothing more will come: what still waits has ended.
    mutating func finish(at time: Int64) { requests.closeAll(at: time, in: &states) }

    // MARK: Events

    /// Bytes of a side were not captured.
    mutating func loseBytes(of side: Direction, _ connection: UInt64) {
        guard let place = states.place(of: connection) else { return }
        states[place][side].endsInHole = true
        states[place].lacksBytes = true
    }

    /// Another copy of bytes of a side came that were read before.
    mutating func contest(_ side: Direction, _ connection: UInt64) {
        guard let place = states.place(of: connection) else { return }
        states[place].lacksBytes = true
        states[place][side].isContested = true
    }

    /// The first bytes after a hole have come.
    mutating func resume(_ side: Direction, _ connection: UInt64, at origin: Origin) {
        guard let place = states.place(of: connection) else { return }
        states[place][side].endsInHole = false
        states[place].lacksBytes = true
        states[place][side].lastHole = max(states[place][side].lastHole, origin.frame)
    }

    /// Something of a v2 connection that is no message: its bytes count.
    mutating func receiveBytes(
        _ count: UInt64, of side: Direction, _ connection: UInt64, role: Record.Sender, isOpaque: Bool,
        from start: Int64,
        to end: Int64, ends: () -> (from: [UInt8], to: [UInt8])
    ) {
        guard let place = place(of: connection, side, start, ends: ends) else {
            return states.addOther(messages: 0, bytes: count, at: start)
        }
        if states[place].initiator == nil, role != .unknown {
            states[place].initiator = role == .initiator ? side : side.opposite
        }
        if isOpaque { states[place].isOpaque = true } else { states[place].transport = .v2 }
        states[place].start = min(states[place].start, start)
        states[place].end = max(states[place].end, end)
        states[place][side].bytes &+= count
    }

    /// No packet of a connection came after that time.
    mutating func stop(_ connection: UInt64, at time: Int64) {
        if let place = states.place(of: connection) { states[place].stop(at: time) }
    }

    /// A connection has been closed.
    mutating func end(_ connection: UInt64) {
        guard let place = states.place(of: connection), states[place].lastAtEnd == nil else { return }
        states[place].lastAtEnd = states[place].last
    }

    /// A direction has ended.
    mutating func close(_ side: Direction, _ connection: UInt64, at time: Int64) {
        guard let place = states.place(of: connection) else { return }
        states[place].close(side, at: time)
        if states[place].hasClosed { requests.close(place, at: time, in: &states) }
    }
}
