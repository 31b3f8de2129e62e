import BitcoinP2P
import Output
import Reassembly
import Records

/// What is known of one direction of a connection.
///
/// An object, so that it can be changed in place while the table that holds it grows.
final class MessageStream {
    enum Transport { case undecided, v1, v2, other }

    let ends: Ends
    var transport = Transport.undecided
    var framer = MessageFramer(network: nil, synchronised: true)
    var hasMessages = false
    /// The sequence number of offset 0, from which relative ones count.
    var firstSequence: UInt32 = 0
    /// Offset of the first byte that is not consumed.
    var next: UInt64 = 0

    /// Which side of the connection sends here, as far as it is known by now.
    var senderRole = Record.Sender.unknown
    /// The SYN of this direction was captured.
    var startWasSeen = false

    /// The direction was seen from its first byte, and no byte has been missing since.
    var isWhole = false

    /// What was lost since the last message: told with the next one.
    var lost = Loss()
    /// What is missing before it is known whether the stream is Bitcoin's.
    var earlyGap: Gap?
    /// What is doubtful about bytes behind the last message.
    var doubtful = DoubtfulBytes()

    /// A message that a gap has cut, kept until the stream has passed its declared end, to tell all that it lost.
    var held: HeldMessage?
    /// Bytes up to the declared end of a cut message: they belong to no other.
    var passing = 0

    var holding = Holding()

    /// Of a stream that cannot be read: its first bytes, its length and its first and last frames.
    var key: [UInt8] = []
    var byteCount: UInt64 = 0
    var first: Origin?
    var last = Origin(frame: 0, time: 0)

    /// Of a v2 stream: what is known of its encryption.
    var encryption = Encryption()

    init(from source: Endpoint, to destination: Endpoint) {
        ends = Ends(from: source, source.text, to: destination, destination.text)
    }
}
