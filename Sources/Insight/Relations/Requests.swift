import BitcoinP2P
import Fields
import Reassembly

/// Pairs questions with their answers, by hash or nonce, one to one.
///
/// It is fed in the order of the capture. A request is answered by the oldest answer that fits; see ``RequestKind``.
struct Requests: ~Copyable {
    /// How many may wait of one direction, and of all together: past it the oldest is forgotten.
    struct Limits {
        var ofDirection = 50_000
        var ofAll = 1_000_000
        /// `getheaders` that wait of one direction, each with up to 101 digests.
        var locators = 16
        /// Such digests of all directions together.
        var digests = 1 << 20
    }

    private var waiting = WaitingRequests()
    private let limits: Limits
    private var digests = 0
    private var serial: UInt64 = 0
    private let budget: SampleBudget
    /// Keeps what became of each request; nil where nobody asks.
    private let book: AnswerBook?
    /// How many things the message at hand has asked for.
    private var asked: UInt32 = 0
    /// When the first ping was forgotten, and the first other request.
    private(set) var forgottenPing: Int64?
    private(set) var forgottenRequest: Int64?
    /// The requests that the message taken last answers.
    private(set) var related: ContiguousArray<Related> = []

    init(_ budget: SampleBudget, limits: Limits = Limits(), book: AnswerBook? = nil) {
        self.budget = budget
        self.book = book
        self.limits = limits
    }

    var count: Int { waiting.count }

    mutating func beginMessage() {
        if !related.isEmpty { related.removeAll(keepingCapacity: true) }
        asked = 0
    }

    // MARK: Asking

    /// A message asks for something.
    mutating func ask(
        _ key: RequestKey, _ fact: MessageFact, number: UInt64, at place: Int32, in states: inout ConversationStates
    ) {
        let isEarly = states[place][fact.side].early.has(key)
        let request = request(key, fact, number, place, isEarly: isEarly)
        guard states[place][fact.side].waiting.takes(key) else {
            noteForgotten(key.kind, fact.complete.time)
            note(request, .unclear, frame: 0)
            return states[place][fact.side].tally(key.kind) {
                $0.requests &+= 1
                $0.end(.unclear)
            }
        }
        append(request, in: &states)
    }

    /// A `getheaders` asks.
    ///
    /// - Parameters:
    ///   - locator: Digests of its hashes; of an empty one that of the stopping hash.
    mutating func askForHeaders(
        _ locator: [UInt64], isEmpty: Bool, _ fact: MessageFact, number: UInt64, at place: Int32,
        in states: inout ConversationStates
    ) {
        serial &+= 1
        let side = fact.side
        while let first = states[place][side].locators.first,
            states[place][side].locators.count >= limits.locators || digests > limits.digests
        {
            forget(first.index, fact.complete.time, in: &states)
        }
        let request = request(RequestKey(.headers, nonce: serial), fact, number, place)
        let index = append(request, in: &states)
        digests += locator.count
        states[place][side].locators.append(LocatorRequest(index: index, digests: locator, isEmpty: isEmpty))
    }

    private mutating func request(
        _ key: RequestKey, _ fact: MessageFact, _ number: UInt64, _ place: Int32, isEarly: Bool = false
    ) -> WaitingRequests.Request {
        defer { asked &+= 1 }
        return WaitingRequests.Request(
            key, conversation: place, side: fact.side, complete: fact.complete, message: number, place: asked,
            isReordered: fact.isReordered, isDoubtful: isEarly)
    }

    @discardableResult
    private mutating func append(
        _ request: WaitingRequests.Request, in states: inout ConversationStates
    ) -> WaitingRequests.Index {
        let (place, side) = (request.conversation, request.side)
        if states[place][side].waiting.count >= limits.ofDirection,
            let oldest = waiting.oldest(of: states[place][side].waiting)
        {
            forget(oldest, request.complete.time, in: &states)
        } else if waiting.count >= limits.ofAll, let old = waiting.someOld().map({ waiting[$0] }),
            let oldest = waiting.oldest(of: states[old.conversation][old.side].waiting)
        {
            forget(oldest, request.complete.time, in: &states)
        }
        states[place][side].tally(request.kind) { $0.requests &+= 1 }
        return waiting.append(request, to: &states[place][side].waiting)
    }

    private mutating func forget(_ index: WaitingRequests.Index, _ time: Int64, in states: inout ConversationStates) {
        noteForgotten(waiting[index].kind, time)
        end(index, .unclear, in: &states)
    }

    private mutating func noteForgotten(_ kind: RequestKind, _ time: Int64) {
        if kind == .ping {
            forgottenPing = forgottenPing ?? time
        } else {
            forgottenRequest = forgottenRequest ?? time
        }
    }

    /// A request ends without an answer.
    private mutating func end(
        _ index: WaitingRequests.Index, _ outcome: RequestOutcome, in states: inout ConversationStates
    ) {
        let request = waiting[index]
        if !request.isBegun {
            states[request.conversation][request.side].tally(request.kind) { $0.end(outcome) }
            note(request, outcome, frame: 0)
        }
        remove(index, in: &states)
    }

    private mutating func remove(_ index: WaitingRequests.Index, in states: inout ConversationStates) {
        let request = waiting[index]
        if request.kind == .headers {
            let locators = states[request.conversation][request.side].locators
            if let at = locators.firstIndex(where: { $0.index == index }) {
                digests -= locators[at].digests.count
                states[request.conversation][request.side].locators.remove(at: at)
            }
        }
        waiting.remove(index, from: &states[request.conversation][request.side].waiting)
    }

    // MARK: Answering

    /// Whether a side waits for an answer to a request of that key.
    func isAwaited(_ key: RequestKey, by asker: Direction, at place: Int32) -> Bool {
        waiting.first(key, place, asker) != nil
    }

    /// A message answers the oldest request of one of these keys.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    mutating func answer(
        _ keys: [RequestKey], as outcome: RequestOutcome = .answered, _ fact: MessageFact, at place: Int32,
        in states: inout ConversationStates
    ) -> Bool {
        guard let index = fitting(keys, fact, at: place, in: &states) else {
            // The request may have been captured after its answer, on another queue.
            for key in keys { states[place][fact.side.opposite].early.note(key.digest) }
            return false
        }
        answer(index, as: outcome, fact, in: &states)
        remove(index, in: &states)
        return true
    }

    /// A message is part of an answer of several: of the oldest request of that key.
    ///
    /// - Parameter key: With the hash that it has: where it is the request's last, the answer is whole.
    mutating func answer(
        partOf key: RequestKey, _ fact: MessageFact, at place: Int32, in states: inout ConversationStates
    ) {
        let asker = fact.side.opposite
        guard var index = waiting.firstForFilters(key.type, of: states[place][asker].waiting), isBefore(index, fact)
        else { return }
        let last = waiting.first(key, place, asker)
        if let last, last != index, isHole(after: index, in: states[place][fact.side]), isBefore(last, fact) {
            // The end of the oldest answer may be lost: a hash that ends a later one tells.
            while index != last {
                end(index, .unclear, in: &states)
                guard let next = waiting.firstForFilters(key.type, of: states[place][asker].waiting) else { return }
                index = next
            }
        }
        if waiting[index].isBegun {
            relate(index, fact)
            book?.add(
                AnswerBook.Entry(
                    message: waiting[index].message, frame: fact.complete.frame, place: waiting[index].place,
                    outcome: nil))
        } else {
            answer(index, as: .answered, fact, in: &states)
        }
        if index == last { remove(index, in: &states) } else { waiting.begin(index) }
    }

    /// `headers` answers a `getheaders`.
    ///
    /// - Parameters:
    ///   - parent: Digest of the hash on which its first header builds; nil of an empty one, which answers any.
    ///   - first: Digest of the first header's own hash, where a locator was empty.
    mutating func answerHeaders(
        parent: UInt64?, first: UInt64?, _ fact: MessageFact, at place: Int32, in states: inout ConversationStates
    ) {
        let asker = fact.side.opposite
        var fitting: [WaitingRequests.Index] = []
        for locator in states[place][asker].locators where isBefore(locator.index, fact) {
            let isFit: Bool
            if let parent {
                isFit =
                    locator.isEmpty
                    ? first.map { locator.digests.contains($0) } ?? false
                    : locator.digests.contains(parent)
            } else {
                isFit = true
            }
            if isFit { fitting.append(locator.index) }
        }
        guard var index = fitting.first else { return }
        if fitting.count > 1, isHole(after: index, in: states[place][fact.side]) {
            for old in fitting.dropLast() { end(old, .unclear, in: &states) }
            index = fitting[fitting.count - 1]
        }
        answer(index, as: .answered, fact, in: &states)
        remove(index, in: &states)
    }

    /// Whether a side waits for a header by its own hash.
    func waitsForOneHeader(_ side: SideState) -> Bool { side.locators.contains { $0.isEmpty } }

    /// The request that a message answers. Of several, after a hole, the newest: whose answer was lost cannot be known.
    private mutating func fitting(
        _ keys: [RequestKey], _ fact: MessageFact, at place: Int32, in states: inout ConversationStates
    ) -> WaitingRequests.Index? {
        let asker = fact.side.opposite
        var oldest: WaitingRequests.Index?
        for key in keys {
            guard let index = waiting.first(key, place, asker), isBefore(index, fact) else { continue }
            if let known = oldest, waiting[known].complete.frame <= waiting[index].complete.frame { continue }
            oldest = index
        }
        guard let oldest, isHole(after: oldest, in: states[place][fact.side]) else { return oldest }
        var newest = oldest
        // All but the newest of these end here, so that none is passed twice.
        for key in keys {
            var next = waiting.first(key, place, asker)
            while let index = next, isBefore(index, fact) {
                if waiting[index].complete.frame >= waiting[newest].complete.frame { newest = index }
                next = waiting.next(ofKey: index)
            }
        }
        guard newest != oldest else { return oldest }
        for key in keys {
            while let index = waiting.first(key, place, asker), index != newest, isBefore(index, fact) {
                end(index, .unclear, in: &states)
            }
        }
        return newest
    }

    /// The answer begins after the request was complete.
    private func isBefore(_ index: WaitingRequests.Index, _ fact: MessageFact) -> Bool {
        waiting[index].complete.frame < fact.first.frame
    }

    /// Bytes of the answering side are missing that may have held an answer.
    private func isHole(after index: WaitingRequests.Index, in answerer: SideState) -> Bool {
        answerer.lastHole > waiting[index].complete.frame
    }

    private mutating func answer(
        _ index: WaitingRequests.Index, as outcome: RequestOutcome, _ fact: MessageFact,
        in states: inout ConversationStates
    ) {
        let request = waiting[index]
        relate(index, fact)
        note(request, outcome, frame: fact.complete.frame)
        let budget = budget
        states[request.conversation][request.side].tally(request.kind) { tally in
            guard outcome == .answered else { return tally.end(outcome) }
            tally.answer(
                after: Self.wait(request, fact), frame: fact.complete.frame,
                isReordered: fact.isReordered || request.isReordered, budget)
        }
    }

    /// From a request's end to its answer's first byte; nil where the capture's time runs back.
    private static func wait(_ request: WaitingRequests.Request, _ fact: MessageFact) -> Int64? {
        let time = fact.first.time &- request.complete.time
        return time < 0 ? nil : time
    }

    private func note(_ request: WaitingRequests.Request, _ outcome: RequestOutcome, frame: UInt64) {
        book?.add(AnswerBook.Entry(message: request.message, frame: frame, place: request.place, outcome: outcome))
    }

    private mutating func relate(_ index: WaitingRequests.Index, _ fact: MessageFact) {
        let request = waiting[index]
        // Of a message that answers many things of one, it is said once.
        if let last = related.last, last.requestMessage == request.message { return }
        related.append(
            Related(
                requestFrame: request.complete.frame, requestMessage: request.message,
                responseTime: Self.wait(request, fact), kind: request.kind))
    }

    // MARK: Ends

    /// A connection has ended: its requests will not be answered.
    mutating func close(_ place: Int32, at time: Int64, in states: inout ConversationStates) {
        let time = min(time, states[place].closeTime ?? time)
        for side in [Direction.forward, .backward] {
            while let index = waiting.oldest(of: states[place][side].waiting) {
                let outcome = outcome(of: waiting[index], at: time, answerer: states[place][side.opposite])
                end(index, outcome, in: &states)
            }
        }
    }

    /// Notes what became of those that still wait.
    mutating func closeAll(at time: Int64, in states: inout ConversationStates) {
        for place in 0..<Int32(truncatingIfNeeded: states.count) { close(place, at: time, in: &states) }
    }

    /// Those of one side that wait too long, by kind.
    func late(of asker: Direction, in state: ConversationState, at time: Int64) -> [LateRequests] {
        let answerer = state[asker.opposite]
        let time = min(time, state.closeTime ?? time)
        var late: [LateRequests] = []
        var next = waiting.oldest(of: state[asker].waiting)
        while let index = next {
            let request = waiting[index]
            next = waiting.next(after: index)
            guard !request.isBegun else { continue }
            let outcome = outcome(of: request, at: time, answerer: answerer)
            guard outcome != .open else { continue }
            let place =
                late.firstIndex { $0.kind == request.kind }
                ?? {
                    late.append(LateRequests(kind: request.kind))
                    return late.count - 1
                }()
            if outcome == .unclear { late[place].unclear &+= 1 } else { late[place].unanswered &+= 1 }
        }
        return late
    }

    private func outcome(
        of request: WaitingRequests.Request, at time: Int64, answerer: SideState
    ) -> RequestOutcome {
        guard let deadline = request.kind.deadline, time &- request.complete.time > deadline else { return .open }
        let isUnclear =
            answerer.endsInHole || answerer.lastHole > request.complete.frame || request.isDoubtful
        return isUnclear ? .unclear : .unanswered
    }
}
