import Reassembly

/// Requests that wait for an answer, of all connections: 64 bytes each.
///
/// Those of one key in one direction stand in a chain, the oldest first; so do all of one direction, and those for filters
/// of one type. Requests are only removed from the beginning of the chain of their key.
struct WaitingRequests {
    typealias Index = Int32
    fileprivate static let none: Index = -1

    struct Request {
        /// Of its key, connection and side, with a random seed.
        fileprivate let digest: UInt64
        /// Of the key itself.
        private let word: UInt32
        /// Which of the things it is that its message asked for.
        let place: UInt32
        let complete: Origin
        /// Of the asking message.
        let message: UInt64
        /// The conversation, and the side that asked.
        let conversation: Int32
        let side: Direction
        let kind: RequestKind
        /// Of a filter.
        let type: UInt8
        private var flags: Flags
        fileprivate var nextOfKey = WaitingRequests.none
        fileprivate var nextOfType = WaitingRequests.none
        fileprivate var nextOfSide = WaitingRequests.none
        fileprivate var previousOfSide = WaitingRequests.none

        private struct Flags: OptionSet {
            let rawValue: UInt8
            static let begun = Flags(rawValue: 1)
            static let reordered = Flags(rawValue: 2)
            static let live = Flags(rawValue: 4)
            static let doubtful = Flags(rawValue: 8)
        }

        init(
            _ key: RequestKey, conversation: Int32, side: Direction, complete: Origin, message: UInt64,
            place: UInt32, isReordered: Bool, isDoubtful: Bool = false
        ) {
            self.place = place
            digest = key.digest(conversation, side)
            word = key.firstWord
            kind = key.kind
            type = key.type
            self.conversation = conversation
            self.side = side
            self.complete = complete
            self.message = message
            flags = .live
            if isReordered { flags.insert(.reordered) }
            if isDoubtful { flags.insert(.doubtful) }
        }

        /// A message that may be its answer was captured before it.
        var isDoubtful: Bool { flags.contains(.doubtful) }
        /// Bytes of the asking message came out of order.
        var isReordered: Bool { flags.contains(.reordered) }
        /// An answer of several messages has begun.
        var isBegun: Bool {
            get { flags.contains(.begun) }
            set { if newValue { flags.insert(.begun) } else { flags.remove(.begun) } }
        }
        fileprivate var isLive: Bool {
            get { flags.contains(.live) }
            set { if newValue { flags.insert(.live) } else { flags.remove(.live) } }
        }

        /// Whether it is one of that key, whose digest is the same.
        fileprivate func has(_ key: RequestKey, _ conversation: Int32, _ side: Direction) -> Bool {
            word == key.firstWord && kind == key.kind && type == key.type && conversation == self.conversation
                && side == self.side
        }
    }

    /// The requests of one direction, from the oldest to the newest.
    struct Side {
        /// Those for filters of one type.
        fileprivate struct Filters {
            let type: UInt8
            var first: Index
            var last: Index
        }

        fileprivate var first = WaitingRequests.none
        fileprivate var last = WaitingRequests.none
        fileprivate(set) var count: Int32 = 0
        fileprivate var filters: [Filters] = []
        /// How many types are kept apart; there is one.
        private static let filterLimit = 8

        init() {}

        /// Whether there is room for a request of that key.
        func takes(_ key: RequestKey) -> Bool {
            key.kind != .cfilters || filters.count < Self.filterLimit || filters.contains { $0.type == key.type }
        }
    }

    private var requests = Pool<Request>()
    private var table = RequestTable()
    /// Where the next one to forget is sought.
    private var hand = 0

    var count: Int { requests.count }

    init() {}

    subscript(index: Index) -> Request { requests[index] }

    /// A first part of its answer has come.
    mutating func begin(_ index: Index) { requests[index].isBegun = true }

    /// The oldest of a direction.
    func oldest(of side: Side) -> Index? { Self.known(side.first) }

    /// The one after it in its direction.
    func next(after index: Index) -> Index? { Self.known(requests[index].nextOfSide) }

    /// One of those that have waited long, of any direction; another each time.
    mutating func someOld() -> Index? {
        guard count > 0 else { return nil }
        while true {
            if hand >= requests.placeCount { hand = 0 }
            defer { hand &+= 1 }
            let index = Index(truncatingIfNeeded: hand)
            if requests[index].isLive { return index }
        }
    }

    /// The oldest request of a key.
    func first(_ key: RequestKey, _ conversation: Int32, _ side: Direction) -> Index? {
        guard let chain = table.find(key.digest(conversation, side)) else { return nil }
        return requests[chain.first].has(key, conversation, side) ? chain.first : nil
    }

    /// The one after it of the same key.
    func next(ofKey index: Index) -> Index? { Self.known(requests[index].nextOfKey) }

    /// The oldest request of a direction for filters of a type.
    func firstForFilters(_ type: UInt8, of side: Side) -> Index? { side.filters.first { $0.type == type }?.first }

    private static func known(_ index: Index) -> Index? { index == none ? nil : index }

    // MARK: Changes

    @discardableResult
    mutating func append(_ request: Request, to side: inout Side) -> Index {
        let index = requests.insert(request)
        requests[index].previousOfSide = side.last
        if side.last != Self.none { requests[side.last].nextOfSide = index } else { side.first = index }
        side.last = index
        side.count &+= 1
        if let previous = table.append(index, to: request.digest) { requests[previous].nextOfKey = index }
        if request.kind == .cfilters { appendForFilters(index, request.type, to: &side) }
        return index
    }

    private mutating func appendForFilters(_ index: Index, _ type: UInt8, to side: inout Side) {
        guard let place = side.filters.firstIndex(where: { $0.type == type }) else {
            return side.filters.append(Side.Filters(type: type, first: index, last: index))
        }
        requests[side.filters[place].last].nextOfType = index
        side.filters[place].last = index
    }

    /// Removes the oldest request of its key.
    mutating func remove(_ index: Index, from side: inout Side) {
        let request = requests[index]
        if let previous = Self.known(request.previousOfSide) {
            requests[previous].nextOfSide = request.nextOfSide
        } else {
            side.first = request.nextOfSide
        }
        if let next = Self.known(request.nextOfSide) {
            requests[next].previousOfSide = request.previousOfSide
        } else {
            side.last = request.previousOfSide
        }
        side.count &-= 1
        table.removeFirst(of: request.digest, next: Self.known(request.nextOfKey))
        if let place = side.filters.firstIndex(where: { $0.first == index }) {
            if let next = Self.known(request.nextOfType) {
                side.filters[place].first = next
            } else {
                side.filters.remove(at: place)
            }
        }
        requests[index].isLive = false
        requests.release(index)
    }
}
