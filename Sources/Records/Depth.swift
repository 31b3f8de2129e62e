/// How much of a record is looked at, so that no more is made.
public enum Depth: Int, Comparable, Sendable {
    /// Only what stands in the record beside the tree.
    case summary
    /// The tree down to the message's header.
    case header
    /// Of the payload the fields that somebody named, and what is above where any of it is looked at; see
    /// ``Wants/fields``.
    case fields
    /// The whole tree.
    case tree

    public static func < (left: Depth, right: Depth) -> Bool { left.rawValue < right.rawValue }
}
