import Layers

/// What a parser made of a frame.
struct Parsed {
    var outcome: PacketOutcome
    var packet: TCPPacket?
    var payload: [UInt8] = []
    /// The payload was lent from the frame itself.
    var isInFrame = false
}

extension PacketParser {
    mutating func parse(_ bytes: [UInt8], _ linkType: Int32, original: Int? = nil, time: Int64 = 0) -> Parsed {
        var parsed = Parsed(outcome: .notIP)
        parsed.outcome = bytes.withUnsafeBytes { frame in
            self.parse(
                frame.bytes, originalLength: original ?? bytes.count, linkType: linkType, time: time
            ) { packet, span in
                parsed.packet = packet
                span.withUnsafeBytes { payload in
                    parsed.payload = Array(payload)
                    if let start = payload.baseAddress, let all = frame.baseAddress {
                        parsed.isInFrame = start >= all && start + payload.count <= all + frame.count
                    }
                }
            }
        }
        return parsed
    }
}

/// SplitMix64: the same numbers on every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
