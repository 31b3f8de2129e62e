/// A ``Remark`` on one node.
@frozen
public struct Annotation: BitwiseCopyable, Sendable {
    /// Index of the node it speaks of.
    public var node: UInt32
    public var remark: Remark
    /// A number that belongs to the text: a limit, a count of bytes.
    public var value: UInt64

    @inlinable
    public init(node: UInt32, remark: Remark, value: UInt64) {
        self.node = node
        self.remark = remark
        self.value = value
    }
}
