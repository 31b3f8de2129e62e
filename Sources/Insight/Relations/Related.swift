/// A request that a message answers.
public struct Related: Sendable, Equatable {
    /// The frame that completed the request.
    public var requestFrame: UInt64
    /// The number of the asking message.
    public var requestMessage: UInt64
    /// From the request's last byte to the answer's first one, in nanoseconds; nil where the clock ran back between them.
    public var responseTime: Int64?
    public var kind: RequestKind
}
