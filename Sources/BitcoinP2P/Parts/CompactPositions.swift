import Fields

/// Where in a block the transactions stand that a compact block has short ids of: those places, in order, that no
/// prefilled transaction takes (BIP 152).
///
/// The prefilled ones follow the short ids, so they are read ahead.
struct CompactPositions {
    private var prefilled: ContiguousArray<UInt64> = []
    private var used = 0
    private var next: UInt64 = 0

    /// Reads ahead over `ids` short ids, which begin at `start`; nil where the message is cut.
    init?(_ bytes: RawSpan, behind ids: Int, at start: Int, _ fields: CompactBlock) {
        do throws(Stop) {
            var c = Cursor(bytes, from: start, SkimSink(wantsInfo: false))
            try c.values(ids, stride: 6) { (_, _) throws(Stop) in }
            let count = try c.compactSize(fields.prefilledCount, of: fields.prefilled)
            var place: UInt64 = 0
            try c.list(of: fields.prefilled, count, minimum: 11) { (c, _) throws(Stop) in
                prefilled.append(try fields.index.layout(&c, &place))
                _ = try fields.transaction.layout(&c, Network(magic: 0), hashing: false)
            }
        } catch {
            return nil
        }
    }

    /// The position of the next short id.
    mutating func take() -> UInt64 {
        while used < prefilled.count, prefilled[used] == next {
            used &+= 1
            next &+= 1
        }
        // One more for each short id, each of which has six bytes.
        next &+= 1
        return next &- 1
    }
}
