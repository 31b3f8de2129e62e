import BitcoinP2P

/// One message: its command and payload, however it is framed.
public struct Frame: Sendable, Equatable {
    public var command: Command
    public var payload: [UInt8]

    public init(_ command: Command, _ payload: [UInt8] = []) {
        self.command = command
        self.payload = payload
    }

    /// Header and payload of v1 (protocol.md section 2).
    public func bytes(on network: Network) -> [UInt8] {
        MessageHeader.v1(command, payload.span.bytes, on: network) + payload
    }
}

/// What is sent: a message, or bytes as somebody has made them, right or wrong.
public enum Outgoing: Sendable, Equatable {
    case frame(Frame)
    case bytes([UInt8])
}

/// How much a peer may send. Before its `verack` the sum counts: message after message costs as much as one that never
/// ends.
public struct FrameLimits: Sendable {
    /// Of all bytes up to the peer's `verack`.
    public var beforeVerack = 0x1_0000
    /// Of one message after it, header included.
    public var message = MessageFramer.lengthLimit + 24
    /// Of all bytes after it.
    public var afterVerack = Int.max

    public init() {}

    /// For those who leave after the handshake.
    public static let ofSurvey = {
        var limits = FrameLimits()
        limits.message = 0x1_0000
        limits.afterVerack = 0x4_0000
        return limits
    }()
}
