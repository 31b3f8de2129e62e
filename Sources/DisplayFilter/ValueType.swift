import Fields

/// What kinds of values can be compared with each other, and how a literal for them is read.
enum ValueType: Sendable {
    /// - Parameters:
    ///   - range: What the field can hold; nil for a computed number.
    ///   - names: Names of values, where the field has any.
    case number(range: ClosedRange<Int128>?, names: [ValueNames])
    case truth
    case time
    case duration
    /// A number with a fraction.
    case decimal
    case address(isIPv6: Bool)
    case hash
    case bytes
    /// - Parameter isSlice: Of a part of a text, which Wireshark takes for bytes, digits without quotes are bytes.
    case text(isSlice: Bool)
    /// A group or layer: it has no value.
    case heading

    init(_ kind: Kind) {
        self =
            switch kind {
            case .group, .layer: .heading
            case .unsigned(let bits), .hexadecimal(let bits): .number(range: Self.unsigned(bits), names: [])
            case .signed(let bits): .number(range: Self.signed(bits), names: [])
            case .count, .frameNumber: .number(range: Self.unsigned(64), names: [])
            case .amount: .number(range: Self.signed(64), names: [])
            case .enumeration(let names, let bits, _): .number(range: Self.unsigned(bits), names: [names])
            case .boolean, .flag: .truth
            case .hash: .hash
            case .bytes, .ethernet: .bytes
            case .text, .paddedText: .text(isSlice: false)
            case .seconds, .nanoseconds: .time
            case .duration: .duration
            case .decimal: .decimal
            case .ipv4: .address(isIPv6: false)
            case .ipv6: .address(isIPv6: true)
            }
    }

    static var computedNumber: ValueType { .number(range: nil, names: []) }

    private static func unsigned(_ bits: Int) -> ClosedRange<Int128> { 0...(1 << Int128(max(1, min(bits, 64)))) - 1 }

    private static func signed(_ bits: Int) -> ClosedRange<Int128> {
        let half: Int128 = 1 << Int128(max(1, min(bits, 64)) - 1)
        return -half...half - 1
    }

    /// The type of a name that stands for fields of both types; nil where they have no common one.
    func merged(with other: ValueType) -> ValueType? {
        switch (self, other) {
        case (.number(let range?, let names), .number(let otherRange?, let otherNames)):
            .number(
                range: min(range.lowerBound, otherRange.lowerBound)...max(range.upperBound, otherRange.upperBound),
                names: names + otherNames)
        case (.address(let isIPv6), .address(let otherIsIPv6)): .address(isIPv6: isIPv6 || otherIsIPv6)
        case (.truth, .truth), (.time, .time), (.duration, .duration), (.decimal, .decimal), (.hash, .hash),
            (.bytes, .bytes), (.text, .text), (.heading, .heading):
            self
        default: nil
        }
    }

    /// Whether values of both types can be held against each other.
    func isComparable(with other: ValueType) -> Bool {
        switch (self, other) {
        case (.number, .number), (.number, .truth), (.truth, .number), (.truth, .truth), (.time, .time),
            (.duration, .duration), (.decimal, .decimal), (.address, .address), (.hash, .hash), (.bytes, .bytes),
            (.bytes, .text),
            (.text, .bytes), (.text, .text):
            true
        default: false
        }
    }

    /// A number rather than bytes, for the evaluation.
    var isScalar: Bool {
        switch self {
        case .number, .truth, .time, .duration, .decimal, .address: true
        case .hash, .bytes, .text, .heading: false
        }
    }

    /// `a number`, for messages.
    var phrase: String {
        switch self {
        case .number: "a number"
        case .truth: "true or false"
        case .time: "a point in time"
        case .duration: "a duration in seconds"
        case .decimal: "a number with a fraction"
        case .address(let isIPv6): isIPv6 ? "an IPv6 address" : "an IPv4 address"
        case .hash: "a hash"
        case .bytes: "a string of bytes"
        case .text: "text"
        case .heading: "a heading over other fields"
        }
    }
}
