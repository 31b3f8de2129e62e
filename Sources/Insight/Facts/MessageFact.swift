import BitcoinP2P
import Fields
import Reassembly
import Records

/// What is known of a message beside its payload: what relations and questions look at.
public struct MessageFact: Sendable {
    /// Of its connection.
    public var connection: UInt64
    /// The side that sent it.
    public var side: Direction
    /// Which side of the connection that is, as far as it is known by now.
    public var role: Record.Sender
    public var command: Command
    /// The frame that brought its first byte.
    public var first: Origin
    /// The frame with which all its bytes had come.
    public var complete: Origin
    /// A byte of it came in an earlier frame than one before it.
    public var isReordered: Bool
    /// Header and payload by the header's own account.
    public var length: Int
    /// Header and payload as far as they were captured, and the header bytes that their segments cost. The latter is 0 where
    /// nobody asks for it.
    public var captured: SideFacts.Share
    public var isCut: Bool
    public var status: ChecksumStatus
    public var transport: Record.Transport
    /// Nil where it is not known, as of v2.
    public var network: Network?
    /// What is wrong with its place among the others, as far as anybody looked.
    public var remarks: [Remark] = []
    /// Up to it nothing of its connection is missing.
    public var seesAll = true
    /// Other bytes came for the same place, or bytes that receivers may drop: the receiver may have another message.
    public var isDoubtful = false
    /// The double SHA-256 of its payload, where that is known from the checksum: a name of what a `tx` has.
    public var payloadHash: Hash256?

    public init(
        connection: UInt64, side: Direction, role: Record.Sender, command: Command, first: Origin, complete: Origin,
        isReordered: Bool, length: Int, captured: SideFacts.Share, isCut: Bool, status: ChecksumStatus,
        transport: Record.Transport, network: Network?
    ) {
        self.connection = connection
        self.side = side
        self.role = role
        self.command = command
        self.first = first
        self.complete = complete
        self.isReordered = isReordered
        self.length = length
        self.captured = captured
        self.isCut = isCut
        self.status = status
        self.transport = transport
        self.network = network
    }

    /// What its layout may know.
    var context: MessageContext {
        MessageContext(network: network ?? .known[0], time: 0, payloadHash: payloadHash)
    }

    /// Messages that are cut, or whose checksum is wrong, take part in no relation.
    public var isSound: Bool { !isCut && status != .bad }
}
