/// A request that a message answers.
public struct AnsweredRequest: Sendable {
    /// The frame that completed the request.
    public var frame: UInt64
    /// ``Record/order`` of the asking message.
    public var order: UInt64
    /// From the request's last byte to the answer's first one, in nanoseconds; nil where the clock ran back between them.
    public var time: Int64?
    /// What was asked for: `tx`, `ping`.
    public var kind: StaticString

    public init(frame: UInt64, order: UInt64, time: Int64?, kind: StaticString) {
        self.frame = frame
        self.order = order
        self.time = time
        self.kind = kind
    }
}
