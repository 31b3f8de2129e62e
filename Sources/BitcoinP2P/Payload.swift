import Fields

/// The payload of one type of message: its stored properties are its fields, its one method their order.
///
/// Adding a type is a struct in `Messages/` and a row in ``MessageTypes``. See `Inv` for a short one.
public protocol Payload: Sendable {
    /// The heading over the payload's fields, `bitcoin.<command>`.
    var message: Field { get }

    /// What the tree says after ``message`` of a payload of that many bytes, where it is not what it usually is.
    func heading(ofBytes count: Int) -> StaticString?

    /// Reads the payload, field by field. Where the bytes end early the cursor throws; what is left when the layout
    /// returns is shown as trailing data.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop)
}

extension Payload {
    public func heading(ofBytes count: Int) -> StaticString? { nil }
}

/// What a layout may know beside its bytes.
public struct MessageContext: Sendable {
    /// The network that the magic names: addresses are written for it.
    public var network: Network
    /// When the message was complete, in nanoseconds since the Unix epoch; 0 where nobody knows.
    public var time: Int64
    /// The double SHA-256 of the whole payload, known from verifying the checksum; nil where part of it is missing. It
    /// is the txid of a `tx` without witness.
    public var payloadHash: Hash256?
    /// Empty where nobody asks for it.
    public var earlier = Earlier()

    public init(network: Network, time: Int64, payloadHash: Hash256? = nil) {
        self.network = network
        self.time = time
        self.payloadHash = payloadHash
    }
}

/// Whether a payload could be read to its end.
public enum Outcome: Sendable {
    /// Every field was there.
    case complete
    /// The bytes ended before the fields did.
    case truncated
}
