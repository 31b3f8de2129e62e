/// Bytes of an encrypted connection that cannot be read, as one segment brought them.
public struct UnreadSegment: Sendable {
    public var count: UInt64
    /// Number of the TCP connection, from 0.
    public var stream: UInt64
    /// `address:port`, safe to print.
    public var source: [UInt8]
    public var destination: [UInt8]
    public var sender: Record.Sender
    /// When the segment was captured, in nanoseconds since 1970.
    public var time: Int64
    /// When the capture's first frame was captured.
    public var captureStart: Int64

    public init(
        count: UInt64, stream: UInt64, source: [UInt8], destination: [UInt8], sender: Record.Sender, time: Int64,
        captureStart: Int64
    ) {
        self.count = count
        self.stream = stream
        self.source = source
        self.destination = destination
        self.sender = sender
        self.time = time
        self.captureStart = captureStart
    }
}

/// Wants to know when the bytes came that cannot be read: their record stands at the end of their connection.
public protocol UnreadBytesSink: AnyObject, Sendable {
    /// Called on the thread that makes records.
    func receiveUnread(_ unread: UnreadSegment)
}
