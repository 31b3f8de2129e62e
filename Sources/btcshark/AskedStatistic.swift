import ArgumentParser
import Dissector
import Fields
import Insight
import Output

/// What `-z` asks for.
enum AskedStatistic {
    /// Of the records that are shown.
    case counted(Statistic)
    /// Of the whole capture.
    case question(QuestionName)
    /// Ladders.
    case flow(AskedFlow)

    /// All of them, with one line each for people.
    static var all: [(name: String, meaning: String)] {
        QuestionName.allCases.map { ($0.rawValue, $0.meaning) } + Statistic.allCases.map { ($0.rawValue, $0.meaning) }
            + [(AskedFlow.name, AskedFlow.meaning)]
    }

    init(_ name: String) throws {
        if let question = QuestionName(rawValue: name) {
            self = .question(question)
        } else if let statistic = Statistic(rawValue: name) {
            self = .counted(statistic)
        } else if let flow = try AskedFlow(name) {
            self = .flow(flow)
        } else {
            let names = Self.all.map(\.name)
            throw ValidationError(
                "-z: there is no statistic '\(name)'.\(NearestNames.suggestion(for: name, among: names)) "
                    + "There are: \(names.joined(separator: "; ")). -z help says what each tells.")
        }
    }

    /// Packets are observed for it.
    var looksAtPackets: Bool {
        switch self {
        case .question, .counted(.conversations), .flow: true
        case .counted: false
        }
    }

    /// It is for the eye alone.
    var isPicture: Bool { if case .flow = self { true } else { false } }

    var question: QuestionName? { if case .question(let name) = self { name } else { nil } }

    /// Prints the names with what each tells.
    static func printHelp() {
        let width = all.map(\.name.count).max() ?? 0
        for (name, meaning) in all {
            print(name + String(repeating: " ", count: width - name.count + 2) + meaning)
        }
    }
}
