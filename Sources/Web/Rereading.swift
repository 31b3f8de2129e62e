#if Web
import BitcoinP2P
import Capture
import Dissector
import Insight
import Keys
import Records

/// What is shown, to be read again and again.
public enum ServedInput: Sendable {
    /// Files, which are opened again each time.
    case files([String])
    /// What came once. The names are those of the inputs.
    case spool(FrameSpool, [String], CaptureNotes)
    /// What Bitcoin Core writes with `-capturemessages`.
    case messageCaptures([String], Network?)

    var names: [String] {
        switch self {
        case .files(let paths), .spool(_, let paths, _), .messageCaptures(let paths, _): paths
        }
    }
}

/// One reading of what is shown, from its beginning on and as far as it has come by now; later it can go on.
///
/// It has one owner at a time.
final class Rereading {
    enum State {
        /// All that there is by now was read; more may come.
        case caughtUp
        /// All was read, or all that was wanted.
        case ended
        /// Somebody asked to stop.
        case stopped
    }

    private var pipeline: Pipeline?
    private var files: CaptureFiles?
    private var spool: FrameSpool.Reader?
    private var captures: MessageCaptures?
    private let names: [String]
    /// Of what came once, as far as it is read.
    private let keys = KeyLog(path: nil)
    private var hasFinished = false

    /// - Parameters:
    ///   - options: For a reading of its own.
    ///   - writer: Nil to count only.
    init(_ input: ServedInput, _ options: PipelineOptions, writer: (any RecordSink)?) {
        var options = options
        names = input.names
        switch input {
        case .files(let paths):
            let notes = CaptureNotes()
            options.captureNotes = notes
            files = CaptureFiles(paths: paths, notes: notes)
            pipeline = Pipeline(options, writer: writer)
        case .spool(let spool, _, let notes):
            options.captureNotes = notes
            // They come again where they came.
            if options.keys != nil { options.keys = keys }
            self.spool = spool.reader()
            pipeline = Pipeline(options, writer: writer)
        case .messageCaptures(let paths, let network):
            var given = MessageCaptures.Options()
            given.pipeline = options
            given.network = network
            // What is wrong with them was said when they were read first.
            captures = try? MessageCaptures(paths: paths, given, writer: writer)
        }
        writer?.begin()
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - isComplete: Nothing more will come.
    ///   - isOver: Asked for each frame.
    func read(isComplete: Bool, isOver: () -> Bool) -> State {
        while !hasFinished {
            if isOver() { return .stopped }
            if pipeline?.condition == .isDone { break }
            let more = step()
            if !more, spool != nil, !isComplete { return .caughtUp }
            if !more { break }
        }
        finish()
        return .ended
    }

    /// - Returns: Whether there was anything.
    private func step() -> Bool {
        if spool != nil {
            return spool?.next { item, bytes in
                switch item {
                case .frame(let header): receive(header, bytes)
                case .mark(.passed(let time)): pipeline?.pass(to: time)
                case .mark(.released): pipeline?.releaseRecords()
                case .mark(.secrets(let lines)):
                    keys.add(lines)
                    pipeline?.lookForKeys()
                case .mark(.embedded(let lines, let file)):
                    pipeline?.add(secrets: CaptureNotes.Secrets(file: file, lines: lines))
                }
            } ?? false
        }
        if files != nil {
            do throws(CaptureError) {
                var isSupported = true
                let more = try files?.next { header, bytes in isSupported = receive(header, bytes) } ?? false
                if !isSupported { files?.leaveCurrent() }
                return more
            } catch {
                return names.contains(error.path)
            }
        }
        do throws(MessageCaptureError) { return try captures?.next() ?? false } catch { return true }
    }

    @discardableResult
    private func receive(_ header: FrameHeader, _ bytes: RawSpan) -> Bool {
        do throws(PipelineError) {
            try pipeline?.receive(header, bytes)
            return true
        } catch {
            return false
        }
    }

    private func finish() {
        guard !hasFinished else { return }
        hasFinished = true
        pipeline?.finish()
        switch pipeline {
        case .some(let pipeline): facts = pipeline.facts(ofFiles: names)
        case .none: break
        }
    }

    /// What packets tell, once all is read; nil where nobody asks.
    private(set) var facts: CaptureFacts?
}
#endif
