import BitcoinP2P
import Fields
import Reassembly

/// What is known of a message beside its bytes.
struct Finding {
    var message: MessageFramer.Message
    /// Where in the stream it begins.
    var offset: UInt64 = 0
    var origin: Origin
    var frames: [Origin]
    /// What completed it, where that is still known.
    var segment: SegmentNote?
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
}
