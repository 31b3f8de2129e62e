import Reassembly
import Support

/// What goes wrong at a capture point.
struct PropertyCapture {
    /// Percent of packets.
    var loss = 0
    var duplicates = 0
    var splits = 0
    /// Percent that are written behind later ones, their times with them.
    var reordered = 0
    /// Percent that are written up to two seconds late.
    var late = 0
    /// Percent of segments without payload that are lost.
    var lostAcknowledgements = 0
    /// Nothing of the client, or of the server.
    var lacksClient = false
    var lacksServer = false
    /// So many of the first packets are lost.
    var skipped = 0
    /// All sums of a side are wrong.
    var wrongSumsOfClient = false
    var wrongSumsOfServer = false
    /// Percent of real segments whose sums are wrong.
    var wrongSums = 0
    /// Bytes of payload that are kept.
    var snap: Int?
    /// Percent of packets at which the clock leaps.
    var leaps = 0

    /// Nothing is lost, and nothing comes later than a grace.
    var isComplete: Bool {
        loss == 0 && late == 0 && lostAcknowledgements == 0 && !isOneSided && skipped == 0 && wrongSums == 0
            && snap == nil
    }
    var isOneSided: Bool { lacksClient || lacksServer }

    /// The forgeries that can be known by what is captured.
    var knowable: [Forgery] {
        // Where the beginning was not captured, a forged segment may be the first.
        if skipped > 0 { return [] }
        var kinds = isOneSided || lostAcknowledgements > 0 ? Forgery.knownOfOneSide : Forgery.allCases
        // Where acknowledgements are captured ahead of the bytes, or without them, one ahead of what was sent is no sign.
        if reordered > 0 || late > 0 || !isComplete { kinds.removeAll { $0 == .acknowledgementAhead } }
        // Where the other side is not always heard, a segment beyond the window may be the next one that was captured.
        if isOneSided || lostAcknowledgements > 0 || !isComplete { kinds.removeAll { $0 == .stray || $0 == .strays } }
        // Where bytes are lacking, others in their place may be true.
        if !isComplete { kinds.removeAll { $0 == .oldBytes } }
        return wrongSumsOfClient || wrongSumsOfServer ? kinds.filter { !$0.hasWrongSum } : kinds
    }

    init(_ generator: inout SeededGenerator) {
        // A third of the captures is perfect, a third has one fault, a third many.
        let kind = Int.random(in: 0..<3, using: &generator)
        if kind == 0 { return }
        let faults = Array(0..<13).shuffled(using: &generator).prefix(kind == 1 ? 1 : 4)
        for fault in faults { add(fault, &generator) }
    }

    private mutating func add(_ fault: Int, _ generator: inout SeededGenerator) {
        switch fault {
        case 0, 1: loss = Int.random(in: 1...10, using: &generator)
        case 2: duplicates = Int.random(in: 1...30, using: &generator)
        case 3: splits = Int.random(in: 1...60, using: &generator)
        case 4, 5: reordered = Int.random(in: 1...30, using: &generator)
        case 6: late = Int.random(in: 1...10, using: &generator)
        case 7: lostAcknowledgements = [50, 90, 100][Int.random(in: 0..<3, using: &generator)]
        case 8: if generator.chance(50) { lacksClient = true } else { lacksServer = true }
        case 9: skipped = Int.random(in: 1...12, using: &generator)
        case 10: if generator.chance(50) { wrongSumsOfClient = true } else { wrongSumsOfServer = true }
        case 11: if generator.chance(50) { wrongSums = 5 } else { snap = Int.random(in: 0...300, using: &generator) }
        default: leaps = 3
        }
    }

    /// The packets as they stand in the file.
    func apply(_ wire: [WireSegment], _ generator: inout SeededGenerator) -> [WireSegment] {
        var found: [WireSegment] = []
        var hasBegun = (client: false, server: false)
        for (index, segment) in wire.enumerated() where index >= skipped {
            if segment.fromClient ? lacksClient : lacksServer { continue }
            let isReal = segment.forgery == nil
            // A forged segment that is the first of its side may be true.
            let isFirst = segment.fromClient ? !hasBegun.client : !hasBegun.server
            if !isReal, isFirst, !isComplete { continue }
            // The handshake is lost with `skipped` only.
            if isReal, index > 3, generator.chance(loss) { continue }
            if isReal, segment.payload.isEmpty, segment.segment.flags == .ack, generator.chance(lostAcknowledgements) {
                continue
            }
            var one = segment
            if segment.fromClient ? wrongSumsOfClient : wrongSumsOfServer { one.segment.isChecksumWrong = true }
            let isDamaged = isReal && generator.chance(wrongSums)
            if isDamaged { one.segment.isChecksumWrong = true }
            // A damaged one is not believed.
            if isReal, !isDamaged, !segment.segment.flags.contains(.syn) {
                if segment.fromClient { hasBegun.client = true } else { hasBegun.server = true }
            }
            for part in generator.chance(splits) ? split(one, &generator) : [one] {
                found.append(part)
                if generator.chance(duplicates) { found.append(part) }
            }
        }
        disorder(&found, &generator)
        if let snap { for index in found.indices { found[index].payload = Array(found[index].payload.prefix(snap)) } }
        leap(&found, &generator)
        return found
    }

    private func split(_ segment: WireSegment, _ generator: inout SeededGenerator) -> [WireSegment] {
        guard segment.payload.count > 1, segment.segment.flags.isDisjoint(with: [.syn, .rst]) else { return [segment] }
        let place = Int.random(in: 1..<segment.payload.count, using: &generator)
        var (one, other) = (segment, segment)
        one.payload = Array(segment.payload[..<place])
        one.segment.wireLength = place
        one.segment.flags.remove(.fin)
        other.payload = Array(segment.payload[place...])
        other.segment.wireLength -= place
        other.segment.sequence &+= UInt32(place)
        return [one, other]
    }

    private func disorder(_ found: inout [WireSegment], _ generator: inout SeededGenerator) {
        // Of a handshake that comes late its options are not known, nor where streams begin.
        for index in found.indices.dropFirst(4).dropLast() where generator.chance(reordered) {
            let other = min(index + Int.random(in: 1...3, using: &generator), found.count - 1)
            // Within a few milliseconds, as cards with many queues do it.
            if found[other].time - found[index].time <= 5 * PropertyTraffic.millisecond { found.swapAt(index, other) }
        }
        guard late > 0 else { return }
        for index in found.indices.dropFirst(4) where found[index].forgery == nil && generator.chance(late) {
            found[index].time += Int64.random(in: 0...2000, using: &generator) * PropertyTraffic.millisecond
        }
        found.sort { $0.time < $1.time }
    }

    private func leap(_ found: inout [WireSegment], _ generator: inout SeededGenerator) {
        guard leaps > 0 else { return }
        var offset: Int64 = 0
        for index in found.indices {
            if generator.chance(leaps) { offset += Int64.random(in: -36_000...36_000, using: &generator) * second }
            found[index].time += offset
            // One nonsense time.
            if generator.chance(leaps) { found[index].time = Int64(bitPattern: generator.next()) }
        }
    }
}
