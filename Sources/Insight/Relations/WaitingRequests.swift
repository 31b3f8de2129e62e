import Reassembly

/// Requests that wait for an answer, of all connections.
///
/// Those of one key in one direction stand in a chain, the oldest first; so do all of one direction. A chain is found by a
/// hash of its key with a random seed, since peers choose nonces and hashes; the key itself is compared as well.
struct WaitingRequests {
    typealias Index = Int32
    static let none: Index = -1

    struct Request {
        var key: RequestKey
        /// The conversation, and the side that asked.
        var conversation: Int32
        var side: Direction
        /// An answer of several messages has begun.
        var isBegun = false
        /// Bytes of the asking message came out of order.
        var isReordered: Bool
        fileprivate var isLive = true
        var complete: Origin
        /// Of the asking message; and which of the things that it asked for this is.
        var message: UInt64
        var place: UInt32
        /// Of an answer of several messages: a digest of the hash with which it ends.
        var end: UInt64
        fileprivate var nextOfKey = WaitingRequests.none
        fileprivate var previousOfKey = WaitingRequests.none
        fileprivate var nextOfSide = WaitingRequests.none
        fileprivate var previousOfSide = WaitingRequests.none

        init(
            _ key: RequestKey, conversation: Int32, side: Direction, complete: Origin, message: UInt64, place: UInt32,
            isReordered: Bool, end: UInt64 = 0
        ) {
            self.key = key
            self.conversation = conversation
            self.side = side
            self.complete = complete
            self.message = message
            self.place = place
            self.isReordered = isReordered
            self.end = end
        }
    }

    /// The requests of one direction, from the oldest to the newest.
    struct Side {
        fileprivate var first = WaitingRequests.none
        fileprivate var last = WaitingRequests.none
        private(set) var count = 0

        init() {}

        fileprivate mutating func note(_ change: Int) { count += change }
    }

    private struct Chain {
        var first: Index
        var last: Index
    }

    private var requests: ContiguousArray<Request> = []
    private var free: [Index] = []
    private var chains: [UInt64: Chain] = [:]
    /// Where the next one to forget is sought.
    private var hand = 0

    var count: Int { requests.count - free.count }

    init() {}

    subscript(index: Index) -> Request {
        get { requests[Int(index)] }
        _modify { yield &requests[Int(index)] }
    }

    /// The oldest of a direction.
    func oldest(of side: Side) -> Index? { side.first == Self.none ? nil : side.first }

    /// The one after it in its direction.
    func next(after index: Index) -> Index? {
        let next = requests[Int(index)].nextOfSide
        return next == Self.none ? nil : next
    }

    @discardableResult
    mutating func append(_ request: Request, to side: inout Side) -> Index {
        let index: Index
        if let last = free.popLast() {
            index = last
            requests[Int(index)] = request
        } else {
            index = Index(truncatingIfNeeded: requests.count)
            requests.append(request)
        }
        requests[Int(index)].previousOfSide = side.last
        if side.last != Self.none { requests[Int(side.last)].nextOfSide = index } else { side.first = index }
        side.last = index
        side.note(1)
        let place = Self.place(of: request.key, request.conversation, request.side)
        if let chain = chains[place] {
            requests[Int(index)].previousOfKey = chain.last
            requests[Int(chain.last)].nextOfKey = index
            chains[place]?.last = index
        } else {
            chains[place] = Chain(first: index, last: index)
        }
        return index
    }

    mutating func remove(_ index: Index, from side: inout Side) {
        let request = requests[Int(index)]
        if request.previousOfSide != Self.none {
            requests[Int(request.previousOfSide)].nextOfSide = request.nextOfSide
        } else {
            side.first = request.nextOfSide
        }
        if request.nextOfSide != Self.none {
            requests[Int(request.nextOfSide)].previousOfSide = request.previousOfSide
        } else {
            side.last = request.previousOfSide
        }
        side.note(-1)
        let place = Self.place(of: request.key, request.conversation, request.side)
        if request.previousOfKey != Self.none {
            requests[Int(request.previousOfKey)].nextOfKey = request.nextOfKey
        }
        if request.nextOfKey != Self.none {
            requests[Int(request.nextOfKey)].previousOfKey = request.previousOfKey
        }
        if request.previousOfKey == Self.none, request.nextOfKey == Self.none {
            chains[place] = nil
        } else if request.previousOfKey == Self.none {
            chains[place]?.first = request.nextOfKey
        } else if request.nextOfKey == Self.none {
            chains[place]?.last = request.previousOfKey
        }
        requests[Int(index)].isLive = false
        free.append(index)
    }

    /// One of those that have waited longest, of any direction.
    mutating func anOld() -> Index? {
        guard count > 0 else { return nil }
        while true {
            if hand >= requests.count { hand = 0 }
            if requests[hand].isLive { return Index(truncatingIfNeeded: hand) }
            hand += 1
        }
    }

    /// The oldest request of a key, and after `previous` the next one.
    func first(_ key: RequestKey, _ conversation: Int32, _ side: Direction) -> Index? {
        chains[Self.place(of: key, conversation, side)].flatMap { matching(key, conversation, side, from: $0.first) }
    }

    func next(_ key: RequestKey, after previous: Index) -> Index? {
        let request = requests[Int(previous)]
        return matching(key, request.conversation, request.side, from: request.nextOfKey)
    }

    /// The newest request of a key that was complete before a frame.
    func last(_ key: RequestKey, _ conversation: Int32, _ side: Direction, before frame: UInt64) -> Index? {
        guard let chain = chains[Self.place(of: key, conversation, side)] else { return nil }
        var index = chain.last
        while index != Self.none {
            let request = requests[Int(index)]
            if request.key == key, request.conversation == conversation, request.side == side,
                request.complete.frame < frame
            {
                return index
            }
            index = request.previousOfKey
        }
        return nil
    }

    /// Two keys share a chain only where their hashes are the same.
    private func matching(_ key: RequestKey, _ conversation: Int32, _ side: Direction, from start: Index) -> Index? {
        var index = start
        while index != Self.none {
            let request = requests[Int(index)]
            if request.key == key, request.conversation == conversation, request.side == side { return index }
            index = request.nextOfKey
        }
        return nil
    }

    private static func place(of key: RequestKey, _ conversation: Int32, _ side: Direction) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(UInt64(UInt32(bitPattern: conversation)) << 1 | UInt64(side.rawValue))
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
