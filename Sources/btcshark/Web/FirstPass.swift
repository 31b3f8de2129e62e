#if Web
import BitcoinP2P
import Capture
import Dissector
import Keys
import System
import Web

/// Reads saved captures for the first time, to fill the index, and keeps what comes only once.
enum FirstPass {
    /// Where it goes.
    struct Target {
        let capture: ServedCapture
        let writer: IndexWriter
        let options: PipelineOptions
    }

    /// Between two reports of how far it is.
    private static let interval: Duration = .milliseconds(100)

    /// Looks whether there is anything to show, before anybody is invited to look.
    ///
    /// - Returns: Why nothing can be read; nil where a packet can, or where there is none in what is a capture.
    static func problem(with paths: [String], _ options: PipelineOptions) -> String? {
        var options = options
        options.inquiry = nil
        options.usesRecordThread = false
        var pipeline = Pipeline(options, writer: nil)
        var files = CaptureFiles(paths: paths, notes: CaptureNotes())
        var problem: String?
        while true {
            do throws(CaptureError) {
                var failure: PipelineError?
                let more = try files.next { header, bytes in
                    do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { failure = error }
                }
                if !more { return problem }
                guard let failure else { return nil }
                problem = problem ?? "\(files.currentPath ?? ""): \(failure)"
                files.leaveCurrent()
            } catch {
                problem = problem ?? "\(error)"
                guard files.paths.contains(error.path) else { return problem }
            }
        }
    }

    /// The same of Bitcoin Core's message captures.
    static func problem(withMessageCaptures paths: [String], _ network: Network?) -> String? {
        var options = MessageCaptures.Options()
        options.network = network
        var problem: String?
        do throws(MessageCaptureError) {
            var captures = try MessageCaptures(paths: paths, options, writer: nil)
            while true {
                do throws(MessageCaptureError) {
                    return try captures.next() ? nil : problem
                } catch {
                    problem = problem ?? "\(error)"
                }
            }
        } catch {
            return "\(error)"
        }
    }

    /// - Returns: What went wrong; nil where nothing did.
    static func read(_ paths: [String], _ notes: CaptureNotes, copyingTo spool: FrameSpool?, _ target: Target)
        -> String?
    {
        var options = target.options
        options.captureNotes = notes
        options.unreadSinks = [target.writer]
        // Who looks at a pipe sees each message as it comes.
        options.usesRecordThread = spool == nil
        options.inquiry = nil
        target.writer.begin()
        var pipeline = Pipeline(options, writer: target.writer)
        var files = CaptureFiles(paths: paths, notes: notes)
        var problem: String?
        var linkTypes: [LinkTypeNumber] = []
        var reported = ContinuousClock.now
        var frames = 0
        var pipe = PipeWatch()
        if let spool, let keys = options.keys { _ = spool.append(.secrets(keys.takeArrivals())) }
        reading: while !Signals.isEndRequested, !target.capture.index.isCapped {
            if let spool, pipeline.holdsRecords {
                if pipe.isQuiet(files.currentPath) {
                    _ = spool.append(.released)
                    pipeline.releaseRecords()
                    continue
                }
            } else if pipe.hasWaited {
                pipe.rest()
            }
            do {
                var failure: PipelineError?
                var isFull = false
                let more = try files.next { header, bytes in
                    if let spool, !copy(header, bytes, notes, to: spool) { return isFull = true }
                    if !linkTypes.contains(header.linkType), linkTypes.count < 16 { linkTypes.append(header.linkType) }
                    do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { failure = error }
                }
                if isFull, let spool {
                    problem = Serving.words(ofFull: spool)
                    break reading
                }
                if !more { break }
                if let failure {
                    problem = "\(files.currentPath ?? ""): \(failure)"
                    files.leaveCurrent()
                }
                frames += 1
                if frames % 256 == 0, ContinuousClock.now - reported > interval {
                    reported = ContinuousClock.now
                    report(pipeline, files, linkTypes, problem, target.capture)
                }
            } catch {
                if Signals.isEndRequested { break }
                problem = "\(error)"
                guard files.paths.contains(error.path) else { break }
            }
        }
        pipeline.finish()
        report(pipeline, files, linkTypes, problem, target.capture)
        target.writer.end()
        return problem
    }

    /// - Returns: Whether there was room for it.
    private static func copy(
        _ header: FrameHeader, _ bytes: RawSpan, _ notes: CaptureNotes, to spool: FrameSpool
    ) -> Bool {
        let secrets = notes.waitingSecrets(of: header.file)
        if !secrets.isEmpty, !spool.append(.embedded(secrets, file: header.file)) { return false }
        return spool.append(header, bytes)
    }

    private static func report(
        _ pipeline: borrowing Pipeline, _ files: borrowing CaptureFiles, _ linkTypes: [LinkTypeNumber],
        _ problem: String?, _ capture: ServedCapture
    ) {
        let counts = Run.counts(pipeline, files)
        let progress = files.progress
        capture.update { account in
            account.note(counts)
            account.doubt = problem?.singleLine
            account.linkTypes = linkTypes.map { $0.explanation ?? "\($0)" }
            account.bytesRead = progress?.bytesRead ?? account.bytesRead
            account.bytesTotal = progress?.totalBytes
        }
    }

    /// The same of Bitcoin Core's message captures.
    ///
    /// - Parameter versions: Notes what the files are that are found.
    static func read(
        messageCaptures paths: [String], _ network: Network?, _ versions: FileVersions, _ target: Target
    ) -> String? {
        var options = MessageCaptures.Options()
        options.pipeline = target.options
        options.pipeline.inquiry = nil
        options.network = network
        target.writer.begin()
        var problem: String?
        do throws(MessageCaptureError) {
            var captures = try MessageCaptures(paths: paths, options, writer: target.writer)
            _ = versions.areSame(captures.paths)
            while !Signals.isEndRequested, !target.capture.index.isCapped {
                do throws(MessageCaptureError) {
                    if try !captures.next() { break }
                } catch {
                    problem = "\(error)"
                }
            }
            let counts = captures.counts
            target.capture.update { account in
                account.note(counts)
                account.doubt = problem?.singleLine
            }
        } catch {
            problem = "\(error)"
        }
        target.writer.end()
        return problem
    }
}

extension ServedCapture.Account {
    mutating func note(_ counts: Counts) {
        self.counts = counts.text
        packets = counts.packets
        encryptedStreams = counts.streamsWithoutKey
    }
}
#endif
