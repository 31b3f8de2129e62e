/// The bytes ended before the layout did. It unwinds a layout and is seen nowhere else: the tree is complete up to the
/// truncated node, with every open group closed.
@frozen
public struct Stop: Error {
    @inlinable public init() {}
}
