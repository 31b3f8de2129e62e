import Fields

/// Memory that is reused from node to node.
struct Scratch {
    /// The value at hand, where it is worked out rather than read in place.
    var text = TextBuffer()
    var shown = ValueText()
    private var spare: [UInt8] = []
    var threads = PatternThreads()

    init() {}

    /// Replaces the text by slices of it; false where it is too short.
    mutating func slice(_ slices: [Slice]) -> Bool {
        spare.removeAll(keepingCapacity: true)
        for slice in slices {
            guard let range = slice.range(of: text.count) else { return false }
            // Many slices of a long value would be more than there is memory.
            guard spare.count <= 1 << 26 else { return false }
            spare.append(contentsOf: text.bytes[range])
        }
        swap(&spare, &text.bytes)
        return true
    }

    /// Replaces the text by its bytes as hexadecimal digits.
    mutating func writeDigits() {
        swap(&spare, &text.bytes)
        text.removeAll()
        Self.write(spare, to: &text)
    }

    private static func write(_ bytes: borrowing [UInt8], to text: inout TextBuffer) {
        text.append(hexadecimal: bytes.span.bytes)
    }
}

/// What became of a node.
enum Value {
    /// It does not have what is asked for.
    case none
    /// Its bytes ended too early: there is a value, but nobody knows which. It is equal to nothing.
    case unknown
    case scalar(Int128)
    /// Bytes in ``Scratch/text``.
    case text
}

extension Predicate {
    func holds(_ tree: borrowing Tree, _ bytes: RawSpan, _ scratch: inout Scratch) -> Bool {
        switch self {
        case .all(let tests):
            for test in tests where !test.holds(tree, bytes, &scratch) { return false }
            return true
        case .any(let tests):
            for test in tests where test.holds(tree, bytes, &scratch) { return true }
            return false
        case .odd(let tests):
            var isOdd = false
            for test in tests where test.holds(tree, bytes, &scratch) { isOdd.toggle() }
            return isOdd
        case .not(let test): return !test.holds(tree, bytes, &scratch)
        case .present(let fields):
            for node in tree.nodes where fields.index(of: node.fieldID) != nil { return true }
            return false
        case .values(let source, let quantifier, let condition):
            return source.holds(quantifier, condition, tree, bytes, &scratch)
        case .total(let total, let condition):
            guard let number = total.value(tree, bytes, &scratch) else { return false }
            return condition.holds(number)
        case .pair(let left, let quantifier, let relation, let right):
            let (left, right) = (left.values(tree, bytes, &scratch), right.values(tree, bytes, &scratch))
            return left.holds(quantifier, relation, right)
        }
    }
}

extension Source {
    /// Looks at the values in the order of their nodes, no further than needed.
    func holds(
        _ quantifier: Quantifier, _ condition: Condition, _ tree: borrowing Tree, _ bytes: RawSpan,
        _ scratch: inout Scratch
    ) -> Bool {
        var isAny = false
        for node in tree.nodes {
            guard let index = fields.index(of: node.fieldID) else { continue }
            guard let passes = passes(node, fields.entries[index], condition, tree, bytes, &scratch) else { continue }
            switch quantifier {
            case .any: if passes { return true }
            case .all: if !passes { return false }
            }
            isAny = true
        }
        return quantifier == .all && isAny
    }

    /// nil where the node has no value.
    private func passes(
        _ node: Node, _ entry: FieldTable.Entry, _ condition: Condition, _ tree: borrowing Tree, _ message: RawSpan,
        _ scratch: inout Scratch
    ) -> Bool? {
        let bytes = tree.bytes(of: node, in: message)
        if steps.isEmpty, !entry.reader.isScalar, entry.reader != .shown {
            return passes(node, entry.reader, bytes, condition, &scratch.threads)
        }
        switch value(node, entry, bytes, &scratch) {
        case .none: return nil
        case .unknown: return condition.holdsForUnknown
        case .scalar(let number):
            switch condition {
            case .scalar(let condition): return condition.holds(number)
            case .exists: return true
            case .bytes, .pattern: return false
            }
        case .text:
            return Self.passes(scratch.text, condition, &scratch.threads)
        }
    }

    /// A value that is read in place.
    private func passes(
        _ node: Node, _ reader: Reader, _ bytes: RawSpan, _ condition: Condition, _ threads: inout PatternThreads
    ) -> Bool? {
        if node.flags.contains(.truncated), reader == .hash || condition.needsWhole { return condition.holdsForUnknown }
        let value = reader == .paddedText ? bytes.withoutPadding : bytes
        return Self.passes(value, reader == .hash, condition, &threads)
    }

    private static func passes(
        _ text: borrowing TextBuffer, _ condition: Condition, _ threads: inout PatternThreads
    ) -> Bool {
        passes(text.bytes.span.bytes, false, condition, &threads)
    }

    private static func passes(
        _ value: RawSpan, _ isReversed: Bool, _ condition: Condition, _ threads: inout PatternThreads
    ) -> Bool {
        switch condition {
        case .exists: true
        case .bytes(let condition): condition.holds(value, isReversed: isReversed)
        case .pattern(let pattern): pattern.isFound(in: value, &threads)
        case .scalar: false
        }
    }

    /// The value with all that is done to it.
    func value(_ node: Node, _ entry: FieldTable.Entry, _ bytes: RawSpan, _ scratch: inout Scratch) -> Value {
        var value = entry.value(node, bytes, &scratch)
        for step in steps {
            switch value {
            case .none, .unknown: return value
            case .scalar(let number): value = step.apply(to: number, &scratch)
            case .text: value = step.apply(toText: &scratch)
            }
        }
        return value
    }
}

extension Condition {
    /// Of a value that is unknown it is known only that it differs from everything.
    var holdsForUnknown: Bool {
        switch self {
        case .scalar(.relation(.notEqual, _)), .bytes(.relation(.notEqual, _)): true
        case .exists, .scalar, .bytes, .pattern: false
        }
    }

    /// A part of the value does not decide it.
    fileprivate var needsWhole: Bool {
        switch self {
        case .bytes(.relation), .bytes(.membership): true
        case .bytes(.contains), .pattern, .exists, .scalar: false
        }
    }
}

extension FieldTable.Entry {
    fileprivate func value(_ node: Node, _ bytes: RawSpan, _ scratch: inout Scratch) -> Value {
        if reader.isScalar { return reader.scalar(node, bytes).map(Value.scalar) ?? .unknown }
        let isPartial = kind == .bytes || kind == .text || kind == .paddedText || reader == .bytes
        if node.flags.contains(.truncated), !isPartial { return .unknown }
        scratch.text.removeAll()
        switch reader {
        case .hash: bytes.withUnsafeBytes { scratch.text.bytes.append(contentsOf: $0.reversed()) }
        case .paddedText: bytes.withoutPadding.withUnsafeBytes { scratch.text.bytes.append(contentsOf: $0) }
        case .shown: scratch.shown.append(node, kind, bytes, .plain, to: &scratch.text)
        default: bytes.withUnsafeBytes { scratch.text.bytes.append(contentsOf: $0) }
        }
        return .text
    }
}

extension Step {
    fileprivate func apply(to number: Int128, _ scratch: inout Scratch) -> Value {
        switch self {
        case .magnitude: return .scalar(Int128(number.magnitude))
        case .mask(let mask): return .scalar(Int128(UInt64(truncatingIfNeeded: number) & mask))
        case .decimal:
            scratch.text.removeAll()
            if number < 0 { scratch.text.append(ascii: 0x2d) }
            scratch.text.append(decimal: UInt64(clamping: number.magnitude))
            return .text
        case .slice, .length, .lower, .upper, .hexadecimal: return .none
        }
    }

    fileprivate func apply(toText scratch: inout Scratch) -> Value {
        switch self {
        case .slice(let slices): return scratch.slice(slices) ? .text : .none
        case .length: return .scalar(Int128(scratch.text.count))
        case .lower, .upper:
            let letters = isLower ? ByteSet.upper : ByteSet.lower
            for index in scratch.text.bytes.indices where letters.contains(scratch.text.bytes[index]) {
                scratch.text.bytes[index] ^= 0x20
            }
            return .text
        case .hexadecimal:
            scratch.writeDigits()
            return .text
        case .decimal, .magnitude, .mask: return .none
        }
    }

    private var isLower: Bool {
        if case .lower = self { true } else { false }
    }
}

extension Total {
    func value(_ tree: borrowing Tree, _ bytes: RawSpan, _ scratch: inout Scratch) -> Int128? {
        switch self {
        case .count(let fields):
            var count: Int128 = 0
            for node in tree.nodes where fields.index(of: node.fieldID) != nil { count += 1 }
            return count == 0 ? nil : count
        case .least(let sources): return Self.extreme(sources, tree, bytes, &scratch) { $0 < $1 }
        case .greatest(let sources): return Self.extreme(sources, tree, bytes, &scratch) { $0 > $1 }
        }
    }

    private static func extreme(
        _ sources: [Source], _ tree: borrowing Tree, _ bytes: RawSpan, _ scratch: inout Scratch,
        _ isBetter: (Int128, Int128) -> Bool
    ) -> Int128? {
        var best: Int128?
        for source in sources {
            for node in tree.nodes {
                guard let index = source.fields.index(of: node.fieldID) else { continue }
                let own = tree.bytes(of: node, in: bytes)
                guard case .scalar(let number) = source.value(node, source.fields.entries[index], own, &scratch) else {
                    continue
                }
                if best.map({ isBetter(number, $0) }) ?? true { best = number }
            }
        }
        return best
    }
}
