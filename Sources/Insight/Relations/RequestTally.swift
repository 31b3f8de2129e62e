import Reassembly

/// How the requests of one kind ended that one side has asked.
struct RequestTally {
    /// The answer that took longest; of equal ones the first.
    struct Slowest: Equatable {
        var time: Int64
        /// The answer's.
        var frame: UInt64
    }

    var requests: UInt64 = 0
    var answered: UInt64 = 0
    var notFound: UInt64 = 0
    var unanswered: UInt64 = 0
    var unclear: UInt64 = 0
    /// Answered ones of which bytes came out of order.
    var reordered: UInt64 = 0
    /// From the request's last byte to the answer's first one.
    var times = Samples()
    var slowest: Slowest?

    /// Those that ended in no other way.
    var open: UInt64 { requests &- answered &- notFound &- unanswered &- unclear }

    /// - Parameter time: Nil where it is not known.
    mutating func answer(after time: Int64?, frame: UInt64, isReordered: Bool, _ budget: SampleBudget) {
        answered &+= 1
        if isReordered { reordered &+= 1 }
        guard let time else { return }
        times.add(time, budget)
        if slowest.map({ time > $0.time || time == $0.time && frame < $0.frame }) ?? true {
            slowest = Slowest(time: time, frame: frame)
        }
    }

    mutating func end(_ outcome: RequestOutcome) {
        switch outcome {
        case .answered: answered &+= 1
        case .notFound: notFound &+= 1
        case .unanswered: unanswered &+= 1
        case .unclear: unclear &+= 1
        case .open: break
        }
    }

    mutating func add(_ late: LateRequests) {
        unanswered &+= UInt64(late.unanswered)
        unclear &+= UInt64(late.unclear)
    }

    /// It cannot be known whether those without an answer had one.
    mutating func doubt() {
        unclear &+= unanswered
        unanswered = 0
    }

    mutating func add(_ other: RequestTally, _ budget: SampleBudget) {
        requests &+= other.requests
        answered &+= other.answered
        notFound &+= other.notFound
        unanswered &+= other.unanswered
        unclear &+= other.unclear
        reordered &+= other.reordered
        times.add(other.times, budget)
    }
}

/// Requests of one kind and side that still wait, after their deadline.
struct LateRequests {
    let kind: RequestKind
    var unanswered: UInt32 = 0
    var unclear: UInt32 = 0
}
