import BitcoinP2P
import Fields
import Reassembly

/// What one side of a connection has said so far.
struct SideState {
    /// What it has done that tells of the connection's purpose.
    struct Deeds: OptionSet {
        let rawValue: UInt16

        static let verack = Deeds(rawValue: 1)
        static let getaddr = Deeds(rawValue: 2)
        static let filterload = Deeds(rawValue: 4)
        /// `inv`, `getdata` or `tx` of a transaction.
        static let transactions = Deeds(rawValue: 8)
        /// More than `version`, the negotiation, `verack` and `getaddr`.
        static let more = Deeds(rawValue: 16)
        /// Something after the other side's answer to `getaddr` had come.
        static let afterAddresses = Deeds(rawValue: 32)
        /// `addr` or `addrv2` with more than one entry, after the other side's `getaddr`.
        static let addresses = Deeds(rawValue: 64)
    }

    var messages: UInt64 = 0
    /// The latest frame that brought the first byte of a message.
    var lastBeginning: UInt64 = 0
    /// Of compact blocks that it wants, by its `sendcmpct` messages.
    var compactVersions: CompactVersions = []
    /// Headers and payloads, by the headers' own account; of v2 all that was seen.
    var bytes: UInt64 = 0
    var deeds: Deeds = []
    var claims: Claims?
    var verackTime: Int64?
    /// The frame that brought the first byte after the last hole; 0 where there was none.
    var lastHole: UInt64 = 0
    /// Of bytes that were read another copy came: what it has said is not proven.
    var isContested = false
    /// A hole has been left, and nothing has come after it.
    var endsInHole = false
    var waiting = WaitingRequests.Side()
    var locators: [LocatorRequest] = []
    /// What it was given unasked.
    var early = EarlyAnswers()
    /// By kind.
    var tallies: [RequestTally?] = []
    /// What messages of each command cost; empty where nobody asks for it.
    var commands: [Command: CommandTally] = [:]

    func tally(_ kind: RequestKind) -> RequestTally? { tallies.isEmpty ? nil : tallies[Int(kind.rawValue)] }

    mutating func tally(_ kind: RequestKind, _ change: (inout RequestTally) -> Void) {
        if tallies.isEmpty { tallies = Array(repeating: nil, count: RequestKind.allCases.count) }
        let place = Int(kind.rawValue)
        var tally = tallies[place].take() ?? RequestTally()
        change(&tally)
        tallies[place] = tally
    }
}

/// Versions of BIP 152.
struct CompactVersions: OptionSet {
    let rawValue: UInt8

    /// Short ids are of txids.
    static let first = CompactVersions(rawValue: 1)
    static let other = CompactVersions(rawValue: 2)
}

/// A `getheaders` that waits.
struct LocatorRequest {
    var index: WaitingRequests.Index
    /// Seeded digests of the hashes in its locator; of an empty one that of the stopping hash.
    var digests: [UInt64]
    var isEmpty: Bool
}

/// What messages of one command cost.
struct CommandTally {
    var messages: UInt64 = 0
    var share = SideFacts.Share()

    mutating func add(_ share: SideFacts.Share) {
        messages &+= 1
        self.share.add(share)
    }
}
