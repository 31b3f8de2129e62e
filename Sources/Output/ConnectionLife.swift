import Fields
import Records

/// What packets tell of a connection on Bitcoin's ports, whatever was read of it.
public struct ConnectionLife: Sendable {
    /// The first FIN or RST.
    public struct End: Sendable {
        public var isReset: Bool
        public var by: Record.Sender
        /// The command of the last message before it, safe to print; nil where there was none.
        public var lastMessage: TextBuffer?
        /// Since that message, in nanoseconds.
        public var wait: Int64?

        public init(isReset: Bool, by: Record.Sender, lastMessage: TextBuffer?, wait: Int64?) {
            self.isReset = isReset
            self.by = by
            self.lastMessage = lastMessage
            self.wait = wait
        }
    }

    public var stream: UInt64
    /// `address:port` of the side that opened it, where that is known, and of the other.
    public var initiator: [UInt8]
    public var responder: [UInt8]
    public var isDirected: Bool
    /// Of its first frame and its last, in nanoseconds since 1970.
    public var first: Int64
    public var last: Int64
    /// Nil: it went on.
    public var end: End?
    /// It began before the capture, and its bytes cannot be told from random ones.
    public var looksRandom: Bool

    public init(
        stream: UInt64, initiator: [UInt8], responder: [UInt8], isDirected: Bool, first: Int64, last: Int64, end: End?,
        looksRandom: Bool
    ) {
        self.stream = stream
        self.initiator = initiator
        self.responder = responder
        self.isDirected = isDirected
        self.first = first
        self.last = last
        self.end = end
        self.looksRandom = looksRandom
    }
}

extension ConnectionLife.End {
    /// `fin_initiator`, as data has it.
    var name: String {
        let side = by == .initiator ? "initiator" : by == .responder ? "responder" : "unknown"
        return (isReset ? "rst_" : "fin_") + side
    }

    /// `fin by initiator, 51 ms after filterload`, as a table has it.
    func words(decimals: Int) -> TextBuffer {
        var text = TextBuffer()
        text.append(isReset ? "rst" : "fin")
        if by != .unknown { text.append(by == .initiator ? " by initiator" : " by responder") }
        guard let lastMessage, let wait else { return text }
        text.append(", ")
        text.append(duration: wait, decimals: decimals)
        text.append(" after ")
        text.append(lastMessage)
        return text
    }
}
