#if Web
import Capture
import Dissector
import Glibc
import Insight
import Keys
import Output
import System
import Web

/// Shows what comes by an interface.
extension Serving {
    func run(_ live: LivePlan) -> Status {
        var capture: LiveCapture?
        let spool: FrameSpool
        let socket: Int32
        do {
            let opened = try LiveCapture(interface: live.interface, options: live.options)
            for note in opened.notes { StandardError.complain("\(live.interface): \(note)") }
            try live.dropPrivileges()
            if !options.isQuiet { live.announce(opened) }
            socket = opened.socketNumber
            capture = consume opened
            spool = try FrameSpool(in: Path.temporaryFolder, limit: Self.spoolLimit)
        } catch {
            return LivePlan.complain(of: error)
        }
        let input = ServedInput.spool(spool, [live.interface], CaptureNotes())
        return serve(input, names: [live.interface], isLive: true) {
            lockdown.enterServing(reading: [], socket, helpers: [])
        } filling: { target in
            guard let capture = capture.take() else { return nil }
            do throws(CaptureError) {
                var reader = try LiveReader(capture)
                var session = ServedSession(live, plan.keys, spool, target)
                let problem = session.run(&reader)
                reader.finish()
                session.finish(reader)
                return problem
            } catch {
                return "\(error)"
            }
        }
    }
}

/// A live capture that is shown: each frame is kept, and goes to the index.
///
/// What the clock on the wall decides is kept with the frames, so that they can be read again to the same end.
private struct ServedSession: ~Copyable {
    private let interface: String
    private let keys: KeySources?
    /// The secrets as far as this session has taken them.
    private let known = KeyLog(path: nil)
    private let spool: FrameSpool
    private let target: FirstPass.Target
    private var pipeline: Pipeline
    private let inquiry: Inquiry?
    private var lookedForKeys = ContinuousClock.now
    private var reported = ContinuousClock.now
    /// Since when records wait for others.
    private var heldSince: ContinuousClock.Instant?
    private var passed = ContinuousClock.now
    /// No more frames are kept: what comes is only counted.
    private var isFull = false
    private var failure: (any Error)?

    private static let keyInterval: Duration = .milliseconds(200)
    private static let reportInterval: Duration = .milliseconds(200)
    /// Between two moments at which time passes without a frame.
    private static let passInterval: Duration = .milliseconds(500)
    private static let longestWait: Int32 = 100

    init(_ live: LivePlan, _ keys: KeySources?, _ spool: FrameSpool, _ target: FirstPass.Target) {
        interface = live.interface
        self.keys = keys
        self.spool = spool
        self.target = target
        inquiry = target.options.inquiry
        var options = target.options
        options.namesEarlierConnections = false
        if options.keys != nil { options.keys = known }
        // Nothing is released but by this session.
        options.recordWait = nil
        options.unreadSinks = [target.writer]
        options.usesRecordThread = false
        pipeline = Pipeline(options, writer: target.writer)
        if let keys { take(keys.log.takeArrivals()) }
        target.writer.begin()
    }

    /// Takes frames until the capture ends by itself or the end is asked for.
    ///
    /// - Returns: What went wrong; nil where nothing did.
    mutating func run(_ reader: inout LiveReader) -> String? {
        do {
            while !Signals.isEndRequested {
                switch try Self.next(&reader, &self) {
                case .frame: break
                case .idle: pass()
                case .end: return nil
                }
                if let failure { throw failure }
                let now = ContinuousClock.now
                release(now)
                lookForKeys(now)
                report(reader, now)
                answerMetrics(reader)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Ends the streams.
    mutating func finish(_ reader: borrowing LiveReader) {
        pipeline.finish()
        target.writer.end()
        note(reader)
        answerMetrics(reader)
    }

    private static func next(
        _ reader: inout LiveReader, _ session: inout ServedSession
    ) throws(CaptureError) -> LiveReader.Step {
        try reader.next(milliseconds: longestWait) { header, bytes in session.take(header, bytes) }
    }

    private mutating func take(_ header: FrameHeader, _ bytes: RawSpan) {
        if !isFull, !spool.append(header, bytes) { close() }
        do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { failure = error }
    }

    /// What comes from now on cannot be read again: it is not shown.
    private mutating func close() {
        isFull = true
        target.capture.index.close()
        let words = Serving.words(ofFull: spool)
        StandardError.complain(words)
        target.capture.update { $0.doubt = words }
    }

    /// To be called before what it says is done: rows that come of that are found by who reads again.
    private mutating func mark(_ mark: FrameSpool.Mark) {
        if !isFull, !spool.append(mark) { close() }
    }

    /// Nothing came for a moment.
    private mutating func pass() {
        let now = ContinuousClock.now
        guard now - passed >= Self.passInterval else { return }
        passed = now
        // A second late, since frames of before may still be with the kernel.
        let time = SystemClock.nanoseconds - 1_000_000_000
        mark(.passed(time))
        pipeline.pass(to: time)
    }

    /// Records wait for others of lower frames, but not for long: somebody watches.
    private mutating func release(_ now: ContinuousClock.Instant) {
        guard pipeline.holdsRecords else { return heldSince = nil }
        let since = heldSince ?? now
        heldSince = since
        guard now - since >= PipeWatch.limit else { return }
        mark(.released)
        pipeline.releaseRecords()
        heldSince = nil
    }

    private mutating func lookForKeys(_ now: ContinuousClock.Instant) {
        guard let keys, now - lookedForKeys >= Self.keyInterval else { return }
        lookedForKeys = now
        keys.refresh()
        take(keys.log.takeArrivals())
    }

    private mutating func take(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        known.add(lines)
        mark(.secrets(lines))
        pipeline.lookForKeys()
    }

    private mutating func report(_ reader: borrowing LiveReader, _ now: ContinuousClock.Instant) {
        guard now - reported >= Self.reportInterval else { return }
        reported = now
        note(reader)
    }

    private func note(_ reader: borrowing LiveReader) {
        let counts = pipeline.counts
        let statistics = reader.statistics
        let linkType = reader.linkType
        let kept = spool.frameByteCount
        target.capture.update { account in
            account.note(counts)
            account.linkTypes = [linkType.explanation ?? "\(linkType)"]
            account.bytesRead = kept
            account.kernelDropped = statistics.droppedByKernel &+ statistics.droppedByUs
        }
    }

    private func answerMetrics(_ reader: borrowing LiveReader) {
        guard target.capture.metrics.isAsked else { return }
        let output = ByteOutput(inMemory: Serving.mostMetrics)
        var facts = pipeline.facts(ofFiles: [interface])
        facts?.kernelDropped = reader.statistics.droppedByKernel
        inquiry?.answer(QuestionName.allCases, facts, as: .metrics, to: output)
        output.flush()
        target.capture.metrics.answer(output.kept)
    }
}
#endif
