import Output

/// Judges who was first with a transaction, and who was sent it in vain, when all about it is known.
///
/// All sides of the node are one receiver.
struct RelayJudge {
    private typealias Part = TransactionGeneration.Part

    private var announcing: [Part] = []

    mutating func judge(
        _ entry: TransactionGeneration.Entry, of generation: TransactionGeneration, _ nodeSides: NodeSides,
        into figures: inout RelayFigures, _ budget: SampleBudget
    ) {
        announcing.removeAll(keepingCapacity: true)
        var nodeHasSince = UInt64.max
        var (wasAnnounced, last) = (false, SideIndex(-1))
        var found: [Part] = []
        swap(&found, &announcing)
        generation.forEachPart(of: entry) { part in
            last = max(last, part.side, part.side ^ 1)
            let isNode = nodeSides[part.side]
            if isNode { nodeHasSince = min(nodeHasSince, part.hasSince) }
            guard part.announced > 0 else { return }
            wasAnnounced = true
            if !isNode { found.append(part) }
        }
        swap(&found, &announcing)
        figures.makePlace(for: last)
        if wasAnnounced {
            figures.counts.announced &+= 1
            if entry.isSeen { figures.counts.seen &+= 1 }
        }
        generation.forEachPart(of: entry) { part in
            if part.announced > 0 { figures.tallies[Int(part.side)].announced &+= 1 }
            guard let reception = generation.reception(of: part) else { return }
            let sender = part.side ^ 1
            if reception.isDuplicate || nodeSides[part.side] && nodeHasSince < reception.frame {
                return figures.tallies[Int(sender)].waste(reception.bytes)
            }
            // The sender has a part: it sent.
            guard let place = generation.find(sender, in: entry.root), let told = generation.part(place),
                told.announced > 0, told.announced <= reception.frame
            else { return }
            figures.tallies[Int(sender)].holds.add(max(0, reception.time &- told.announcedTime), budget)
        }
        compete(into: &figures, budget)
    }

    private mutating func compete(into figures: inout RelayFigures, _ budget: SampleBudget) {
        guard announcing.count > 1 else { return }
        announcing.sort { ($0.announced, $0.side) < ($1.announced, $1.side) }
        let first = announcing[0]
        figures.tallies[Int(first.side)].first &+= 1
        for part in announcing {
            figures.tallies[Int(part.side)].contested &+= 1
            if part.side == first.side { continue }
            figures.tallies[Int(part.side)].lags.add(max(0, part.announcedTime &- first.announcedTime), budget)
        }
    }
}
