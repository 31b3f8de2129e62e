import Reassembly
import Support

/// What an attacker makes of a segment so that its receiver drops it.
enum Forgery: CaseIterable {
    case stray, strays, syn, synData, synAnswer, finWithBadSum, rst, acknowledgementAhead, acknowledgementBehind
    case wrongSum, oldTimestamp, withoutAcknowledgement, pureAcknowledgement, oldBytes

    /// Those that can be known by the segments of one side alone.
    static let knownOfOneSide: [Forgery] = [.stray, .finWithBadSum, .rst, .wrongSum, .withoutAcknowledgement]

    var hasWrongSum: Bool { self == .wrongSum || self == .finWithBadSum }
}

extension Forgery {
    /// Makes segments to `target` in the name of `sender`, who know nothing of it. Whether they are dropped is for the
    /// receiver to judge.
    func make(
        sender: PropertyEnd, target: PropertyEnd, now: Int64, _ generator: inout SeededGenerator
    ) -> [(segment: Segment, payload: [UInt8])] {
        let next = target.peerFirst &+ UInt32(target.expected)
        let length = Int.random(in: 1...40, using: &generator)
        var payload = [UInt8](repeating: 0x46, count: length)
        var segment = Segment(
            sequence: next, acknowledgement: target.first &+ UInt32(target.acknowledged), flags: .ack,
            wireLength: length)
        segment.window = UInt16(sender.window >> Int(sender.shift))
        if sender.usesTimestamps { segment.options.timestamp = sender.stamp(now) }
        /// Ahead within what the receiver has room for.
        let near = UInt32.random(in: 0...2000, using: &generator)
        switch self {
        case .stray, .strays:
            let distances: [UInt32] = [17 << 20, 60 << 20, 1 << 30, 1 << 31, 3 << 30]
            segment.sequence = next &+ distances[Int.random(in: 0..<5, using: &generator)] &+ near
            guard self == .strays else { break }
            return (0..<UInt32.random(in: 2...6, using: &generator)).map { index in
                var one = segment
                one.sequence = segment.sequence &+ index * UInt32(length)
                return (one, payload)
            }
        case .syn, .synData, .synAnswer:
            segment.sequence = generator.chance(30) ? next &+ near : UInt32(truncatingIfNeeded: generator.next())
            segment.flags = self == .synAnswer ? [.syn, .ack] : .syn
            if self != .synData { payload = [] }
        case .finWithBadSum:
            segment.flags.insert(.fin)
            segment.isChecksumWrong = true
            if generator.chance(50) { payload = [] }
        case .rst:
            segment.flags = generator.chance(50) ? .rst : [.rst, .ack]
            segment.sequence = generator.chance(70) ? next &+ near &+ 1 : UInt32(truncatingIfNeeded: generator.next())
            if generator.chance(80) { payload = [] }
        case .acknowledgementAhead:
            let ahead: [UInt32] = [1, near + 1, 1 << 20, 1 << 30]
            segment.acknowledgement =
                target.first &+ UInt32(target.sent) &+ ahead[Int.random(in: 0..<4, using: &generator)]
        case .acknowledgementBehind:
            let behind: [UInt32] = [1, near + 1, 1 << 20, 1 << 30]
            segment.acknowledgement = target.first &- behind[Int.random(in: 0..<4, using: &generator)]
        case .wrongSum:
            segment.isChecksumWrong = true
            if generator.chance(30) { segment.sequence = next &+ near }
        case .oldTimestamp:
            guard sender.usesTimestamps else { return [] }
            segment.options.timestamp = sender.stamp(0) &- UInt32.random(in: 1...1 << 30, using: &generator)
            if generator.chance(30) { segment.sequence = next &+ near }
        case .withoutAcknowledgement:
            segment.flags = generator.chance(20) ? .fin : []
            if generator.chance(30) { segment.sequence = next &+ near }
        case .pureAcknowledgement:
            payload = []
            // Within the window it is believed: nobody else knows how much was sent.
            // Nor where strays are: the two together are believed.
            let ahead: [UInt32] = [25 << 20, 700 << 20, 1 << 31 - 20_000, 5 << 29]
            segment.acknowledgement =
                target.first &+ UInt32(target.sent) &+ ahead[Int.random(in: 0..<4, using: &generator)]
        case .oldBytes:
            let back = Int.random(in: 2...200, using: &generator)
            guard target.expected >= back, back >= length else { return [] }
            segment.sequence = next &- UInt32(back)
        }
        segment.wireLength = payload.count
        return [(segment, payload)]
    }
}
