import Fields

/// A filter, or a part of it, that has been checked.
indirect enum Predicate: Sendable {
    case all([Predicate])
    case any([Predicate])
    /// An odd number of them holds.
    case odd([Predicate])
    case not(Predicate)
    case present(FieldTable)
    /// Of the values that the nodes have, any or all pass.
    case values(Source, Quantifier, Condition)
    /// A number worked out of all nodes passes; where there is no node there is no number.
    case total(Total, ScalarCondition)
    /// Of the pairs of values, any or all are so related.
    case pair(Measure, Quantifier, Relation, Measure)
}

/// Where values come from: nodes of some fields, and what is done to the value of each.
struct Source: Sendable {
    var fields: FieldTable
    var steps: [Step] = []
}

/// What is done to a value.
enum Step: Sendable {
    case slice([Slice])
    case length, lower, upper
    /// Text of a number or of bytes.
    case decimal, hexadecimal
    case magnitude
    case mask(UInt64)
}

/// One number worked out of all values.
enum Total: Sendable {
    case count(FieldTable)
    case least([Source])
    case greatest([Source])
}

enum Measure: Sendable {
    case values(Source)
    case total(Total)
}

/// What is asked of one value.
enum Condition: Sendable {
    /// There is one.
    case exists
    case scalar(ScalarCondition)
    case bytes(BytesCondition)
    case pattern(LinearPattern)
}

enum ScalarCondition: Sendable {
    /// Held against a literal, which stands for all values of its range.
    case relation(Relation, ClosedRange<Int128>)
    /// Sorted ranges, none of which touches another.
    case membership([ClosedRange<Int128>])

    @inline(__always)
    func holds(_ value: Int128) -> Bool {
        switch self {
        case .relation(let relation, let literal):
            switch relation {
            case .equal: value >= literal.lowerBound && value <= literal.upperBound
            case .notEqual: value < literal.lowerBound || value > literal.upperBound
            case .less: value < literal.lowerBound
            case .lessOrEqual: value <= literal.upperBound
            case .greater: value > literal.upperBound
            case .greaterOrEqual: value >= literal.lowerBound
            }
        case .membership(let ranges):
            ranges.isMember { $0.upperBound < value ? .below : $0.lowerBound > value ? .above : .inside }
        }
    }

    init(members: [ClosedRange<Int128>]) {
        self = .membership(merged(members))
    }
}

/// The same values in sorted ranges, none of which touches another.
func merged<Bound: Comparable>(_ ranges: [ClosedRange<Bound>]) -> [ClosedRange<Bound>] {
    var merged: [ClosedRange<Bound>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if let last = merged.last, range.lowerBound <= last.upperBound {
            merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
            merged.append(range)
        }
    }
    return merged
}

enum Place { case below, inside, above }

extension Array {
    /// Whether one of the sorted elements has what is looked for inside.
    @inline(__always)
    func isMember(_ place: (Element) -> Place) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            switch place(self[middle]) {
            case .inside: return true
            case .below: low = middle + 1
            case .above: high = middle
            }
        }
        return false
    }
}
