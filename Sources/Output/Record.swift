import Dissection

/// One line of the output: a message, or the summary of a stream that cannot be read.
///
/// It is owned by whoever dissects and reused from message to message; a writer borrows it with the message's bytes,
/// to which the ranges of the tree's nodes refer.
public struct Record: ~Copyable {
    /// The frame that completed the message, from 1.
    public var frameNumber: UInt64 = 0
    /// When that frame was captured, in nanoseconds since the Unix epoch.
    public var time: Int64 = 0
    /// When the capture's first frame was captured; relative times count from it.
    public var captureStart: Int64 = 0
    /// `address:port`, as text that is safe to print; empty for a message that came without packets.
    public var source: [UInt8] = []
    public var destination: [UInt8] = []
    public var protocolName: StaticString = "Bitcoin"
    /// Number of the TCP connection, from 0.
    public var stream: UInt64 = 0
    /// Bytes of header and payload by the header's own account.
    public var length: Int = 0
    /// What the message says, in a line.
    public var info = TextBuffer()
    /// Whether the message is whole.
    public var ending = Ending.complete
    /// How many decimals of a second the capture's times have: 6 or 9.
    public var timeDecimals = 6
    /// Something is wrong with the message: it is cut, its checksum is bad, bytes before it are missing.
    public var hasProblem = false
    /// The frames that brought the message, ascending.
    public var frames: ContiguousArray<UInt64> = []
    /// Empty where only a summary was asked for.
    public var tree = Tree()
    /// Index of the tree's node under which the protocol itself begins; what is before it tells of frame, IP and TCP.
    public var protocolNode = 0

    public init() {}

    /// What a record tells of.
    public enum Ending: Sendable {
        case complete
        /// A message whose end was not captured, or never came.
        case cut
        /// A whole direction of a connection.
        case direction
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
    /// Whether ``Record/frames`` is looked at.
    var wantsFrames: Bool { get }
    func begin()
    func write(_ record: borrowing Record, _ bytes: RawSpan)
    func end()
}

extension RecordWriter {
    /// The tree tells of the frames.
    public var wantsFrames: Bool { detail == .tree }
}
