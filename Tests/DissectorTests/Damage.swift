import Support

/// Bits of messages turned over, the same in each segment that carries them.
struct Damage {
    enum Part {
        case payload, headerWithoutLength, length

        func places(in message: [UInt8]) -> [Int] {
            switch self {
            case .payload: Array(24..<message.count)
            case .headerWithoutLength: Array(0..<16) + Array(20..<24)
            case .length: Array(16..<20)
            }
        }
    }

    private let reference: Reference
    /// Of each direction the places in its stream, and what is turned over there.
    private var bits: [Flow: [Int: UInt8]] = [:]
    private(set) var count = 0
    /// The messages that were not hit.
    private(set) var spared: [Reference.Message: Int] = [:]
    /// Those of them to which no message before lays claim.
    private(set) var sparedAndUnclaimed: [Reference.Message: Int] = [:]

    /// Hits so many of the messages.
    init(_ reference: Reference, _ rate: Double, in part: Part, _ generator: inout SeededGenerator) {
        self.reference = reference
        for flow in reference.sent.keys.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            var claimed = 0
            for (number, message) in (reference.sent[flow] ?? []).enumerated() {
                // Where the first header of both sides is damaged, nothing tells the connection from an encrypted one.
                let mayBeHit = part == .payload || number > 0 || flow.from < flow.to
                if mayBeHit, Double.random(in: 0..<1, using: &generator) < rate,
                    let place = part.places(in: message.bytes).randomElement(using: &generator)
                {
                    let bit: UInt8 = 1 << UInt8.random(in: 0..<8, using: &generator)
                    bits[flow, default: [:]][message.offset + place] = bit
                    count += 1
                    if part == .length { claimed = max(claimed, Self.end(of: message, place, bit)) }
                    continue
                }
                let one = Reference.Message(flow: flow, bytes: message.bytes)
                spared[one, default: 0] += 1
                if message.offset >= claimed { sparedAndUnclaimed[one, default: 0] += 1 }
            }
        }
    }

    /// Where in the stream a message ends by its damaged length. Lengths that no node ever accepted claim nothing.
    private static func end(of message: (offset: Int, bytes: [UInt8]), _ place: Int, _ bit: UInt8) -> Int {
        var header = message.bytes
        header[place] ^= bit
        let length = header[16..<20].reversed().reduce(0) { $0 << 8 | Int($1) }
        return length > 32 << 20 ? 0 : message.offset + 24 + length
    }

    func apply(to packets: [Packet]) -> [Packet] {
        packets.map { packet in
            guard let segment = SegmentHeader(packet), let bits = bits[segment.flow],
                let origin = reference.origins[segment.flow]
            else { return packet }
            var packet = packet
            let start = Int(Int32(truncatingIfNeeded: segment.sequence &- origin))
            for (place, bit) in bits where start <= place && place < start + segment.payloadLength {
                let at = segment.payloadStart + place - start
                if packet.bytes.indices.contains(at) { packet.bytes[at] ^= bit }
            }
            return packet
        }
    }
}
