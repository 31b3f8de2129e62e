import Fields

/// Looks ahead in a transaction, so that an input can be explained where it stands though its witness comes after all
/// outputs, and the witness though its input stands far before it.
///
/// It walks over the same bytes by the same rules as the layout, once more and without keeping anything.
struct TransactionScout {
    private(set) var position: Int
    private let end: Int
    /// How many entries are left.
    private(set) var entries: Int

    /// Goes over the entries of a list whose count stands at `offset`.
    init?(_ bytes: RawSpan, listAt offset: Int) {
        position = offset
        end = bytes.byteCount
        entries = 0
        guard let count = compactSize(bytes) else { return nil }
        entries = count
    }

    /// Goes over the witness stacks, which begin after the list of outputs.
    ///
    /// - Parameter lastCommitment: The index of the last output that may be a witness commitment (BIP 141).
    static func witnesses(_ bytes: RawSpan, inputsAt offset: Int, lastCommitment: inout Int?) -> TransactionScout? {
        guard var scout = TransactionScout(bytes, listAt: offset) else { return nil }
        let inputs = scout.entries
        while scout.entries > 0 { guard scout.nextInput(bytes) != nil else { return nil } }
        guard let outputs = scout.compactSize(bytes) else { return nil }
        var index = 0
        while index < outputs {
            guard scout.skip(8), let length = scout.compactSize(bytes), scout.skip(length) else { return nil }
            if WitnessCommitment.isOne(scout.position &- length..<scout.position, bytes) { lastCommitment = index }
            index &+= 1
        }
        scout.entries = inputs
        return scout
    }

    struct Input {
        var outpoint: Range<Int>
        var script: Range<Int>
    }

    /// The next input, or nil after the last one and where the bytes end.
    mutating func nextInput(_ bytes: RawSpan) -> Input? {
        let start = position
        guard entries > 0, skip(36), let length = compactSize(bytes), skip(length), skip(4) else {
            entries = 0
            return nil
        }
        entries &-= 1
        let script = position &- 4 &- length..<position &- 4
        return Input(outpoint: start..<start &+ 36, script: script)
    }

    /// The range of the next output, or nil after the last one and where the bytes end.
    mutating func nextOutput(_ bytes: RawSpan) -> Range<Int>? {
        let start = position
        guard entries > 0, skip(8), let length = compactSize(bytes), skip(length) else {
            entries = 0
            return nil
        }
        entries &-= 1
        return start..<position
    }

    /// The next stack, or nil after the last one and where the bytes end.
    mutating func nextStack(_ bytes: RawSpan) -> WitnessStack? {
        guard entries > 0, let count = compactSize(bytes) else {
            entries = 0
            return nil
        }
        entries &-= 1
        var stack = WitnessStack()
        while stack.count < count {
            guard let length = compactSize(bytes), skip(length) else {
                entries = 0
                return nil
            }
            stack.append(position &- length..<position)
        }
        stack.finish(bytes)
        return stack
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= end &- position else { return false }
        position &+= count
        return true
    }

    private mutating func compactSize(_ bytes: RawSpan) -> Int? {
        guard position >= 0, end <= bytes.byteCount,
            let (value, length) = bytes.compactSize(at: position, before: end)
        else { return nil }
        position &+= length
        return Int(clamping: value)
    }
}

/// What shows the purpose of a witness stack: how many items it has, and those at its ends.
struct WitnessStack {
    private(set) var count = 0
    private(set) var first = 0..<0
    private(set) var second = 0..<0
    private(set) var last = 0..<0
    private(set) var beforeLast = 0..<0
    private var thirdLast = 0..<0
    /// The last item is an annex (BIP 341), and not among those above.
    private(set) var hasAnnex = false

    mutating func append(_ item: Range<Int>) {
        if count == 0 { first = item }
        if count == 1 { second = item }
        count &+= 1
        thirdLast = beforeLast
        beforeLast = last
        last = item
    }

    /// Sets the annex aside: the last of at least two items, beginning with 0x50.
    mutating func finish(_ bytes: RawSpan) {
        guard count >= 2, !last.isEmpty, last.lowerBound >= 0, last.upperBound <= bytes.byteCount,
            bytes.unsafeLoad(fromUncheckedByteOffset: last.lowerBound, as: UInt8.self) == 0x50
        else { return }
        hasAnnex = true
        last = beforeLast
        beforeLast = thirdLast
    }

    /// Items without the annex.
    var arguments: Int { hasAnnex ? count &- 1 : count }
}
