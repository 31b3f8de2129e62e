/// How a field stands on the wire, and what its value follows from: what a layout asks of a sink that builds.
@frozen
public struct WireForm: Sendable {
    @frozen
    public enum Shape: Sendable {
        /// A little-endian integer of so many bytes.
        case little(Int)
        case big(Int)
        /// So many bytes as they are.
        case bytes(Int)
        case compactSize
        /// All bytes to the end of the message.
        case rest
    }

    /// What the value is where it is not given.
    @frozen
    public enum Source: Sendable {
        /// It must be given.
        case nothing
        /// How many values, or entries, of that field there are.
        case count(of: Field)
        /// How many bytes the one of these fields has that is given; where none is, the number.
        case length(of: Field, Field?, Field?, otherwise: Int)
        /// How many bytes the layout within ``Cursor/within(_:remainder:_:)`` takes.
        case extent
        /// Always this number, little-endian.
        case constant(UInt64)
    }

    public let shape: Shape
    public let source: Source
    /// The bits of an integer that are the field's value; the others are kept as they were where bytes are given.
    public let mask: UInt64

    @inlinable
    public init(_ shape: Shape, _ source: Source = .nothing, mask: UInt64 = .max) {
        self.shape = shape
        self.source = source
        self.mask = mask
    }
}
