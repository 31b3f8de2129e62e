import DisplayFilter
import Dissector
import Insight
import Output
import Records
import Report

/// What `-z` asks for, answered at the end in the order in which it was asked.
final class Answers {
    /// How the reading of the input has ended.
    enum Reading {
        case complete
        case flawed(ReadingFlaw)
        /// Nothing could be read at all.
        case failed

        init(_ end: ReadingEnd) {
            if end.problem != nil {
                let isEmpty = end.counts.map { $0.packets == 0 && $0.messageFiles == 0 } ?? true
                self = isEmpty ? .failed : .flawed(.unreadable)
            } else {
                self = end.reached == nil ? .complete : .flawed(.interrupted)
            }
        }
    }

    private enum Part {
        /// - Parameter filtered: Is given the records for it, where only some are.
        case counted(any RecordSink, filtered: FilteredSink?)
        case question(QuestionName)
        case flow(FlowStatistics, FilteredSink?)
    }

    private let parts: [Part]
    private let inquiry: Inquiry?
    private let report: PlannedReport?
    /// What `--metrics` asks for.
    let metrics: MetricsFile?
    private let format: AnswerFormat
    private let output: ByteOutput
    /// Only some messages are counted.
    private let isFiltered: Bool

    /// - Parameter isAlone: Nothing else is written to the output, where only one thing is asked.
    init(
        _ asked: [AskedStatistic], _ inquiry: Inquiry?, as format: AnswerFormat, isFiltered: Bool,
        _ style: FlowStyle, isAlone: Bool, to output: ByteOutput, _ metrics: MetricsFile?, _ report: PlannedReport?
    ) {
        self.isFiltered = isFiltered
        self.inquiry = inquiry
        self.metrics = metrics
        self.report = report
        self.format = format
        self.output = output
        parts = asked.map { asked in
            switch asked {
            case .counted(let statistic, let filter): Self.part(statistic.makeWriter(output, format), filter)
            case .expert(let least, let filter):
                Self.part(ExpertStatistics(output, Statistic.Format(format), from: least), filter)
            case .intervals(let asked) where !asked.computed.isEmpty:
                Self.part(
                    ComputedIntervals(output, interval: asked.interval, asked.computed, depth: asked.depth), nil)
            case .intervals(let asked):
                Self.part(
                    IntervalStatistics(output, Statistic.Format(format), interval: asked.interval, asked.series), nil)
            case .follow(let asked):
                Self.part(
                    FollowStatistics(asked.form, stream: asked.stream, writesAtOnce: isAlone, to: output), nil)
            case .question(let name): .question(name)
            case .flow(let asked): Self.part(asked, FlowStatistics(asked.choice, style, to: output))
            }
        }
    }

    private static func part(_ sink: any RecordSink, _ filter: Filter?) -> Part {
        .counted(sink, filtered: filter.map { FilteredSink(sink, $0) })
    }

    private static func part(_ asked: AskedFlow, _ flow: FlowStatistics) -> Part {
        .flow(flow, asked.filter.map { FilteredSink(flow, $0) })
    }

    /// Those that want to know when bytes came that cannot be read.
    var unreadSinks: [any UnreadBytesSink] {
        parts.compactMap { part in
            // No filter chooses what cannot be read.
            if case .flow(let flow, nil) = part { flow } else { nil }
        } + (report.map { [$0.collector] } ?? [])
    }

    /// Those that count records, to be among their writers. Their answers come with ``end(_:)``.
    var sinks: [any RecordSink] {
        parts.compactMap { part in
            switch part {
            case .counted(let sink, let filtered): Unended(filtered ?? sink)
            case .flow(let flow, let filtered): Unended(filtered ?? flow)
            case .question: nil
            }
        } + (report.map { [$0.collector] } ?? [])
    }

    /// Whether facts of packets are looked at.
    var hasQuestions: Bool { parts.contains { if case .question = $0 { true } else { false } } }

    /// Answers everything.
    ///
    /// - Parameters:
    ///   - facts: Nil where messages came without packets.
    ///   - counts: Nil where nothing was counted.
    ///   - duration: Of the capture, in nanoseconds, as far as it is known.
    ///   - reading: How the reading has ended.
    func end(
        _ facts: CaptureFacts?, _ counts: Counts? = nil, lasting duration: Int64 = 0, _ reading: Reading = .complete
    ) {
        let view = hasQuestions ? inquiry?.view(facts) : nil
        for part in parts {
            switch part {
            case .counted(let sink, let filtered):
                if let inquiry, let facts, let conversations = sink as? ConversationStatistics {
                    conversations.lives = inquiry.lives(facts)
                    // A filter chooses messages; of connections without any nothing can be chosen.
                    conversations.listsSilent = !isFiltered && filtered == nil
                }
                if let intervals = sink as? any IntervalSink { intervals.goOn(to: duration) }
                // Of Bitcoin Core's message captures each peer is one.
                if let counts, let follow = sink as? FollowStatistics {
                    follow.connections = counts.messageFiles > 0 ? counts.peers : counts.connections
                }
                sink.end()
            case .flow(let flow, _): flow.end()
            case .question(let name): if let view { name.answer(view, as: format, to: output) }
            }
        }
        output.flush()
        metrics?.write(facts)
        guard let report, let inquiry else { return }
        switch reading {
        case .complete: report.write(inquiry.view(facts), nil)
        case .flawed(let flaw): report.write(inquiry.view(facts), flaw)
        // An older page stays.
        case .failed: break
        }
    }

    /// Answers the questions by what has come so far; what counts records answers at the end.
    func answer(_ facts: CaptureFacts?) {
        inquiry?.answer(
            parts.compactMap { if case .question(let name) = $0 { name } else { nil } }, facts, as: format, to: output)
        output.flush()
    }

    /// Hands records on, but not that they have ended.
    private final class Unended: RecordSink {
        private let sink: any RecordSink
        let wants: Wants

        init(_ sink: any RecordSink) {
            self.sink = sink
            wants = sink.wants
        }

        func begin() { sink.begin() }
        func write(_ record: borrowing Record, _ bytes: RawSpan) { sink.write(record, bytes) }
        func end() {}
    }
}

extension Statistic {
    fileprivate func makeWriter(_ output: ByteOutput, _ format: AnswerFormat) -> any RecordSink {
        makeWriter(output, Format(format))
    }
}

extension Statistic.Format {
    fileprivate init(_ format: AnswerFormat) {
        self =
            switch format {
            // Only questions have metrics.
            case .table, .metrics: .table
            case .json: .json
            case .ndjson: .ndjson
            }
    }
}
