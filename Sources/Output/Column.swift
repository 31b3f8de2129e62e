/// A column of a statistic, declared once: the text table, the lines of data and the manual follow from it.
///
/// How its values are taken from a row stands beside it, in a ``ValuedColumn``.
public struct Column: Sendable {
    /// What the values are: it decides how they are written in a table and in JSON, and on which side of the column.
    public enum Unit: Sendable {
        /// Words.
        case text
        /// Words that may be many: a table shows at most this number of characters of them.
        case longText(shown: Int)
        /// True or false, and what a table shows for each.
        case flag(yes: StaticString, no: StaticString)
        /// A number that identifies, such as that of a connection.
        case number
        /// How many there are.
        case count
        case bytes
        case averageBytes
        case percent
        case perSecond
        case seconds
        /// Seconds in data; a table shows three digits and the unit that suits.
        case duration
        /// Spans of time as a histogram, which only metrics have: no table, and no member in data.
        case samples
    }

    /// What the values are among the metrics of a question.
    public enum Metric: Sendable {
        /// They name the row, in each of its metrics.
        case label
        /// They never fall.
        case counter
        /// One counter for each name, which stands in the label of this name.
        case counters(by: StaticString)
        /// They may fall.
        case gauge
        case histogram
        /// They are not among them.
        case absent
    }

    /// How a table that has no room for all columns chooses among them.
    public enum Importance: Int, Comparable, Sendable {
        /// It has room only where all of the others have.
        case detail
        case usual
        case main
        /// It names the row: it is always there, shortened at worst.
        case name

        public static func < (left: Importance, right: Importance) -> Bool { left.rawValue < right.rawValue }
    }

    /// The name of its member in a line of data.
    public let key: StaticString
    /// Its name in the table; nil where the table does not have it.
    public let title: StaticString?
    public let unit: Unit
    /// One phrase, without a capital or a full stop.
    public let meaning: StaticString
    public let metric: Metric
    /// Its place in the table, from 0; those without one are around it in the order of their declarations.
    package let place: Int?
    /// Its width in a table of fixed columns, with the space before it.
    package let width: Int
    package let importance: Importance
}

extension Column.Unit {
    /// For the manual.
    public var name: StaticString {
        switch self {
        case .text, .longText: "text"
        case .flag: "true or false"
        case .number: "number"
        case .count: "count"
        case .bytes, .averageBytes: "bytes"
        case .percent: "percent"
        case .perSecond: "per second"
        case .seconds, .duration: "seconds"
        case .samples: "histogram"
        }
    }

    /// What its values are among metrics, unless their column says otherwise.
    var metric: Column.Metric {
        switch self {
        case .text, .longText, .flag, .number: .absent
        case .count, .bytes: .counter
        case .averageBytes, .percent, .perSecond, .seconds, .duration: .gauge
        case .samples: .histogram
        }
    }

    /// Whether its values name a row.
    var isLabel: Bool {
        switch self {
        case .text, .longText, .flag, .number: true
        case .count, .bytes, .averageBytes, .percent, .perSecond, .seconds, .duration, .samples: false
        }
    }

    /// Whether a table moves its values to the left: words, but no numbers.
    var isLeft: Bool {
        switch self {
        case .text, .longText, .flag: true
        case .number, .count, .bytes, .averageBytes, .percent, .perSecond, .seconds, .duration, .samples: false
        }
    }

    /// Of a quotient.
    var decimals: Int {
        switch self {
        case .averageBytes: 1
        case .percent: 2
        case .perSecond: 4
        case .text, .longText, .flag, .number, .count, .bytes, .seconds, .duration, .samples: 0
        }
    }
}

extension Column {
    /// Whether lines of data have a member for it.
    public var isMember: Bool { if case .samples = unit { false } else { true } }
}
