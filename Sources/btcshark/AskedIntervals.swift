import ArgumentParser
import DisplayFilter
import Dissector
import Fields
import Output
import Records

/// What `-z io,stat` asks for: stretches of time, and what is counted or computed in each.
struct AskedIntervals {
    /// In nanoseconds; 0 is all the time there is.
    let interval: Int64
    /// With their texts; an empty one lets all through.
    let filters: [(text: String, filter: Filter?)]
    /// What is computed instead, where one of the parts asks for that.
    let computed: [ComputedIntervals.Column]

    /// Nil where the text asks for something else.
    init?(_ text: String) throws {
        let name = Statistic.intervals.rawValue
        guard text == name || text.hasPrefix(name + ",") else { return nil }
        let parts = text == name ? [] : Self.parts(text.dropFirst(name.utf8.count + 1))
        let seconds = parts.first ?? "0"
        guard let interval = Self.nanoseconds(seconds) else {
            throw ValidationError(
                "-z \(text): say io,stat,SECONDS or io,stat,SECONDS,FILTER,…; 0 seconds are all the time there is.")
        }
        self.interval = interval
        let asked = Array(parts.dropFirst())
        computed = asked.contains { Self.function(in: $0) != nil } ? try asked.flatMap(Self.columns) : []
        filters = computed.isEmpty ? try asked.map { ($0, try Self.filter($0)) } : []
    }

    private static func filter(_ text: String) throws -> Filter? {
        text.allSatisfy(\.isWhitespace) ? nil : try Plan.filter(text)
    }

    /// `SUM(field)filter`, `FRAMES()filter`, `BYTES`: the function, what is in brackets, and what follows; nil where the
    /// text is a filter alone.
    private static func function(in text: String) -> (name: String, field: String, filter: String)? {
        let text = text.drop(while: \.isWhitespace)
        if text == "FRAMES" || text == "BYTES" { return (String(text), "", "") }
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return nil }
        let name = text[..<open].uppercased()
        guard name == "LOAD" || ComputedIntervals.Function(rawValue: name) != nil else { return nil }
        let field = text[text.index(after: open)..<close].filter { !$0.isWhitespace }
        return (name, field, String(text[text.index(after: close)...]))
    }

    /// What a part asks for; a filter alone counts messages and bytes.
    private static func columns(_ text: String) throws -> [ComputedIntervals.Column] {
        guard let (name, field, rest) = function(in: text) else {
            let filter = try filter(text)
            return [.frames, .bytes].map { column(text, $0, [], filter) }
        }
        guard let function = ComputedIntervals.Function(rawValue: name) else {
            throw ValidationError("-z io,stat: \(name)(…) is not computed here; -T ndjson has the values.")
        }
        guard function.needsField else {
            if !field.isEmpty {
                throw ValidationError("-z io,stat: \(name) has no field: \(name)() or \(name)()FILTER.")
            }
            return [column(text, function, [], try filter(rest))]
        }
        guard !field.isEmpty else {
            throw ValidationError("-z io,stat: \(name)() needs a field in its brackets: \(name)(FIELD)FILTER.")
        }
        let fields = try FieldNames.fields(named: field, for: "-z io,stat")
        if function.needsNumbers, let other = fields.first(where: { !$0.declaration.kind.isSummed }) {
            throw ValidationError(
                "-z io,stat: \(name)(\(other.declaration.name)): that field is no number; COUNT takes it.")
        }
        return [column(text, function, fields, try filter(rest))]
    }

    private static func column(
        _ name: String, _ function: ComputedIntervals.Function, _ fields: [Field], _ filter: Filter?
    ) -> ComputedIntervals.Column {
        ComputedIntervals.Column(name, function, fields, filterFields: filter?.fields ?? []) {
            filter?.matches($0, $1) ?? true
        }
    }

    /// At the commas that stand neither in quotes nor in brackets.
    private static func parts(_ text: Substring) -> [String] {
        var parts = [""]
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isQuoted {
                if !isEscaped, character == "\"" { isQuoted = false }
                isEscaped = !isEscaped && character == "\\"
            } else {
                switch character {
                case "\"": isQuoted = true
                case "(", "{", "[": depth += 1
                case ")", "}", "]": depth -= 1
                case "," where depth <= 0:
                    parts.append("")
                    continue
                default: break
                }
            }
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    private static func nanoseconds(_ text: String) -> Int64? {
        guard let first = text.first, first.isNumber || first == ".", let seconds = Double(text), seconds.isFinite,
            seconds >= 0, seconds <= 1e9
        else { return nil }
        let nanoseconds = Int64(seconds * 1e9)
        // Less than a microsecond is no interval.
        return seconds == 0 || nanoseconds >= 1_000 ? nanoseconds : nil
    }

    /// How much of a tree holds what is computed.
    var depth: Depth { Depth(holding: computed.flatMap(\.used)) }

    /// What is counted.
    var series: [IntervalStatistics.Series] {
        filters.map { text, filter in
            guard let filter else { return .all }
            return IntervalStatistics.Series(name: text, fields: filter.fields) { filter.matches($0, $1) }
        }
    }
}

extension Kind {
    /// Its values can be added.
    fileprivate var isSummed: Bool {
        switch self {
        case .unsigned, .signed, .hexadecimal, .frameNumber, .count, .amount, .duration: true
        default: false
        }
    }
}
