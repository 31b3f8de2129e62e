import BitcoinP2P
import Reassembly

/// A message that a gap has cut, with its captured beginning, header included.
struct HeldMessage {
    let message: MessageFramer.Message
    let bytes: [UInt8]
    /// Where in the stream it begins.
    let offset: UInt64
    var frames: [Origin]
    var origin: Origin
    /// How its captured beginning came.
    let arrival: Arrival
    /// Lost between the message before and this one.
    let before: Loss
    /// Lost of this message.
    var own = Loss()
    let doubts: ByteDoubts?

    /// Bytes of memory.
    var cost: Int { bytes.count + Self.cost(of: frames) }

    var finding: Finding {
        Finding(
            message: message, offset: offset, origin: origin, beginning: arrival.first,
            isReordered: arrival.isReordered, overhead: arrival.overhead, frames: frames, before: before, own: own,
            doubts: doubts)
    }

    static func cost(of frames: [Origin]) -> Int { frames.count * MemoryLayout<Origin>.stride }

    /// Longer beginnings are not kept: such a message is written at once, and what it goes on to lose with the next one.
    static let byteLimit = 1 << 20
    /// What is kept of all streams together costs at most this many bytes. A message for which there is no room, or whose
    /// frames become too many, is written as it is.
    static let totalLimit = 16 << 20
}
