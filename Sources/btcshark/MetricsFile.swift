import Dissector
import Glibc
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

    /// Whether it is time to write it again.
    func isDue(_ now: ContinuousClock.Instant) -> Bool { written.map { now - $0 >= Self.interval } ?? true }

    /// Writes it.
    ///
    /// - Parameter facts: Nil where messages came without packets.
    func write(_ facts: CaptureFacts?) {
        written = ContinuousClock.now
        do throws(Failure) {
            try replace(facts)
        } catch {
            // Once: the next time it fails for the same reason, as a rule.
            if !hasFailed { StandardError.complain("\(error.path): cannot be written: \(error.reason)") }
            hasFailed = true
        }
    }

    private struct Failure: Error {
        let path: String
        let reason: String

        init(_ path: String, _ number: Int32) {
            self.path = path
            reason = String(cString: strerror(number))
        }

        init(_ path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    private func replace(_ facts: CaptureFacts?) throws(Failure) {
        let mode = try modeOfOld()
        // A new file beside it, with a name that nobody else has.
        var name = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Failure(path, errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let temporary = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let output = ByteOutput(descriptor: descriptor)
        inquiry.answer(questions, facts, as: .metrics, to: output)
        output.flush()
        var problem = output.isClosed ? output.errorNumber : 0
        // mkstemp(3) lets only the owner read it; a scraper is somebody else.
        let mask = umask(0)
        umask(mask)
        if problem == 0, fchmod(descriptor, mode ?? 0o666 & ~mask) != 0 { problem = errno }
        // Some file systems report only now that there was no room.
        if close(descriptor) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(temporary, path) != 0 { problem = errno }
        guard problem != 0 else { return }
        unlink(temporary)
        throw Failure(path, problem)
    }

    /// The permissions of the file that is replaced; nil where there is none.
    private func modeOfOld() throws(Failure) -> mode_t? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        // Renamed over a device or a pipe, that would be gone.
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path, reason: "it is not a regular file") }
        return status.st_mode & 0o777
    }
}
