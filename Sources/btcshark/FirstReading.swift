import BitcoinP2P
import Capture
import Dissector
import Insight

/// `-2`: reads all files to find out what became of each request, and both names of a transaction that is looked for, so
/// that a second reading knows it.
///
/// What is wrong with a file is left for the second reading to complain of.
struct FirstReading {
    private let book: AnswerBook
    private let inquiry: Inquiry
    private var options: PipelineOptions

    /// - Parameter options: Of the second reading.
    init(_ options: PipelineOptions, filling book: AnswerBook) {
        self.book = book
        inquiry = Inquiry([], relates: true, filling: book)
        self.options = options
        self.options.inquiry = inquiry
        self.options.observation = .connections
        // All messages are related, whatever is shown of them.
        self.options.filter = nil
        self.options.recordLimit = .max
    }

    func read(captures paths: [String]) {
        let notes = CaptureNotes()
        var options = options
        options.captureNotes = notes
        var pipeline = Pipeline(options, writer: nil)
        var files = CaptureFiles(paths: paths, notes: notes)
        var latest = Int64.min
        var progress = Progress()
        while !Signals.isEndRequested {
            do {
                var isSupported = true
                let more = try files.next { header, bytes in
                    latest = max(latest, header.time)
                    do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { isSupported = false }
                }
                if !more { break }
                if !isSupported { files.leaveCurrent() }
                progress.step { files.progress?.fraction }
            } catch {
                guard files.paths.contains(error.path) else { break }
            }
        }
        progress.clear()
        pipeline.finish()
        finish(at: latest, pipeline.facts)
    }

    func read(messageCaptures paths: [String], _ network: Network?) {
        var capturesOptions = MessageCaptures.Options()
        capturesOptions.pipeline = options
        capturesOptions.network = network
        guard var captures = try? MessageCaptures(paths: paths, capturesOptions, writer: nil) else { return }
        while !Signals.isEndRequested {
            do throws(MessageCaptureError) { if try !captures.next() { break } } catch {}
        }
        finish(at: .min, nil)
    }

    private func finish(at time: Int64, _ facts: CaptureFacts?) {
        inquiry.finish(at: time, facts)
        if book.isFull {
            StandardError.complain("-2: of more than 4,000,000 requests the later ones do not say how they ended")
        }
    }
}
