import BitcoinP2P
import Fields

/// A connection whose sides send bytes in order, from SYN on.
public struct Conversation: ~Copyable {
    private var sequences: [UInt32] = [1, 1]

    public init(into sinkhole: inout Sinkhole) {
        for isServer in [false, true] {
            var packet = Packet()
            packet.fromServer = isServer
            packet.flags = isServer ? 0x12 : 0x02
            packet.acknowledgment = isServer ? 1 : 0
            sinkhole.receive(packet.frame, linkType: 1)
        }
    }

    public mutating func send(_ bytes: [UInt8], fromServer: Bool, into sinkhole: inout Sinkhole) {
        let (own, other) = fromServer ? (1, 0) : (0, 1)
        var packet = Packet()
        packet.fromServer = fromServer
        packet.flags = 0x18
        packet.acknowledgment = sequences[other]
        var rest = bytes[...]
        while !rest.isEmpty {
            packet.sequence = sequences[own]
            packet.payload = Array(rest.prefix(1400))
            sinkhole.receive(packet.frame, linkType: 1)
            sequences[own] &+= UInt32(packet.payload.count)
            rest = rest.dropFirst(1400)
        }
    }
}

/// A message of mainnet as a node sends it, with a right checksum.
///
/// - Parameters:
///   - name: The 12 bytes of the command, whatever they are.
///   - length: What the header says; the payload's own length where nil.
public func framed(_ name: [UInt8], _ payload: [UInt8], length: UInt32? = nil, isDamaged: Bool = false) -> [UInt8] {
    var message: [UInt8] = [0xf9, 0xbe, 0xb4, 0xd9]
    message += name.prefix(12)
    message += Array(repeating: 0, count: 16 - message.count)
    let length = length ?? UInt32(truncatingIfNeeded: payload.count)
    for shift: UInt32 in [0, 8, 16, 24] { message.append(UInt8(truncatingIfNeeded: length >> shift)) }
    let checksum = DoubleSHA256.hash(payload.span.bytes).checksum ^ (isDamaged ? 1 : 0)
    for shift: UInt32 in [24, 16, 8, 0] { message.append(UInt8(truncatingIfNeeded: checksum >> shift)) }
    return message + payload
}
