import BitcoinP2P
import Fields

/// One line of the output: a message, a gap, or the summary of a stream that cannot be read.
///
/// Who dissects owns it, and reuses it from message to message; a writer borrows it with the message's bytes,
/// to which the ranges of the tree's nodes refer.
public struct Record: ~Copyable {
    /// The frame that completed the message, from 1.
    public var frameNumber: UInt64 = 0
    /// When that frame was captured, in nanoseconds since the Unix epoch.
    public var time: Int64 = 0
    /// Whether it is known when the frame was captured; else ``time`` is that of the last frame before of which it is.
    public var hasTime = true
    /// When the first bytes of a whole direction were captured; of a message the same as ``time``.
    public var startTime: Int64 = 0
    /// When the capture's first frame was captured; relative times count from it.
    public var captureStart: Int64 = 0
    /// `address:port`, as text that is safe to print; empty for a message that came without packets.
    public var source: [UInt8] = []
    public var destination: [UInt8] = []
    public var protocolName: StaticString = "Bitcoin"
    /// Nil where the record is of no message.
    public var command: Command?
    public var sender = Sender.unknown
    public var transport = Transport.v1
    /// What the sender called its software in its `version` message, as it came: not safe to print. Nil where none was
    /// seen, or nobody looks at more than the ``Depth/summary``.
    public var userAgent: [UInt8]?
    /// Number of the TCP connection, from 0.
    public var stream: UInt64 = 0
    /// Bytes of header and payload by the header's own account; of a gap the bytes that are missing.
    public var length: Int = 0
    /// What the message says, in a line.
    public var info = TextBuffer()
    /// Where it has what somebody looks for; empty where nobody does.
    public var places = Places()
    /// Whether the message is whole.
    public var ending = Ending.complete
    /// Of a record with the ending ``Ending/gap``: no bytes are missing, but copies of them differ.
    public var isConflict = false
    /// How many decimals of a second the capture's times have: 6 or 9.
    public var timeDecimals = 6
    /// Something is wrong with the message: it is cut, its checksum is bad, bytes before it are missing.
    public var hasProblem = false
    /// What is doubtful about the message's bytes.
    public var doubts: Doubts = []
    /// Bytes of the message itself that were not captured, or skipped.
    public var lostWithin: UInt64 = 0
    /// What is wrong with the message's own bytes.
    public var faults: Faults = []
    /// The frames that brought the message, ascending.
    public var frames: ContiguousArray<UInt64> = []
    /// Empty where only a summary was asked for.
    public var tree = Tree()
    /// The bytes as they were sent, of a decrypted packet where they are asked for; else empty.
    public var ciphertext: [UInt8] = []
    /// A record before this one has a higher frame number.
    public var isLate = false
    /// Index of the tree's node under which the protocol itself begins; what is before it tells of frame, IP and TCP. 0
    /// where nothing does.
    public var protocolNode = 0

    /// The message's number among all messages, by which ``answered`` names requests; 0 where nobody relates messages.
    public var order: UInt64 = 0
    /// What the message answers, the oldest request if it answers several; nil where nobody relates messages.
    public var answered: AnsweredRequest?
    /// The announcement of what the message asks for, where that is known.
    public var announced: AskedAnnouncement?
    /// Where in ``info`` stands what the message says: after its name, before what others say of it.
    public var said = 0..<0

    /// The record's number in the capture, from 1, also where a filter shows only some; of a gap 0.
    public var number: UInt64 = 0

    public init() {}

    /// What a record tells of.
    public enum Ending: Sendable {
        case complete
        /// A message whose end was not captured, or never came.
        case cut
        /// A whole direction of a connection.
        case direction
        /// Something of a v2 connection that is no message: a handshake, a decoy, a failure.
        case packet
        /// Bytes that were not captured, or, with ``Record/isConflict``, of which copies differ.
        case gap
        /// The end of a connection.
        case close
    }

    /// Whether the record has a number, and is counted.
    public var isNumbered: Bool { ending != .gap && ending != .close }

    /// Whether the record is of a message, whole or cut.
    public var isMessage: Bool { ending == .complete || ending == .cut }

    /// Which side of its connection sent what a record is of.
    public enum Sender: Sendable {
        /// The side that opened the connection.
        case initiator
        case responder
        /// Nobody saw the connection being opened, and the ports do not tell.
        case unknown
    }

    /// How the bytes of a connection are packed.
    public enum Transport: Sendable {
        case v1
        /// BIP 324, read with a key.
        case v2
        /// BIP 324, without a key for it.
        case v2Encrypted
    }

    public struct Doubts: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Another copy of some of them differs.
        public static let otherCopy = Doubts(rawValue: 1)
        /// With that the checksum would be right.
        public static let otherIsRight = Doubts(rawValue: 2)
        /// With that the checksum would be wrong.
        public static let otherIsWrong = Doubts(rawValue: 4)
        /// The receiver would drop the segment that brought some of them.
        public static let dropped = Doubts(rawValue: 8)
        /// They came in fragments that overlap and differ.
        public static let fragmentsDiffer = Doubts(rawValue: 16)
    }

    public struct Faults: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let checksumBad = Faults(rawValue: 1)
        /// The payload ends before its fields do, or holds what receivers cannot read. Found only where the payload is read: see
        /// ``Wants/outcome``.
        public static let malformed = Faults(rawValue: 2)
    }
}
