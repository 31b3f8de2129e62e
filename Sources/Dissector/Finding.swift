import BitcoinP2P
import Fields
import Reassembly

/// What is known of a message beside its bytes.
struct Finding {
    var message: MessageFramer.Message
    /// Where in the stream it begins.
    var offset: UInt64 = 0
    /// The frame that completed it.
    var origin: Origin
    /// The frame that brought its first byte; nil where nobody wants to know, or that is not known.
    var beginning: Origin?
    /// A byte of it came in an earlier frame than one before it. False where nobody wants to know.
    var isReordered = false
    /// The header bytes that its captured bytes cost. 0 where nobody wants to know.
    var overhead: UInt64 = 0
    var frames: [Origin]
    /// What completed it, where that is still known.
    var segment: SegmentNote?
    /// The packet that did, where fields of it are asked for.
    var packetNote: PacketNote?
    /// Lost of the stream between the message before and this one.
    var before = Loss()
    /// Lost of this message, which is cut.
    var own = Loss()
    /// What is doubtful about its bytes.
    var doubts: ByteDoubts?
    /// What is wrong with its place among the others.
    var remarks: [Remark] = []
    /// The packet that carried it, if it was encrypted.
    var packet: V2PacketLayout.Facts?

    /// The frame that brought its first byte, as far as it is known.
    var first: Origin { beginning ?? origin }
}
