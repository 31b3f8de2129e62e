import Insight
import Output

/// Why a report is not of all that its files have.
public enum ReadingFlaw: Sendable {
    /// A file could not be read to its end.
    case unreadable
    /// The end was asked for before.
    case interrupted

    var words: StaticString {
        switch self {
        case .unreadable: "A file could not be read to its end"
        case .interrupted: "Reading was interrupted"
        }
    }
}

/// What a report says of how it was made.
public struct ReportOptions: Sendable {
    /// Names of the files, without folders.
    public var files: [String]
    /// Their size in bytes, where that is known.
    public var size: UInt64?
    /// The words of the command line that say what is read, and how.
    public var reading: [String]
    /// Those that choose from it.
    public var choosing: [String]
    public var filter: String?
    public var count: UInt64?
    public var version: String
    /// Known at the end.
    public var flaw: ReadingFlaw?

    public init(
        files: [String], size: UInt64?, reading: [String], choosing: [String], filter: String?, count: UInt64?,
        version: String
    ) {
        self.files = files
        self.size = size
        self.reading = reading
        self.choosing = choosing
        self.filter = filter
        self.count = count
        self.version = version
    }

    var title: String {
        let first = files.first ?? "standard input"
        return files.count > 1 ? "\(first) and \(files.count - 1) more" : first
    }
}

/// A report: one page of HTML about a capture.
public enum Report {
    /// The questions that an inquiry must be asked for it.
    public static var questions: [QuestionName] { Page.questions }

    /// Writes the page.
    ///
    /// - Parameters:
    ///   - collector: Has got all records.
    ///   - view: What the inquiry knows at the end.
    public static func append(
        _ collector: ReportCollector, _ view: View, _ options: ReportOptions, to output: ByteOutput
    ) {
        collector.finish()
        Page(collector, view, options).append(to: output)
    }
}
