import ArgumentParser
import DisplayFilter
import Output

/// What `-z io,stat` asks for: stretches of time, and what is counted in each.
struct AskedIntervals {
    /// In nanoseconds; 0 is all the time there is.
    let interval: Int64
    /// With their texts; an empty one lets all through.
    let filters: [(text: String, filter: Filter?)]

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
        filters = try parts.dropFirst().map { part in
            if let function = Self.functions.first(where: { part.uppercased().hasPrefix($0 + "(") }) {
                throw ValidationError(
                    "-z io,stat: \(function)(…) is not computed here, only messages and bytes are; -T ndjson has the values."
                )
            }
            return (part, part.allSatisfy(\.isWhitespace) ? nil : try Plan.filter(part))
        }
    }

    /// What tshark computes of a field.
    private static let functions = ["COUNT", "SUM", "MIN", "MAX", "AVG", "LOAD", "FRAMES", "BYTES"]

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

    /// What is counted.
    var series: [IntervalStatistics.Series] {
        filters.map { text, filter in
            guard let filter else { return .all }
            return IntervalStatistics.Series(name: text, fields: filter.fields) { filter.matches($0, $1) }
        }
    }
}
