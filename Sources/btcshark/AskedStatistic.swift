import ArgumentParser
import DisplayFilter
import Dissector
import Fields
import Insight
import Output

/// What `-z` asks for.
enum AskedStatistic {
    /// Of the records that are shown.
    ///
    /// - Parameter filter: Lets through what is counted; nil where all are.
    case counted(Statistic, filter: Filter?)
    /// Remarks that matter at least so much.
    case expert(Severity, filter: Filter?)
    case intervals(AskedIntervals)
    /// The bytes of a connection.
    case follow(AskedFollow)
    /// Of the whole capture.
    case question(QuestionName)
    /// Ladders.
    case flow(AskedFlow)

    /// All of them, with one line each for people.
    static var all: [(name: String, meaning: String)] {
        QuestionName.allCases.map { ($0.rawValue, $0.meaning) } + Statistic.allCases.map { ($0.rawValue, $0.meaning) }
            + [(AskedFlow.name, AskedFlow.meaning), (AskedFollow.name, AskedFollow.meaning)]
    }

    init(_ name: String) throws {
        if let question = QuestionName(rawValue: name) {
            self = .question(question)
        } else if let intervals = try AskedIntervals(name) {
            self = .intervals(intervals)
        } else if let statistic = Statistic(rawValue: name) {
            self = .counted(statistic, filter: nil)
        } else if let expert = try Self.expert(name) {
            self = expert
        } else if let filtered = try Self.filtered(name) {
            self = filtered
        } else if let follow = try AskedFollow(name) {
            self = .follow(follow)
        } else if let flow = try AskedFlow(name) {
            self = .flow(flow)
        } else {
            let names = Self.all.map(\.name)
            throw ValidationError(
                "-z: there is no statistic '\(name)'.\(NearestNames.suggestion(for: name, among: names)) "
                    + "There are: \(names.joined(separator: "; ")). -z help says what each tells.")
        }
    }

    /// `expert,LEVEL` or `expert,LEVEL,FILTER`; nil where the word after the comma is no level.
    private static func expert(_ text: String) throws -> AskedStatistic? {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, parts[0] == Statistic.expert.rawValue, let least = levels[parts[1].lowercased()] else {
            return nil
        }
        return .expert(least, filter: parts.count > 2 ? try Plan.filter(parts[2]) : nil)
    }

    /// tshark's words; a comment is less than all there is here.
    private static let levels: [String: Severity] = [
        "error": .error, "errors": .error, "warn": .warning, "warns": .warning, "warning": .warning, "note": .note,
        "notes": .note, "chat": .chat, "chats": .chat, "comment": .chat, "comments": .chat,
    ]

    /// A statistic's name, a comma, and a filter.
    private static func filtered(_ text: String) throws -> AskedStatistic? {
        for statistic in Statistic.allCases where text.hasPrefix(statistic.rawValue + ",") {
            return .counted(
                statistic, filter: try Plan.filter(String(text.dropFirst(statistic.rawValue.utf8.count + 1))))
        }
        return nil
    }

    /// Packets are observed for it.
    var looksAtPackets: Bool {
        switch self {
        case .question, .counted(.conversations, _), .flow: true
        case .counted, .expert, .intervals, .follow: false
        }
    }

    /// It is for the eye alone.
    var isPicture: Bool { if case .flow = self { true } else { false } }

    /// Why it has no JSON, for people; nil where it has.
    var hindersJSON: String? {
        switch self {
        case .flow: "-z flow: a picture"
        case .follow: "-z follow: a dump of bytes"
        case .intervals(let asked) where !asked.computed.isEmpty: "-z io,stat with what is computed: tshark's table"
        default: nil
        }
    }

    var question: QuestionName? { if case .question(let name) = self { name } else { nil } }

    /// Prints the names with what each tells.
    static func printHelp() {
        let width = all.map(\.name.count).max() ?? 0
        for (name, meaning) in all {
            print(name + String(repeating: " ", count: width - name.count + 2) + meaning)
        }
    }
}
