import Dissector
import Fields
import Insight
import Output

/// `--metrics FILE`: what is known so far, for Prometheus. The file is replaced in one step, so that no reader sees half
/// of it.
final class MetricsFile {
    /// Between two writes while packets are captured.
    static let interval: Duration = .seconds(10)

    private let path: String
    private let questions: [QuestionName]
    private let inquiry: Inquiry
    /// It could not be written, at least once, and was complained about.
    private(set) var hasFailed = false
    private var written: ContinuousClock.Instant?

    init(_ path: String, _ questions: [QuestionName], _ inquiry: Inquiry) {
        self.path = path
        self.questions = questions
        self.inquiry = inquiry
    }

    /// Which program wrote the file, as Prometheus' exporters say it: counters may mean another thing in a later one.
    private static let build = """
        # HELP btcshark_build_info 1, of the program with this version
        # TYPE btcshark_build_info gauge
        btcshark_build_info{version="\(Btcshark.version)"} 1

        """

    /// Whether it is time to write it again.
    func isDue(_ now: ContinuousClock.Instant) -> Bool { written.map { now - $0 >= Self.interval } ?? true }

    /// Writes it.
    ///
    /// - Parameter facts: Nil where messages came without packets.
    func write(_ facts: CaptureFacts?) {
        written = ContinuousClock.now
        do throws(ReplacedFile.Failure) {
            try ReplacedFile.replace(path) { output in
                output.buffer.append(Self.build)
                inquiry.answer(questions, facts, as: .metrics, to: output)
            }
        } catch {
            // Once: the next time it fails for the same reason, as a rule.
            if !hasFailed { StandardError.complain(error.words) }
            hasFailed = true
        }
    }
}
