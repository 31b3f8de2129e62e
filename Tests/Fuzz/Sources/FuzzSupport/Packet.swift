/// An Ethernet frame with a TCP segment in it.
public struct Packet {
    public var fromServer = false
    public var client: UInt8 = 1
    public var sequence: UInt32 = 0
    public var acknowledgment: UInt32 = 0
    public var flags: UInt8 = 0x10
    public var payload: [UInt8] = []

    public init() {}

    public var frame: [UInt8] {
        let length = 40 + payload.count
        var frame: [UInt8] = Array(repeating: 2, count: 12) + [0x08, 0x00]
        frame += [0x45, 0, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        frame += [0, 0, 0, 0, 64, 6, 0, 0]
        let ends: [[UInt8]] = [[10, 0, 0, client], [10, 0, 0, 200]]
        frame += ends[fromServer ? 1 : 0] + ends[fromServer ? 0 : 1]
        let ports: [[UInt8]] = [[0xc0, client], [0x20, 0x8d]]
        frame += ports[fromServer ? 1 : 0] + ports[fromServer ? 0 : 1]
        for number in [sequence, acknowledgment] {
            for shift: UInt32 in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        frame += [0x50, flags, 0xff, 0xff, 0, 0, 0, 0]
        return frame + payload
    }
}
