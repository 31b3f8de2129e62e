import Layers

/// What is kept of a packet for the fields of the message that it completes; see ``PacketFields``.
final class PacketNote: Sendable {
    let frame: UInt64
    let linkType: Int32
    let capturedLength: Int
    /// Bytes of the frame on the wire.
    let length: Int
    /// Since the frame before in the capture, in nanoseconds; 0 for the first one, nil where it has no time.
    let sinceLast: Int64?
    let tcp: TCPPacket
    let place: SequencePlace
    /// The frame's first bytes: its headers.
    let headers: [UInt8]
    /// Of the packet; empty where nobody looks at it.
    let payload: [UInt8]

    /// Bytes that are kept of a frame's beginning. Headers are shorter but where tunnels stand in tunnels.
    static let headerLimit = 512

    init(
        frame: UInt64, linkType: Int32, capturedLength: Int, length: Int, sinceLast: Int64?, _ tcp: TCPPacket,
        _ place: SequencePlace, headers: [UInt8], payload: [UInt8]
    ) {
        self.frame = frame
        self.linkType = linkType
        self.capturedLength = capturedLength
        self.length = length
        self.sinceLast = sinceLast
        self.tcp = tcp
        self.place = place
        self.headers = headers
        self.payload = payload
    }

    /// Bytes of memory, about.
    var size: Int { headers.count + payload.count + 160 }
}
