/// A kind of capture, made from a seed.
public enum TrafficKind: String, CaseIterable, Sendable {
    /// Many flows of small messages, as a busy node has them.
    case relay
    /// A few flows of 1.5 MB blocks.
    case blocks
    /// Many connections that end after the handshake.
    case handshakes
    /// Many flows that stop in the middle of a 4 MB message.
    case stalled

    /// Connections, where the caller names no number.
    public var usualFlows: Int {
        switch self {
        case .relay: 125
        case .blocks: 4
        case .handshakes: 100_000
        case .stalled: 1000
        }
    }
}

/// Writes a capture of generated traffic, holding no more of it than what is on its way.
public struct TrafficWriter: ~Copyable {
    public struct Counts: Sendable {
        public let frames: Int
        public let connections: Int
        public let bytes: Int
        public let messages: Tally
    }

    /// Bytes of a block, and of the message that never ends.
    static let blockSize = 1_500_000
    static let stalledSize = 4_000_000
    private static let node: UInt32 = 0x0a00_0001
    private static let peers: UInt32 = 0xc612_0000
    private static let nodePort: UInt16 = 8333

    var wire: Wire
    let flows: Int

    private init(_ wire: consuming Wire, flows: Int) {
        self.wire = wire
        self.flows = flows
    }

    /// - Parameters:
    ///   - size: Bytes after which no message is begun. Handshakes have no size.
    ///   - flows: How many connections.
    public static func write(
        _ kind: TrafficKind, to file: consuming CaptureFile, size: Int, flows: Int, seed: UInt64
    ) throws(WriteError) -> Counts {
        let wire = Wire(file, seed: seed, meanGap: kind == .handshakes ? 100_000 : 20_000)
        var traffic = TrafficWriter(wire, flows: flows)
        switch kind {
        case .relay: try traffic.relay(size: size)
        case .blocks: try traffic.blocks(size: size)
        case .handshakes: try traffic.handshakes()
        case .stalled: try traffic.stalled(size: size)
        }
        let bytes = traffic.wire.file.byteCount
        try traffic.wire.file.flush()
        return Counts(
            frames: traffic.wire.frameCount, connections: flows, bytes: bytes, messages: traffic.wire.maker.tally)
    }

    /// The ends of connection `number`: even ones are opened by the node, odd ones by the peer.
    mutating func ends(_ number: Int) -> (client: Side, server: Side) {
        let address = Self.peers + UInt32(number % 131_000) + 1
        let port = UInt16(32_768 + (number &* 7919 &+ number / 28_000) % 28_000)
        let isOutgoing = number.isMultiple(of: 2)
        let client = Side(address: isOutgoing ? Self.node : address, port: port, &wire.maker.random)
        let server = Side(address: isOutgoing ? address : Self.node, port: Self.nodePort, &wire.maker.random)
        return (client, server)
    }

    mutating func openAll() throws(WriteError) {
        for connection in 0..<flows {
            let (client, server) = ends(connection)
            wire.addConnection(client, server)
            try wire.open(connection)
        }
    }

    mutating func closeAll() throws(WriteError) {
        for side in 0..<2 * flows { try wire.drain(side) }
        for connection in 0..<flows { try wire.close(connection) }
    }
}
