import BitcoinP2P
import Output
import Reassembly

/// Who announced which transactions, who delivered them, and who had them already.
///
/// Two generations are remembered. What is told of is in the newer one; when that is full, what the older one tells is
/// added to the tallies of its sides, and it is forgotten. What depends on the node is judged then: before the end only
/// the best guess is known.
struct TransactionBook {
    /// The first announcement of a transaction.
    struct First {
        let side: SideIndex
        let frame: UInt64
        let time: Int64
    }

    private var newer: TransactionGeneration
    private var older: TransactionGeneration
    /// What is still remembered is not in them.
    private var judged = RelayFigures()
    /// When something was forgotten for the first time, in nanoseconds since 1970.
    private(set) var forgottenTime: Int64?
    private let budget: SampleBudget

    init(_ budget: SampleBudget, limits: TransactionGeneration.Limits = TransactionGeneration.Limits()) {
        self.budget = budget
        newer = TransactionGeneration(limits)
        older = TransactionGeneration(limits)
    }

    /// Digests of names depend on a random seed: peers choose hashes.
    private func digest(_ name: Hash256) -> UInt64 { UInt64(bitPattern: Int64(name.hashValue)) }

    private mutating func tally(_ side: SideIndex, _ change: (inout RelayTally) -> Void) {
        judged.makePlace(for: side)
        change(&judged.tallies[Int(side)])
    }

    // MARK: Messages

    /// A side announces a transaction by its txid or wtxid.
    ///
    /// - Returns: Who did first, if that was not this very message.
    mutating func announce(_ name: Hash256, by side: SideIndex, _ origin: Origin) -> First? {
        let index = entry(of: digest(name))
        newer.announce(index, by: side, origin)
        return Self.first(index, in: newer, before: origin)
    }

    /// The entry of a name: in the newer generation, whatever was known of it in the older one.
    private mutating func entry(of name: UInt64) -> TransactionGeneration.Index {
        if let index = newer.find(name) { return index }
        let index = newer.insert(name)
        moveOld(name, to: index)
        return index
    }

    private static func first(
        _ index: TransactionGeneration.Index, in generation: TransactionGeneration, before origin: Origin
    ) -> First? {
        guard let part = generation.part(generation.entries[Int(index)].firstAnnounced),
            part.announced < origin.frame
        else { return nil }
        return First(side: part.side, frame: part.announced, time: part.announcedTime)
    }

    /// A side asks another for a transaction.
    mutating func ask(for name: Hash256, of side: SideIndex, _ fact: MessageFact) {
        let digest = digest(name)
        let announced: Int64? =
            if let index = newer.find(digest) {
                newer.choose(index, of: side, in: fact.first.frame)
            } else if let index = older.find(digest) {
                older.choose(index, of: side, in: fact.first.frame)
            } else {
                nil
            }
        guard let announced else { return }
        let budget = budget
        tally(side) { $0.choices.add(max(0, fact.first.time &- announced), budget) }
    }

    /// A side does not have what it was asked for.
    mutating func miss(by side: SideIndex) { tally(side) { $0.notFound &+= 1 } }

    /// A side sends a transaction to another.
    ///
    /// - Parameters:
    ///   - wtxid: The same as `txid` of a transaction without witness.
    ///   - isRequested: It answers a request.
    mutating func deliver(
        _ txid: Hash256, _ wtxid: Hash256, from side: SideIndex, to other: SideIndex, _ fact: MessageFact,
        isRequested: Bool
    ) -> Told {
        let bytes = UInt64(clamping: fact.length)
        let index = see(digest(txid), digest(wtxid))
        let told = told(index, of: side, before: fact.complete)
        let isAgain = newer.deliver(index, from: side, to: other, fact.complete, bytes: bytes)
        tally(side) {
            $0.delivered &+= 1
            $0.bytes &+= bytes
            if !isRequested { $0.unrequested &+= 1 }
            if isAgain { $0.waste(bytes) }
        }
        return told
    }

    /// What was announced of a transaction before it came.
    struct Told {
        /// The frame of the sender's announcement.
        var own: UInt64?
        var first: First?
    }

    private func told(_ index: TransactionGeneration.Index, of side: SideIndex, before origin: Origin) -> Told {
        let own = newer.find(side, in: index).flatMap { newer.part($0) }.map(\.announced)
        return Told(
            own: own.flatMap { $0 > 0 ? $0 : nil }, first: Self.first(index, in: newer, before: origin))
    }

    /// The entry of a transaction that is captured: from now on it has both names.
    private mutating func see(_ txid: UInt64, _ wtxid: UInt64) -> TransactionGeneration.Index {
        let index = entry(of: txid)
        if wtxid != txid {
            let other = newer.find(wtxid)
            if let other, other != index { newer.join(other, to: index) }
            newer.name(index, wtxid)
            if other == nil { moveOld(wtxid, to: index) }
        }
        newer.see(index)
        return index
    }

    /// What the older generation knows of a transaction goes to the newer one.
    private mutating func moveOld(_ name: UInt64, to index: TransactionGeneration.Index) {
        guard let old = older.find(name) else { return }
        let entry = older.entries[Int(old)]
        var moved: [(TransactionGeneration.Part, TransactionGeneration.Reception?)] = []
        older.forEachPart(of: entry) { moved.append(($0, older.reception(of: $0))) }
        for (part, reception) in moved { newer.take(part, reception, in: index) }
        if entry.isSeen { newer.see(index) }
        for known in [entry.names.0, entry.names.1] where known != name { newer.name(index, known) }
        older.clear(old)
    }

    // MARK: Generations

    /// The next message may find no room: ``turn(_:_:)`` makes it.
    var isFull: Bool { newer.isFull }

    /// The older generation is judged and forgotten, the newer one becomes the older.
    ///
    /// - Parameter nodeSides: The node's, as far as they are known by now.
    mutating func turn(_ time: Int64, _ nodeSides: NodeSides) {
        if !older.entries.isEmpty {
            forgottenTime = forgottenTime ?? time
            Self.judge(older, nodeSides, into: &judged, budget)
        }
        older.removeAll()
        swap(&older, &newer)
    }

    /// The tallies as if all ended now.
    func figures(_ nodeSides: NodeSides, _ budget: SampleBudget) -> RelayFigures {
        var figures = judged
        for generation in [older, newer] { Self.judge(generation, nodeSides, into: &figures, budget) }
        return figures
    }

    private static func judge(
        _ generation: TransactionGeneration, _ nodeSides: NodeSides,
        into figures: inout RelayFigures, _ budget: SampleBudget
    ) {
        var judge = RelayJudge()
        for index in generation.entries.indices where generation.entries[index].root == Int32(index) {
            judge.judge(generation.entries[index], of: generation, nodeSides, into: &figures, budget)
        }
    }
}
