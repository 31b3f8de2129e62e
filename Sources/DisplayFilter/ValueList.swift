import Fields

/// All values of one side of a comparison between fields, as byte strings whose order is the values' own.
struct ValueList {
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>] = []
    /// Some value is unknown: it equals nothing.
    private var hasUnknown = false

    var isEmpty: Bool { ranges.isEmpty && !hasUnknown }

    mutating func append(_ number: Int128) {
        let start = bytes.count
        withUnsafeBytes(of: (UInt128(bitPattern: number) ^ 1 << 127).bigEndian) { bytes.append(contentsOf: $0) }
        ranges.append(start..<bytes.count)
    }

    mutating func append(_ text: borrowing TextBuffer) {
        let start = bytes.count
        bytes.append(contentsOf: text.bytes)
        ranges.append(start..<bytes.count)
    }

    mutating func appendUnknown() { hasUnknown = true }

    /// The values must be sorted before two lists are compared.
    mutating func sort() {
        let bytes = bytes
        ranges.sort { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
    }

    /// Whether any or all pairs of values are so related. With both sides sorted the outermost pairs decide, so that two
    /// fields with a million values each do not make a million million pairs.
    func holds(_ quantifier: Quantifier, _ relation: Relation, _ other: ValueList) -> Bool {
        guard !isEmpty, !other.isEmpty else { return false }
        let isUnknown = hasUnknown || other.hasUnknown
        switch (relation, quantifier) {
        case (.equal, .any): return shares(other)
        case (.notEqual, .all): return !shares(other)
        case (.equal, .all): return !isUnknown && isUniform(other)
        case (.notEqual, .any): return isUnknown || !isUniform(other)
        case (_, .all) where isUnknown: return false
        default: break
        }
        guard !ranges.isEmpty, !other.ranges.isEmpty else { return false }
        switch (relation, quantifier) {
        case (.less, .any): return isLess(first, other.last, in: other)
        case (.less, .all): return isLess(last, other.first, in: other)
        case (.lessOrEqual, .any): return !other.isLess(other.last, first, in: self)
        case (.lessOrEqual, .all): return !other.isLess(other.first, last, in: self)
        case (.greater, .any): return other.isLess(other.first, last, in: self)
        case (.greater, .all): return other.isLess(other.last, first, in: self)
        case (.greaterOrEqual, .any): return !isLess(last, other.first, in: other)
        default: return !isLess(first, other.last, in: other)
        }
    }

    private var first: Range<Int> { ranges.first ?? 0..<0 }
    private var last: Range<Int> { ranges.last ?? 0..<0 }

    private func isLess(_ mine: Range<Int>, _ theirs: Range<Int>, in other: ValueList) -> Bool {
        bytes[mine].lexicographicallyPrecedes(other.bytes[theirs])
    }

    /// All values on both sides are the same.
    private func isUniform(_ other: ValueList) -> Bool {
        bytes[first].elementsEqual(bytes[last]) && other.bytes[other.first].elementsEqual(other.bytes[other.last])
            && bytes[first].elementsEqual(other.bytes[other.first])
    }

    private func shares(_ other: ValueList) -> Bool {
        var (mine, theirs) = (0, 0)
        while mine < ranges.count, theirs < other.ranges.count {
            let (left, right) = (ranges[mine], other.ranges[theirs])
            if isLess(left, right, in: other) {
                mine += 1
            } else if other.isLess(right, left, in: self) {
                theirs += 1
            } else {
                return true
            }
        }
        return false
    }
}

extension Measure {
    /// All values, sorted.
    func values(_ tree: borrowing Tree, _ bytes: RawSpan, _ scratch: inout Scratch) -> ValueList {
        var list = ValueList()
        switch self {
        case .total(let total):
            if let number = total.value(tree, bytes, &scratch) { list.append(number) }
        case .values(let source):
            for node in tree.nodes {
                guard let index = source.fields.index(of: node.fieldID) else { continue }
                let own = tree.bytes(of: node, in: bytes)
                // Of a part of a value nothing is known but that part, and it is compared whole.
                if node.flags.contains(.truncated), source.steps.isEmpty {
                    list.appendUnknown()
                    continue
                }
                switch source.value(node, source.fields.entries[index], own, &scratch) {
                case .none: break
                case .unknown: list.appendUnknown()
                case .scalar(let number): list.append(number)
                case .text: list.append(scratch.text)
                }
            }
        }
        list.sort()
        return list
    }
}
