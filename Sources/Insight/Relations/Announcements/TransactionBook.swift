import BitcoinP2P
import Output
import Reassembly

/// Who announced which transactions, who delivered them, and who had them already.
///
/// Two generations are remembered. When the newer one is full, what the older one tells is added to the tallies of its sides,
/// and it is forgotten. What depends on the node is judged then: before the end only the best guess is known. Of what is
/// told of again, that which few sides had a part in goes to the newer one; to move more would take too long.
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
        let (age, index) = entry(of: digest(name))
        self[age].announce(index, by: side, origin)
        return first(index, of: age, before: origin)
    }

    private enum Age {
        case newer
        case older
    }

    private subscript(age: Age) -> TransactionGeneration {
        _read { if age == .newer { yield newer } else { yield older } }
        _modify { if age == .newer { yield &newer } else { yield &older } }
    }

    /// How many parts are moved to the newer generation at most.
    private static let movedParts = 16

    /// The entry of a name, begun where there is none.
    private mutating func entry(of name: UInt64) -> (Age, TransactionGeneration.Index) {
        if let index = newer.find(name) { return (.newer, index) }
        guard let old = older.find(name) else { return (.newer, newer.insert(name)) }
        if older.entries[Int(old)].partCount > Self.movedParts { return (.older, old) }
        let index = newer.insert(name)
        move(old, of: .older, to: index, of: .newer, except: name)
        return (.newer, index)
    }

    private func first(_ index: TransactionGeneration.Index, of age: Age, before origin: Origin) -> First? {
        // As an argument, what ``subscript(_:)`` lends would be copied, with a count for each of its arrays.
        switch age {
        case .newer: Self.first(index, in: newer, before: origin)
        case .older: Self.first(index, in: older, before: origin)
        }
    }

    private static func first(
        _ index: TransactionGeneration.Index, in generation: borrowing TransactionGeneration, before origin: Origin
    ) -> First? {
        guard let part = generation.part(generation.entries[Int(index)].firstAnnounced),
            part.announced < origin.frame
        else { return nil }
        return First(side: part.side, frame: part.announced, time: part.announcedTime)
    }

    /// A side asks another for a transaction.
    ///
    /// - Returns: How the other one has announced it, if this is the first time.
    @discardableResult
    mutating func ask(for name: Hash256, of side: SideIndex, _ fact: MessageFact) -> AskedAnnouncement? {
        let digest = digest(name)
        let announced: Origin? =
            if let index = newer.find(digest) {
                newer.choose(index, of: side, in: fact.first.frame)
            } else if let index = older.find(digest) {
                older.choose(index, of: side, in: fact.first.frame)
            } else {
                nil
            }
        guard let announced else { return nil }
        let (budget, time) = (budget, max(0, fact.first.time &- announced.time))
        tally(side) { $0.choices.add(time, budget) }
        return AskedAnnouncement(frame: announced.frame, time: time)
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
        let (age, index) = see(digest(txid), digest(wtxid))
        let told = told(index, of: age, by: side, before: fact.complete)
        let isAgain = self[age].deliver(index, from: side, to: other, fact.complete, bytes: bytes)
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

    private func told(
        _ index: TransactionGeneration.Index, of age: Age, by side: SideIndex, before origin: Origin
    ) -> Told {
        let own = self[age].find(side, in: index).flatMap { self[age].part($0) }.map(\.announced)
        return Told(own: own.flatMap { $0 > 0 ? $0 : nil }, first: first(index, of: age, before: origin))
    }

    /// The entry of a transaction that is captured: from now on it has both names.
    private mutating func see(_ txid: UInt64, _ wtxid: UInt64) -> (Age, TransactionGeneration.Index) {
        let (age, index) = entry(of: txid)
        if wtxid != txid {
            for other in [Age.newer, .older] {
                guard let known = self[other].find(wtxid), known != index || other != age else { continue }
                if other == age {
                    self[age].join(known, to: index)
                } else {
                    move(known, of: other, to: index, of: age, except: txid)
                }
            }
            self[age].name(index, wtxid)
        }
        self[age].see(index)
        return (age, index)
    }

    /// What one generation knows of a transaction goes to the other one, with its names.
    private mutating func move(
        _ old: TransactionGeneration.Index, of from: Age, to index: TransactionGeneration.Index, of age: Age,
        except name: UInt64
    ) {
        let entry = self[from].entries[Int(old)]
        var moved: [(TransactionGeneration.Part, TransactionGeneration.Reception?)] = []
        self[from].forEachPart(of: entry) { moved.append(($0, self[from].reception(of: $0))) }
        for (part, reception) in moved { self[age].take(part, reception, in: index) }
        if entry.isSeen { self[age].see(index) }
        for known in [entry.names.0, entry.names.1] where known != name { self[age].name(index, known) }
        self[from].clear(old)
    }

    // MARK: Generations

    /// What is to be told of a transaction may find no room: ``turn(_:_:)`` makes it.
    func isFull(for name: Hash256) -> Bool {
        if newer.isFull { return true }
        guard older.isFullOfParts else { return false }
        let digest = digest(name)
        return newer.find(digest) == nil && older.find(digest) != nil
    }

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
