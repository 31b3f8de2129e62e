import Reassembly

/// How bytes came, beside the frame that completed them. Empty where nobody wants to know.
struct Arrival {
    /// The frame that brought the first of them.
    var first: Origin?
    /// One of them came in an earlier frame than one before it.
    var isReordered = false
    /// The header bytes that they cost.
    var overhead: UInt64 = 0
}
