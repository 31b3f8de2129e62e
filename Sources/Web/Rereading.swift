#if Web
import BitcoinP2P
import Capture
import Dissector
import Insight
import Keys
import Records

/// What is shown, to be read again and again.
public enum ServedInput: Sendable {
    /// Files, which are opened again each time, and what they were before they were read first.
    case files([String], FileVersions)
    /// What came once. The names are those of the inputs.
    case spool(FrameSpool, [String], CaptureNotes)
    /// What Bitcoin Core writes with `-capturemessages`: files and folders, and what the files were that were found there
    /// first.
    case messageCaptures([String], Network?, FileVersions)

    var names: [String] {
        switch self {
        case .files(let paths, _), .spool(_, let paths, _), .messageCaptures(let paths, _, _): paths
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
        /// The files are not those that were read first: nothing that was read now says anything of what is shown.
        case changed
        /// Somebody asked to stop.
        case stopped
    }

    private var pipeline: Pipeline?
    private var files: CaptureFiles?
    private var spool: FrameSpool.Reader?
    private var captures: MessageCaptures?
    private let names: [String]
    /// Nil of what came once, which nobody can change.
    private let versions: FileVersions?
    /// The files of which those are.
    private var paths: [String] = []
    private var hasChanged = false
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
        case .files(let paths, let versions):
            self.versions = versions
            self.paths = paths
            let notes = CaptureNotes()
            options.captureNotes = notes
            files = CaptureFiles(paths: paths, notes: notes)
            pipeline = Pipeline(options, writer: writer)
        case .spool(let spool, _, let notes):
            versions = nil
            options.captureNotes = notes
            // They come again where they came.
            if options.keys != nil { options.keys = keys }
            self.spool = spool.reader()
            pipeline = Pipeline(options, writer: writer)
        case .messageCaptures(let paths, let network, let versions):
            self.versions = versions
            var given = MessageCaptures.Options()
            given.pipeline = options
            given.network = network
            // What is wrong with them was said when they were read first.
            captures = try? MessageCaptures(paths: paths, given, writer: writer)
            switch captures {
            case .some(let captures): self.paths = captures.paths
            case .none: break
            }
        }
        lookForChanges()
        writer?.begin()
    }

    /// To be called before anything is read that counts, and again before anybody hears of it: between the two a file may
    /// have been written to, or another may have come in its place.
    private func lookForChanges() {
        if let versions, !versions.areSame(paths) { hasChanged = true }
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - isComplete: Nothing more will come.
    ///   - hasEnough: All is there that is wanted. Asked for each frame.
    ///   - isOver: Nobody wants it any more. Asked for each frame.
    func read(isComplete: Bool, hasEnough: () -> Bool = { false }, isOver: () -> Bool) -> State {
        while !hasFinished, !hasChanged {
            if isOver() { return .stopped }
            if hasEnough() || pipeline?.condition == .isDone { break }
            let more = step()
            if !more, spool != nil, !isComplete { return .caughtUp }
            if !more { break }
        }
        lookForChanges()
        finish()
        return hasChanged ? .changed : .ended
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
