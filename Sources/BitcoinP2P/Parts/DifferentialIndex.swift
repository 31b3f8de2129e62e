import Fields

/// A position in a block as BIP 152 writes it: how far it is from the one that would come next
/// (protocol.md section 6.11).
struct DifferentialIndex: Sendable {
    let encoded: Field
    let absolute: Field

    init(_ name: String) {
        encoded = Field(name, "Index", .count, "how many positions are skipped since the one before")
        absolute = Field(
            "\(name).absolute", "Position", .unsigned(bits: 64), "which transaction of the block, from 0")
    }

    /// Reads one index and answers the position. `next` is the one after the one before, 0 at the beginning of a
    /// message.
    @discardableResult
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ next: inout UInt64) throws(Stop) -> UInt64 {
        let skipped = try c.compactSize(number: encoded, limit: Limits.compactBlockPositions)
        let (sum, overflow) = next.addingReportingOverflow(skipped)
        let position = overflow ? UInt64.max : sum
        c.generate(absolute, position)
        if position > Limits.compactBlockPositions { c.annotate(.common.countOverLimit, Limits.compactBlockPositions) }
        next = position == .max ? position : position + 1
        return position
    }
}
