import Dissection

/// One line of the output: a message, a gap, or the summary of a stream that cannot be read.
///
/// It is owned by whoever dissects and reused from message to message; a writer borrows it with the message's bytes,
/// to which the ranges of the tree's nodes refer.
public struct Record: ~Copyable {
    /// The frame that completed the message, from 1.
    public var frameNumber: UInt64 = 0
    /// When that frame was captured, in nanoseconds since the Unix epoch.
    public var time: Int64 = 0
    /// When the first bytes of a whole direction were captured; of a message the same as ``time``.
    public var startTime: Int64 = 0
    /// When the capture's first frame was captured; relative times count from it.
    public var captureStart: Int64 = 0
    /// `address:port`, as text that is safe to print; empty for a message that came without packets.
    public var source: [UInt8] = []
    public var destination: [UInt8] = []
    public var protocolName: StaticString = "Bitcoin"
    /// All zero where the record is of no message.
    public var command = CommandName()
    public var direction = Direction.unknown
    public var transport = Transport.v1
    /// What the sender called its software in its `version` message, as it came: not safe to print. Nil where none was
    /// seen, or nobody looks at more than the ``Detail/summary``.
    public var userAgent: [UInt8]?
    /// Number of the TCP connection, from 0.
    public var stream: UInt64 = 0
    /// Bytes of header and payload by the header's own account; of a gap the bytes that are missing.
    public var length: Int = 0
    /// What the message says, in a line.
    public var info = TextBuffer()
    /// Whether the message is whole.
    public var ending = Ending.complete
    /// Of a record with the ending ``Ending/gap``: no bytes are missing, but copies of them differ.
    public var isConflict = false
    /// How many decimals of a second the capture's times have: 6 or 9.
    public var timeDecimals = 6
    /// Something is wrong with the message: it is cut, its checksum is bad, bytes before it are missing.
    public var hasProblem = false
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
    /// Index of the tree's node under which the protocol itself begins; what is before it tells of frame, IP and TCP.
    public var protocolNode = 0

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
    }

    /// Whether the record is of a message, whole or cut.
    public var isMessage: Bool { ending == .complete || ending == .cut }

    /// Which side of its connection a record comes from.
    public enum Direction: Sendable {
        /// From the side that opened the connection.
        case fromInitiator
        case fromResponder
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

    public struct Faults: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let checksumBad = Faults(rawValue: 1)
        /// The payload ends before its fields do, or holds what receivers cannot read. Found only where the payload is read: see
        /// ``RecordWriter/wantsOutcome``.
        public static let malformed = Faults(rawValue: 2)
    }
}

/// How much of a message a writer looks at, so that no more is made.
public enum Detail: Int, Comparable, Sendable {
    /// Only what stands in the record beside the tree.
    case summary
    /// The tree down to the message's header.
    case header
    /// The whole tree.
    case tree

    public static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
}

/// Writes records in one of the output formats.
public protocol RecordWriter: AnyObject {
    var detail: Detail { get }
    /// Whether ``Record/info`` is looked at.
    var wantsInfo: Bool { get }
    /// Whether payloads are read to find those that are malformed, even where neither info nor tree is looked at.
    var wantsOutcome: Bool { get }
    /// The fields that are looked at, where only those are that somebody named; else none.
    ///
    /// Some are made only where they are named: to who names none the tree is shown without them.
    var namedFields: Set<Field> { get }
    /// Whether ``Record/frames`` is looked at.
    var wantsFrames: Bool { get }
    func begin()
    func write(_ record: borrowing Record, _ bytes: RawSpan)
    func end()
}

extension RecordWriter {
    public var wantsOutcome: Bool { false }
    public var namedFields: Set<Field> { [] }
    /// The tree tells of the frames.
    public var wantsFrames: Bool { detail == .tree }
}
