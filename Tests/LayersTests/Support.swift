import Layers

/// What a parser made of a frame.
struct Parsed {
    var outcome: PacketOutcome
    var packet: TCPPacket?
    var options = TCPOptions()
    var payload: [UInt8] = []
    /// The payload was lent from the frame itself.
    var isInFrame = false
}

extension PacketParser {
    mutating func parse(
        _ bytes: [UInt8], _ linkType: Int32, original: Int? = nil, time: Int64 = 0, number: UInt64 = 0
    ) -> Parsed {
        var parsed = Parsed(outcome: .notIP)
        parsed.outcome = bytes.withUnsafeBytes { frame in
            self.parse(
                frame.bytes, originalLength: original ?? bytes.count, linkType: linkType, time: time, number: number
            ) { packet, options, span in
                parsed.packet = packet
                parsed.options = options
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
