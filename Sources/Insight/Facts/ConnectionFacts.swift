import Reassembly

/// What the packets of one connection tell, whatever they carry.
public struct ConnectionFacts: Sendable {
    /// How a connection ends: by the first FIN or RST captured.
    public struct End: Sendable, Equatable {
        public var isReset: Bool
        /// Who sent it.
        public var side: Direction
        public var origin: Origin

        public init(isReset: Bool, side: Direction, origin: Origin) {
            self.isReset = isReset
            self.side = side
            self.origin = origin
        }
    }

    /// In order of appearance among all connections of TCP, from 0.
    public let number: UInt64
    /// The side that sent the SYN; where none was captured, the one that sent the first segment.
    public var forward: SideFacts
    public var backward: SideFacts
    public var first: Origin
    public var last: Origin
    /// One of its ports is Bitcoin's, or was named so.
    public var hasKnownPort: Bool
    /// A direction was found to be encrypted (BIP 324).
    public var isEncrypted = false
    /// It began before the capture, and its bytes cannot be told from random ones.
    public var looksRandom = false
    public var end: End?

    public init(number: UInt64, forward: SideFacts, backward: SideFacts, first: Origin, hasKnownPort: Bool) {
        self.number = number
        self.forward = forward
        self.backward = backward
        self.first = first
        last = first
        self.hasKnownPort = hasKnownPort
    }

    @inlinable public subscript(side: Direction) -> SideFacts {
        get { side == .forward ? forward : backward }
        _modify { if side == .forward { yield &forward } else { yield &backward } }
    }

    /// The SYN of the side that opened the connection was captured.
    public var isFromSYN: Bool { forward.syn != nil }
    /// Packets of only one side were captured.
    public var isOneDirection: Bool { forward.packets == 0 || backward.packets == 0 }

    /// Nothing of the side was captured, or not the end: it is not known that it was silent.
    func mayHaveSpoken(_ side: Direction) -> Bool { self[side].packets == 0 || self[side].lacksEnd }
}

/// What the packets of one side of a connection tell: of what it sent.
public struct SideFacts: Sendable {
    /// Payload bytes, and the header bytes that they cost.
    public struct Share: Sendable, Equatable {
        public var bytes: UInt64 = 0
        public var overhead: UInt64 = 0

        public init(bytes: UInt64 = 0, overhead: UInt64 = 0) {
            self.bytes = bytes
            self.overhead = overhead
        }

        public mutating func add(_ other: Share) {
            bytes &+= other.bytes
            overhead &+= other.overhead
        }
    }

    public let endpoint: Endpoint
    /// `address:port`, safe to print.
    public let text: [UInt8]
    public var packets: UInt64 = 0
    /// The first SYN of this side.
    public var syn: Origin?
    /// It sent that SYN again.
    public var hasRepeatedSYN = false
    /// From the SYN to the first acknowledgement of it, in nanoseconds; nil where it was sent twice or not captured.
    public var synRoundTrip: Int64?
    /// From a segment with payload that was sent once to the first acknowledgement of exactly its end.
    public var roundTrips = Samples()
    /// It has sent an acknowledgement without payload.
    public var hasBareAcknowledgement = false
    /// It has sent more than was captured: the other side has acknowledged it, or its own numbers say so.
    public var lacksEnd = false
    /// Payload bytes on the wire.
    public var payloadBytes: UInt64 = 0
    /// Frames without payload: SYN, ACK, FIN, RST.
    public var bare = WireCount()
    /// All payload on the wire.
    public var sent = Share()
    /// Payload that the snap length cut off.
    public var cut = Share()
    /// Payload given to a reader of Bitcoin's messages, each byte once.
    public var delivered = Share()

    public init(_ endpoint: Endpoint, _ text: [UInt8]) {
        self.endpoint = endpoint
        self.text = text
    }
}
