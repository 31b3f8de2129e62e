import BitcoinP2P
import Records

/// How many messages came, and how.
struct MessageCounts {
    var whole: UInt64 = 0
    var cut: UInt64 = 0
    var good: UInt64 = 0
    var bad: UInt64 = 0
    var absent: UInt64 = 0
    /// Of v2, whose packets authenticate.
    var authenticated: UInt64 = 0

    mutating func add(_ fact: MessageFact) {
        if fact.isCut { cut &+= 1 } else { whole &+= 1 }
        if fact.transport == .v2 {
            if !fact.isCut { authenticated &+= 1 }
            return
        }
        switch fact.status {
        case .good: good &+= 1
        case .bad: bad &+= 1
        case .notPresent: absent &+= 1
        case .unverified: break
        }
    }
}
