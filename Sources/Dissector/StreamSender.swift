import Reassembly
import Records

/// Where the bytes of a direction come from and go to.
final class Ends: Sendable {
    /// Nil where it is not known: a node does not note its own address, and some have none of IP.
    let source: Endpoint?
    let destination: Endpoint?
    let sourceText: [UInt8]
    let destinationText: [UInt8]

    init(from source: Endpoint?, _ sourceText: [UInt8], to destination: Endpoint?, _ destinationText: [UInt8]) {
        self.source = source
        self.destination = destination
        self.sourceText = sourceText
        self.destinationText = destinationText
    }
}

/// What a reader knows of the side that sends a message: a copy, since the stream goes on while the record is made.
struct StreamSender: Sendable {
    /// How much was read of the conversation that a message belongs to, up to that message.
    enum Seen {
        /// Something is missing, or may be.
        case part
        /// Everything that this side has sent; what the other side has sent is not known.
        case side
        /// Everything that both sides have sent.
        case both
    }

    /// Nil for a message that came without packets.
    let ends: Ends?
    let role: Record.Sender
    /// Which of the two sides of its connection it is.
    let side: Direction
    let seen: Seen
    let firstSequence: UInt32
    /// The input that the record's frame is of, from 1; 0 where that is not known.
    var file: UInt32 = 0
}
