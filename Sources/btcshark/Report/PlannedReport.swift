import Glibc
import Insight
import Output
import Report

/// A report that is gathered while a capture is read, and written at its end.
final class PlannedReport {
    let collector: ReportCollector
    private var options: ReportOptions
    /// `-` for standard output.
    private let path: String
    /// It was not written, and that was complained about.
    private(set) var hasFailed = false

    init(_ collector: ReportCollector, _ options: ReportOptions, to path: String) {
        self.collector = collector
        self.options = options
        self.path = path
    }

    /// Nil where it goes to standard output.
    var file: String? { path == "-" ? nil : path }

    /// - Parameter flaw: Why it is not of all that the files have.
    func write(_ view: View, _ flaw: ReadingFlaw?) {
        options.flaw = flaw
        if path == "-" {
            let output = ByteOutput(descriptor: STDOUT_FILENO)
            output.isEnding = { Signals.isEndRequested }
            Report.append(collector, view, options, to: output)
            hasFailed = StandardError.complain(ofFailed: output)
            return
        }
        do throws(ReplacedFile.Failure) {
            try ReplacedFile.replace(path) { Report.append(collector, view, options, to: $0) }
        } catch {
            StandardError.complain(error.words)
            hasFailed = true
        }
    }
}
