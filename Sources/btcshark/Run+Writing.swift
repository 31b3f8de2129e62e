import Capture
import Dissector
import Insight
import Keys
import Output
import Records

/// What is written of captures beside packets, and in their place.
extension Run {
    /// Writes the messages that are shown, in connections that are made up.
    ///
    /// - Parameter late: Inputs that are not open yet.
    func run(
        _ paths: [String], _ late: [String], writing decrypted: DecryptedMessages, _ notes: CaptureNotes
    ) -> Status {
        run { writer in
            lockIn(paths, late)
            var options = plan.pipeline
            options.captureNotes = notes
            options.decrypted = decrypted
            options.usesRecordThread = mayUseThreads
            output.hearsNoSignals = options.usesRecordThread
            var pipeline = Pipeline(options, writer: writer)
            var files = CaptureFiles(paths: paths, notes: notes)
            var end = read(&files, &pipeline, isOver: { decrypted.hasFailed })
            pipeline.finish()
            let counts = Self.counts(pipeline, files)
            end.counts = counts
            writer?.end()
            answers.end(pipeline.facts(ofFiles: paths, counts), counts, lasting: pipeline.duration)
            Self.complain(ofHeldUp: files.filesHeldUp)
            // Of an input that cannot be read at all nothing is written.
            guard end.problem == nil || counts.packets > 0 else { return end }
            do throws(CaptureError) {
                try decrypted.close()
            } catch {
                if error.problem == .outputClosed { return end }
                if let problem = end.problem { StandardError.complain(problem) }
                end.problem = "\(error)"
                return end
            }
            if !plan.options.reallyQuiet { Self.report(decrypted.counts, plan.packetFile ?? "") }
            return end
        }
    }

    private static func report(_ counts: DecryptedMessages.Counts, _ path: String) {
        if !counts.leftOut.isEmpty { StandardError.complain("\(path): not written: \(counts.leftOut)") }
        if counts.timeless > 0 {
            StandardError.complain(
                "\(path): \(counts.timeless) packets are of frames without a time, and have that of a packet "
                    + "before them: pcapng can say so (-F pcapng)")
        }
        if counts.closedEarly > 0 {
            StandardError.complain(
                "\(path): too many connections were open: \(counts.closedEarly) were closed early, and may be there twice"
            )
        }
    }

    /// How the selected frames are read again.
    var proofOptions: PipelineOptions {
        var options = plan.pipeline
        options.observation = .none
        options.tellsEnds = false
        // Of the first of two readings it is known what became of requests.
        options.inquiry = plan.answerBook.map { Inquiry([], relates: true, found: $0) }
        // And what else a transaction is called; else one reading knows no more than the other.
        if !plan.options.twoPasses { options.otherNames = nil }
        return options
    }

    static func complain(ofHeldUp files: Int) {
        guard files > 0 else { return }
        StandardError.complain(
            "more than \(CaptureFiles.mostOpenFiles) files overlap in time: btcshark opened \(files) of them late, each "
                + "after another had ended. mergecap makes one file of several")
    }

    /// What is wrong with secrets that were to be written.
    static func complain(of secrets: UsedSecrets, _ path: String) {
        if secrets.count == 0 {
            StandardError.complain(
                "--inject-keys: \(path) has no secrets, since none decrypted anything of a connection in it")
        }
        if secrets.late > 0 {
            StandardError.complain(
                "--inject-keys: \(secrets.late) \(secrets.late == 1 ? "secret" : "secrets") came after the file with "
                    + "\(secrets.late == 1 ? "its" : "their") connection was complete")
        }
        if secrets.leftOut > 0 {
            StandardError.complain("--inject-keys: \(secrets.leftOut) secrets are left out, as there are too many")
        }
    }
}
