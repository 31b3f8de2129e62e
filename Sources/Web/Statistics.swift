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

    /// Lines of text.
    struct Answer: Sendable {
        let bytes: [UInt8]
        /// Of a capture that is complete.
        let isComplete: Bool
        /// There are more than are kept.
        let isCut: Bool
    }

    private struct Kept {
        let name: String
        let count: Int
        let answer: Answer
    }

    private let capture: ServedCapture
    private let kept = Mutex<[Kept]>([])
    private let turn = Mutex<Void>(())
    private static let most = 16
    /// Of one answer, and of all that are kept, in bytes.
    static let mostBytes = 8 << 20
    private static let mostBytesOfAll = 32 << 20

    init(_ capture: ServedCapture) { self.capture = capture }

    /// The lines of a statistic; nil where the program ends, or nobody wants them any more.
    ///
    /// They may have to be made: not to be called where nobody may wait.
    ///
    /// - Throws: ``Problem/changed``.
    func lines(_ asked: Asked, isWanted: () -> Bool) throws(Problem) -> Answer? {
        try answer(asked.name, isWanted) { output throws(Problem) in
            switch asked {
            case .question(let question):
                try read([question], isWanted) { inquiry, facts in
                    question.answer(inquiry.view(facts), as: .ndjson, to: output)
                }
            case .counted(let statistic): try read(statistic, isWanted, to: output)
            }
        }
    }

    /// What metrics say of all that is there by now.
    ///
    /// - Throws: ``Problem/changed``.
    func metrics(isWanted: () -> Bool) throws(Problem) -> [UInt8]? {
        let answer = try answer("metrics", isWanted) { output throws(Problem) in
            try read(QuestionName.allCases, isWanted) { inquiry, facts in
                inquiry.answer(QuestionName.allCases, facts, as: .metrics, to: output)
            }
        }
        return answer?.bytes
    }

    /// - Parameter make: Writes it; answers false where nobody wants it any more.
    private func answer(
        _ name: String, _ isWanted: () -> Bool, _ make: (ByteOutput) throws(Problem) -> Bool
    ) throws(Problem) -> Answer? {
        if let known = known(name) { return known }
        return try turn.withLock { _ throws(Problem) -> Answer? in
            if let known = known(name) { return known }
            guard isWanted() else { return nil }
            let (count, isComplete) = (capture.index.count, capture.isComplete)
            let output = ByteOutput(inMemory: Self.mostBytes)
            guard try make(output) else { return nil }
            output.flush()
            let answer = Answer(bytes: output.kept, isComplete: isComplete, isCut: output.isCut)
            kept.withLock { kept in
                kept.removeAll { $0.name == name }
                kept.append(Kept(name: name, count: count, answer: answer))
                while kept.count > Self.most
                    || kept.reduce(0, { $0 + $1.answer.bytes.count }) > Self.mostBytesOfAll
                { kept.removeFirst() }
            }
            return answer
        }
    }

    private func known(_ name: String) -> Answer? {
        let count = capture.index.count
        return kept.withLock { kept in
            kept.first { $0.name == name && ($0.answer.isComplete || $0.count == count) }?.answer
        }
    }

    private func read(
        _ questions: [QuestionName], _ isWanted: () -> Bool, _ answer: (Inquiry, CaptureFacts?) -> Void
    ) throws(Problem) -> Bool {
        let inquiry = Inquiry(questions, node: capture.node)
        guard let reading = try read(inquiry, nil, isWanted) else { return false }
        answer(inquiry, reading.facts)
        return true
    }

    private func read(
        _ statistic: Statistic, _ isWanted: () -> Bool, to output: ByteOutput
    ) throws(Problem) -> Bool {
        let inquiry = Inquiry([], node: capture.node)
        let writer = statistic.makeWriter(output, .ndjson)
        guard let reading = try read(inquiry, writer, isWanted) else { return false }
        if let facts = reading.facts, let conversations = writer as? ConversationStatistics {
            conversations.lives = inquiry.lives(facts)
        }
        if let facts = reading.facts, let intervals = writer as? any IntervalSink { intervals.goOn(to: facts.duration) }
        writer.end()
        return true
    }

    /// - Returns: Nil where the program ends, or nobody waits.
    private func read(
        _ inquiry: Inquiry, _ writer: (any RecordSink)?, _ isWanted: () -> Bool
    ) throws(Problem) -> Rereading? {
        var options = capture.options
        options.inquiry = inquiry
        options.observation = inquiry.wantsCosts ? .bytes : .connections
        let reading = Rereading(capture.input, options, writer: writer)
        // A statistic of what is there by now needs its end.
        let end = reading.read(isComplete: true, isOver: { capture.isEnding || !isWanted() })
        if end == .changed { throw .changed }
        return end == .stopped ? nil : reading
    }
}
#endif
