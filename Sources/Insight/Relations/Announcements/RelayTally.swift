import Output
import Reassembly

/// What one side of a connection announced and delivered.
struct RelayTally {
    var announced: UInt64 = 0
    /// Announced by it and by another side, both not the node's.
    var contested: UInt64 = 0
    /// Of these those that it announced first.
    var first: UInt64 = 0
    /// From the first announcement to its own, of the others.
    var lags = Samples()
    /// `tx` messages, and their bytes.
    var delivered: UInt64 = 0
    var bytes: UInt64 = 0
    var unrequested: UInt64 = 0
    /// Entries of `notfound`.
    var notFound: UInt64 = 0
    /// `tx` messages that the receiver had no need of, and their bytes.
    var duplicates: UInt64 = 0
    var wasted: UInt64 = 0
    /// From its announcement to the first request for it.
    var choices = Samples()
    /// From its announcement to all of the transaction.
    var holds = Samples()

    mutating func waste(_ bytes: UInt64) {
        duplicates &+= 1
        wasted &+= bytes
    }
}

/// How many transactions there were.
struct RelayCounts {
    var announced: UInt64 = 0
    /// Of these those that were captured in a `tx` message.
    var seen: UInt64 = 0
}

/// The tallies of all sides, and how many transactions there were.
struct RelayFigures {
    var tallies: ContiguousArray<RelayTally> = []
    var counts = RelayCounts()

    mutating func makePlace(for side: SideIndex) {
        while tallies.count <= Int(side) { tallies.append(RelayTally()) }
    }

    subscript(place: Int32, side: Direction) -> RelayTally? {
        let index = Int(Relations.index(place, side))
        return index < tallies.count ? tallies[index] : nil
    }
}
