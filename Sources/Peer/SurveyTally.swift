import Fields
import Output

/// How far a survey is, and what came of it so far.
public struct SurveyTally: Sendable {
    /// Targets, with those that an earlier run has met.
    public let total: Int
    /// Met by an earlier run.
    public let earlier: Int
    public private(set) var met = 0
    private var counts: [MeetingOutcome: Int] = [:]
    private let begun = ContinuousClock.now

    public init(total: Int, earlier: Int) {
        self.total = total
        self.earlier = earlier
    }

    public mutating func add(_ outcome: MeetingOutcome) {
        met += 1
        counts[outcome, default: 0] += 1
    }

    /// The outcomes of this run, the most frequent first.
    public var outcomes: [(outcome: MeetingOutcome, count: Int)] {
        counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0.word) < ($0.1, $1.0.word) }
    }

    /// `4,210/5,000  ok 2,011 (47.8 %)  in flight 256  timeout-version 503  refused 171 …  174/s  3m10s left`.
    public func line(inFlight: Int) -> String {
        var text = TextBuffer()
        text.append("\(Self.grouped(earlier + met))/\(Self.grouped(total))")
        let good = counts[.complete, default: 0]
        let share = met > 0 ? (good * 1000 + met / 2) / met : 0
        text.append("  ok \(Self.grouped(good)) (\(share / 10).\(share % 10) %)  in flight \(inFlight)")
        let others = outcomes.filter { $0.outcome != .complete }
        for (outcome, count) in others.prefix(3) { text.append("  \(outcome.word) \(Self.grouped(count))") }
        if others.count > 3 { text.append(" …") }
        let seconds = Double(elapsed) / 1e9
        let rate = seconds > 0 ? Double(met) / seconds : 0
        text.append(rate < 10 ? "  \(Double(Int(rate * 10)) / 10)/s" : "  \(Int(rate))/s")
        let left = total - earlier - met
        if left > 0, rate > 0 {
            text.append("  ")
            text.append(duration: Int64(min(Double(left) / rate, 1e9)) * 1_000_000_000, decimals: 0)
            text.append(" left")
        }
        return text.string
    }

    /// What there is to say at the end, a line an outcome.
    public var summary: String {
        var text = TextBuffer()
        text.append("\(Self.grouped(met)) \(met == 1 ? "target" : "targets") called in ")
        text.append(duration: elapsed, decimals: 3)
        if earlier > 0 { text.append(", \(Self.grouped(earlier)) had rows already") }
        let left = total - earlier - met
        if left > 0 { text.append(", \(Self.grouped(left)) left") }
        text.append("\n")
        for (outcome, count) in outcomes {
            let number = Self.grouped(count)
            text.append(spaces: max(0, 9 - number.utf8.count))
            text.append("\(number) \(outcome.word)\n")
        }
        return text.string
    }

    /// Nanoseconds of this run.
    private var elapsed: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - begun).components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// With a comma after each three digits.
    static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
