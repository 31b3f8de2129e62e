/// What is asked of a value that is bytes.
enum BytesCondition: Sendable {
    case relation(Relation, [UInt8])
    /// Sorted ranges, none of which touches another.
    case membership([ClosedRange<ByteString>])
    /// The bytes that are looked for, and the same in reversed order.
    case contains(Needle, reversed: Needle)

    init(members: [ClosedRange<ByteString>]) {
        self = .membership(merged(members))
    }

    /// - Parameter isReversed: The value is the bytes of the span from the last to the first.
    func holds(_ span: RawSpan, isReversed: Bool) -> Bool {
        switch self {
        case .relation(let relation, let literal):
            if relation == .equal || relation == .notEqual, span.byteCount != literal.count {
                return relation == .notEqual
            }
            let order = literal.order(span, isReversed)
            return switch relation {
            case .equal: order == 0
            case .notEqual: order != 0
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            case .greaterOrEqual: order >= 0
            }
        case .membership(let ranges):
            return ranges.isMember {
                if $0.lowerBound.bytes.order(span, isReversed) < 0 { return .above }
                return $0.upperBound.bytes.order(span, isReversed) > 0 ? .below : .inside
            }
        case .contains(let wanted, let reversed):
            return (isReversed ? reversed : wanted).isFound(in: span)
        }
    }
}

extension [UInt8] {
    /// Below 0 where the value in `span` comes before these bytes, above 0 where it comes after them.
    fileprivate func order(_ span: RawSpan, _ isReversed: Bool) -> Int {
        let shorter = Swift.min(count, span.byteCount)
        for index in 0..<shorter {
            let at = isReversed ? span.byteCount &- 1 &- index : index
            let byte = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            if byte != self[index] { return byte < self[index] ? -1 : 1 }
        }
        return span.byteCount &- count
    }
}

/// Bytes in the order of a dictionary.
struct ByteString: Sendable, Comparable {
    let bytes: [UInt8]

    static func < (left: ByteString, right: ByteString) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
