import BitcoinP2P
import Reassembly
import Records

/// A message after which a connection was closed.
public struct LastMessage: Sendable {
    public var command: Command
    /// When its last byte came, in nanoseconds since 1970.
    public var time: Int64
}

/// What is known of a connection by its messages.
struct ConversationState {
    let number: UInt64
    /// `address:port` of the forward side and of the backward one, safe to print.
    var ends: (forward: [UInt8], backward: [UInt8])
    var forward = SideState()
    var backward = SideState()
    /// The side that opened the connection, as far as that is known.
    var initiator: Direction?
    var transport = Record.Transport.v1
    var network: Network?
    var hasMessages = false
    /// Bytes of either side are missing, or belong to no message.
    var lacksBytes = false
    /// A direction of it is encrypted, and cannot be read.
    var isOpaque = false
    /// When its first message began, and its last one ended.
    var start: Int64
    var end: Int64
    /// The last one, of either side.
    var last: LastMessage?
    /// The last one when the connection was closed.
    var lastAtEnd: LastMessage?
    /// Which of its directions have ended; of both nothing more will come.
    private var closed: (forward: Bool, backward: Bool) = (false, false)
    /// When the first of them ended: from then on nobody is late with an answer.
    private(set) var closeTime: Int64?

    init(number: UInt64, _ ends: (forward: [UInt8], backward: [UInt8]), time: Int64) {
        self.number = number
        self.ends = ends
        start = time
        end = time
    }

    subscript(side: Direction) -> SideState {
        _read { if side == .forward { yield forward } else { yield backward } }
        _modify { if side == .forward { yield &forward } else { yield &backward } }
    }

    /// A message of the side was captured: what it has asked for is known.
    func isHeard(_ side: Direction) -> Bool { self[side].messages > 0 }

    var hasClosed: Bool { closed.forward && closed.backward }

    mutating func close(_ side: Direction, at time: Int64) {
        if side == .forward { closed.forward = true } else { closed.backward = true }
        stop(at: time)
    }

    /// Nobody is late with an answer from that time on.
    mutating func stop(at time: Int64) { closeTime = min(closeTime ?? time, time) }
}
