import Dissector
import Support

/// The TCP segment in an Ethernet frame of the shared captures.
struct SegmentHeader {
    var flow: Flow
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: Talk.Flags
    /// Where in the frame the payload begins, and its length on the wire.
    var payloadStart: Int
    var payloadLength: Int

    init?(_ packet: Packet) {
        let bytes = packet.bytes
        func u16(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        guard packet.linkType == 1, bytes.count >= 54 else { return nil }
        let tcp: Int
        let end: Int
        switch u16(12) {
        case 0x0800 where bytes[23] == 6:
            tcp = 14 + Int(bytes[14] & 15) * 4
            end = 14 + u16(16)
        case 0x86dd where bytes[20] == 6:
            tcp = 54
            end = 54 + u16(18)
        default: return nil
        }
        guard bytes.count >= tcp + 20 else { return nil }
        flow = Flow(from: UInt16(u16(tcp)), to: UInt16(u16(tcp + 2)))
        sequence = UInt32(u16(tcp + 4)) << 16 | UInt32(u16(tcp + 6))
        acknowledgement = UInt32(u16(tcp + 8)) << 16 | UInt32(u16(tcp + 10))
        flags = Talk.Flags(rawValue: bytes[tcp + 13])
        payloadStart = tcp + Int(bytes[tcp + 12] >> 4) * 4
        payloadLength = end - payloadStart
    }
}

/// A direction; in each of the captures its ports are enough to tell it.
struct Flow: Hashable {
    var from: UInt16
    var to: UInt16
    var opposite: Flow { Flow(from: to, to: from) }
}

extension Seen {
    var flow: Flow {
        func port(_ text: String) -> UInt16 { UInt16(text.split(separator: ":").last ?? "") ?? 0 }
        return Flow(from: port(from), to: port(to))
    }
}

/// A capture without faults: what was sent in each direction, and where.
struct Reference {
    struct Message: Hashable {
        var flow: Flow
        var bytes: [UInt8]
    }

    let packets: [Packet]
    /// In the order of the stream, with the offset of the first byte.
    private(set) var sent: [Flow: [(offset: Int, bytes: [UInt8])]] = [:]
    private(set) var origins: [Flow: UInt32] = [:]
    private(set) var ports: Set<UInt16> = []
    /// How many bytes were sent.
    private(set) var lengths: [Flow: Int] = [:]
    private(set) var all: [Message: Int] = [:]

    init(_ name: String) throws {
        packets = try DissectorTests.packets(name)
        for packet in packets {
            guard let segment = SegmentHeader(packet) else { continue }
            ports.formUnion([segment.flow.from, segment.flow.to])
            if segment.flags.contains(.syn) {
                origins[segment.flow] = segment.sequence &+ 1
            } else if segment.payloadLength > 0, origins[segment.flow] == nil {
                origins[segment.flow] = segment.sequence
            }
            if let origin = origins[segment.flow], segment.payloadLength > 0 {
                let end = Int(segment.sequence &- origin) + segment.payloadLength
                lengths[segment.flow] = max(lengths[segment.flow] ?? 0, end)
            }
        }
        var ends: [Flow: Int] = [:]
        for record in try dissect(packets).records {
            let end = ends[record.flow, default: 0]
            sent[record.flow, default: []].append((end, record.bytes))
            ends[record.flow] = end + record.bytes.count
            all[Message(flow: record.flow, bytes: record.bytes), default: 0] += 1
        }
    }

    /// What of each direction `packets` hold.
    func captured(in packets: [Packet]) -> [Flow: CapturedBytes] {
        var captured: [Flow: CapturedBytes] = [:]
        for packet in packets {
            guard let segment = SegmentHeader(packet), let origin = origins[segment.flow] else { continue }
            let start = Int(Int32(truncatingIfNeeded: segment.sequence &- origin))
            let length = min(packet.bytes.count - segment.payloadStart, segment.payloadLength)
            guard segment.payloadLength > 0 || segment.flags.contains(.fin), start >= 0 else { continue }
            captured[segment.flow, default: CapturedBytes()].add(
                start..<start + max(length, 0), to: start + segment.payloadLength)
        }
        // What the other side has acknowledged was sent, too. The FIN's number is no byte: of a FIN that was not captured it is
        // the last one acknowledged, where that is the only one, or the other side has ended, too.
        var finished: Set<Flow> = []
        for packet in packets {
            if let segment = SegmentHeader(packet), segment.flags.contains(.fin) { finished.insert(segment.flow) }
        }
        let seen = captured.mapValues(\.end)
        for packet in packets {
            guard let segment = SegmentHeader(packet), segment.flags.contains(.acknowledges),
                let origin = origins[segment.flow.opposite], let length = lengths[segment.flow.opposite]
            else { continue }
            let flow = segment.flow.opposite
            var end = Int(Int32(truncatingIfNeeded: segment.acknowledgement &- origin))
            let beyond = end - (seen[flow] ?? 0)
            if !finished.contains(flow), beyond == 1 || beyond > 1 && finished.contains(segment.flow) { end -= 1 }
            end = min(end, length)
            if end > 0 { captured[segment.flow.opposite, default: CapturedBytes()].add(0..<0, to: end) }
        }
        return captured
    }

    /// How many directions have a FIN that was not captured.
    func openEnds(in packets: [Packet]) -> Int {
        func ends(_ packets: [Packet]) -> Set<Flow> {
            Set(packets.compactMap { SegmentHeader($0) }.filter { $0.flags.contains(.fin) }.map(\.flow))
        }
        return ends(self.packets).subtracting(ends(packets)).count
    }

    /// The messages all of whose bytes are there.
    func whole(_ captured: [Flow: CapturedBytes]) -> [Message: Int] {
        var whole: [Message: Int] = [:]
        for (flow, messages) in sent {
            guard let bytes = captured[flow] else { continue }
            for (offset, message) in messages where bytes.contains(offset..<offset + message.count) {
                whole[Message(flow: flow, bytes: message), default: 0] += 1
            }
        }
        return whole
    }
}

/// The bytes of a direction that were captured.
struct CapturedBytes {
    private var isThere: [Bool] = []
    /// The end of all that is known of the direction.
    private(set) var end = 0

    var isEmpty: Bool { !isThere.contains(true) }

    mutating func add(_ range: Range<Int>, to end: Int) {
        self.end = max(self.end, end)
        if isThere.count < range.upperBound {
            isThere += [Bool](repeating: false, count: range.upperBound - isThere.count)
        }
        for at in range { isThere[at] = true }
    }

    func contains(_ range: Range<Int>) -> Bool {
        range.upperBound <= isThere.count && isThere[range].allSatisfy { $0 }
    }
}

/// What may happen to frames between a wire and a file.
struct Faults: CustomStringConvertible {
    var drop = 0.0
    var duplicate = 0.0
    /// A frame changes places with one at most so many behind it.
    var reorder = 0.0
    var distance = 8
    /// A frame comes later by up to ``longestDelay`` frames.
    var delay = 0.0
    /// Less than the grace for holes, at a frame a millisecond.
    static let longestDelay = 90
    /// A segment comes as two.
    var split = 0.0
    /// The first bytes of a segment come alone, and then with the others once more.
    var overlap = 0.0
    /// A segment comes in one with the next of its direction.
    var merge = 0.0
    /// Payload is cut off at a random place.
    var truncate = 0.0
    /// Up to four bits of a frame are turned over, wherever.
    var corrupt = 0.0
    /// Leave alone the SYNs, or the first bytes where the SYN was not captured, so that each stream has its beginning.
    var keepsStarts = true

    var description: String {
        "drop \(drop), duplicate \(duplicate), reorder \(reorder), delay \(delay), split \(split), overlap \(overlap), "
            + "merge \(merge), truncate \(truncate), corrupt \(corrupt)"
    }

    /// The frames that are left, a millisecond apart.
    func apply(to packets: [Packet], _ generator: inout SeededGenerator) -> [Packet] {
        func happens(_ rate: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < rate }
        var left: [(packet: Packet, isFixed: Bool)] = []
        var begun: Set<Flow> = []
        for packet in resegmented(packets, &generator) {
            guard let segment = SegmentHeader(packet) else { continue }
            let isStart = segment.flags.contains(.syn) || segment.payloadLength > 0 && !begun.contains(segment.flow)
            if isStart { begun.insert(segment.flow) }
            if keepsStarts, isStart {
                left.append((packet, true))
                continue
            }
            if happens(drop) { continue }
            var cut = packet
            if segment.payloadLength > 0, happens(truncate) {
                let length = Int.random(in: 0...segment.payloadLength, using: &generator)
                cut.bytes = Array(cut.bytes.prefix(segment.payloadStart + length))
            }
            left.append((cut, false))
            // The copy is cut like the first: bytes that a snap length cut off are given up at once.
            if happens(duplicate) { left.append((cut, false)) }
        }
        for index in left.indices where happens(reorder) {
            let other = min(index + Int.random(in: 1...distance, using: &generator), left.count - 1)
            // Not across the beginning of a stream.
            if !left[index...other].contains(where: \.isFixed) { left.swapAt(index, other) }
        }
        return delayed(left, &generator).enumerated().map { index, element in
            var packet = element
            packet.time = 1_700_000_000_000_000_000 + Int64(index) * 1_000_000
            return packet
        }
    }

    /// The frames with bits turned over.
    func corrupted(_ packets: [Packet], _ generator: inout SeededGenerator) -> [Packet] {
        packets.map { packet in
            guard Double.random(in: 0..<1, using: &generator) < corrupt else { return packet }
            var packet = packet
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                guard let at = packet.bytes.indices.randomElement(using: &generator) else { break }
                packet.bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            return packet
        }
    }

    /// The same bytes in other segments.
    private func resegmented(_ packets: [Packet], _ generator: inout SeededGenerator) -> [Packet] {
        guard split > 0 || overlap > 0 || merge > 0 else { return packets }
        var made: [Packet] = []
        // Of each direction the place of its last segment with payload, to which the next may be added.
        var last: [Flow: Int] = [:]
        for packet in packets {
            guard let segment = SegmentHeader(packet), segment.payloadLength > 0 else {
                made.append(packet)
                continue
            }
            if let place = last[segment.flow], Double.random(in: 0..<1, using: &generator) < merge,
                let one = made[place].merged(with: packet)
            {
                made[place] = one
                continue
            }
            last[segment.flow] = made.count
            if segment.payloadLength > 1, Double.random(in: 0..<1, using: &generator) < split,
                let (first, second) = packet.split(
                    at: Int.random(in: 1..<segment.payloadLength, using: &generator))
            {
                made += [first, second]
                last[segment.flow] = made.count - 1
            } else if segment.payloadLength > 1, overlap > 0, Double.random(in: 0..<1, using: &generator) < overlap,
                let (first, _) = packet.split(at: Int.random(in: 1..<segment.payloadLength, using: &generator))
            {
                made += [first, packet]
                last[segment.flow] = made.count - 1
            } else {
                made.append(packet)
            }
        }
        return made
    }

    /// Frames that are late take a place farther behind; those that begin a stream are not.
    private func delayed(
        _ frames: [(packet: Packet, isFixed: Bool)], _ generator: inout SeededGenerator
    ) -> [Packet] {
        guard delay > 0 else { return frames.map(\.packet) }
        let moved = frames.enumerated().map { index, frame in
            let isLate = !frame.isFixed && Double.random(in: 0..<1, using: &generator) < delay
            let late = isLate ? Int.random(in: 1...Self.longestDelay, using: &generator) : 0
            return (index + late, index, frame.packet)
        }
        return moved.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}
