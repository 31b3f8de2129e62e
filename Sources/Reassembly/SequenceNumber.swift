/// A TCP sequence number: serial arithmetic modulo 2³² (RFC 9293, section 3.4).
///
/// Nothing outside this type knows of wrap-around: a stream turns a sequence number once into a 64-bit offset.
@frozen public struct SequenceNumber: Hashable, Sendable {
    public var value: UInt32

    @inlinable public init(_ value: UInt32) {
        self.value = value
    }

    /// How far `other` lies ahead of this number: −2³¹ ..< 2³¹, negative when it lies behind.
    @inlinable public func distance(to other: SequenceNumber) -> Int {
        // Wrapping is the definition of serial arithmetic.
        Int(Int32(truncatingIfNeeded: other.value &- value))
    }

    /// The number `count` bytes further on (any value; counts are taken modulo 2³²).
    @inlinable public func advanced(by count: Int) -> SequenceNumber {
        SequenceNumber(value &+ UInt32(truncatingIfNeeded: count))
    }

    /// The number of the byte at `offset` in a stream whose offset 0 has this number.
    @inlinable public func at(_ offset: UInt64) -> SequenceNumber {
        SequenceNumber(value &+ UInt32(truncatingIfNeeded: offset))
    }

    /// True when this number precedes `other`, being less than 2³¹ behind it.
    @inlinable public func precedes(_ other: SequenceNumber) -> Bool {
        distance(to: other) > 0
    }
}
