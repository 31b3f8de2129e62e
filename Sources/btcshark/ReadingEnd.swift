import Capture
import Dissector

/// How the reading of an input has ended.
struct ReadingEnd {
    /// Nil where nothing was counted.
    var counts: Counts?
    /// What went wrong.
    var problem: String?
    /// How far it came, where a signal cut it short: `12 packets`.
    var reached: String?

    /// The end that the user asked for, before all was read.
    ///
    /// - Parameters:
    ///   - number: Of what was read.
    ///   - path: Of the last file, where there are several.
    init(
        problem: String?, cutAfter number: UInt64, _ unit: String, of path: String?, _ progress: CaptureProgress?
    ) {
        self.problem = problem
        var text = "\(number) \(unit)\(number == 1 ? "" : "s")"
        if let path { text += ", the last of \(path)" }
        // What is in the buffers of a reader is read, but was not handed on.
        if let progress { text += ", \(min(99, Int(progress.fraction * 100)))% of all" }
        reached = text
    }

    init(counts: Counts? = nil, problem: String? = nil) {
        self.counts = counts
        self.problem = problem
    }
}
