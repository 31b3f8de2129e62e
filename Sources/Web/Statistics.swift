#if Web
import Dissector
import Fields
import Insight
import Output
import Records
import Synchronization

/// What `-z` counts and answers, by reading the capture once more; and metrics.
final class Statistics: Sendable {
    /// What can be asked for.
    enum Asked: Sendable {
        case question(QuestionName)
        case counted(Statistic)

        static let all: [Asked] = QuestionName.allCases.map(Asked.question) + Statistic.allCases.map(Asked.counted)

        init?(_ name: String) {
            if let question = QuestionName(rawValue: name) {
                self = .question(question)
            } else if let statistic = Statistic(rawValue: name) {
                self = .counted(statistic)
            } else {
                return nil
            }
        }

        var name: String {
            switch self {
            case .question(let name): name.rawValue
            case .counted(let statistic): statistic.rawValue
            }
        }

        var meaning: String {
            switch self {
            case .question(let name): name.meaning
            case .counted(let statistic): statistic.meaning
            }
        }

        /// Of the rows.
        var columns: [Column] {
            switch self {
            case .question(let name): name.columns.rows
            case .counted(let statistic): statistic.columns
            }
        }
    }

    private struct Kept {
        let name: String
        let count: Int
        let isComplete: Bool
        let bytes: [UInt8]
    }

    private let capture: ServedCapture
    private let kept = Mutex<[Kept]>([])
    private let turn = Mutex<Void>(())
    private static let most = 16

    init(_ capture: ServedCapture) { self.capture = capture }

    /// The lines of a statistic; nil where the program ends.
    ///
    /// They may have to be made: not to be called where nobody may wait.
    func lines(_ asked: Asked) -> (bytes: [UInt8], isComplete: Bool)? {
        answer(asked.name) { output in
            switch asked {
            case .question(let question):
                read([question]) { inquiry, facts in
                    question.answer(inquiry.view(facts), as: .ndjson, to: output)
                }
            case .counted(let statistic): read(statistic, to: output)
            }
        }
    }

    /// What metrics say of all that is there by now.
    func metrics() -> [UInt8]? {
        answer("metrics") { output in
            read(QuestionName.allCases) { inquiry, facts in
                inquiry.answer(QuestionName.allCases, facts, as: .metrics, to: output)
            }
        }?.bytes
    }

    private func answer(_ name: String, _ make: (ByteOutput) -> Bool) -> (bytes: [UInt8], isComplete: Bool)? {
        if let known = known(name) { return known }
        return turn.withLock { _ -> (bytes: [UInt8], isComplete: Bool)? in
            if let known = known(name) { return known }
            let (count, isComplete) = (capture.index.count, capture.isComplete)
            let output = ByteOutput(inMemory: ())
            guard make(output) else { return nil }
            output.flush()
            kept.withLock { kept in
                kept.removeAll { $0.name == name }
                kept.append(Kept(name: name, count: count, isComplete: isComplete, bytes: output.kept))
                if kept.count > Self.most { kept.removeFirst() }
            }
            return (output.kept, isComplete)
        }
    }

    private func known(_ name: String) -> (bytes: [UInt8], isComplete: Bool)? {
        let count = capture.index.count
        return kept.withLock { kept in
            kept.first { $0.name == name && ($0.isComplete || $0.count == count) }.map { ($0.bytes, $0.isComplete) }
        }
    }

    private func read(_ questions: [QuestionName], _ answer: (Inquiry, CaptureFacts?) -> Void) -> Bool {
        let inquiry = Inquiry(questions, node: capture.node)
        guard let reading = read(inquiry, nil) else { return false }
        answer(inquiry, reading.facts)
        return true
    }

    private func read(_ statistic: Statistic, to output: ByteOutput) -> Bool {
        let inquiry = Inquiry([], node: capture.node)
        let writer = statistic.makeWriter(output, .ndjson)
        guard let reading = read(inquiry, writer) else { return false }
        if let facts = reading.facts, let conversations = writer as? ConversationStatistics {
            conversations.lives = inquiry.lives(facts)
        }
        writer.end()
        return true
    }

    /// - Returns: Nil where the program ends.
    private func read(_ inquiry: Inquiry, _ writer: (any RecordSink)?) -> Rereading? {
        var options = capture.options
        options.inquiry = inquiry
        options.observation = inquiry.wantsCosts ? .bytes : .connections
        let reading = Rereading(capture.input, options, writer: writer)
        // A statistic of what is there by now needs its end.
        return reading.read(isComplete: true, isOver: { capture.isEnding }) == .stopped ? nil : reading
    }
}
#endif
