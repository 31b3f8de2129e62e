import Capture
import Dissector
import Fields
import Glibc
import Insight
import Keys
import Output
import System

/// A live capture under way: what becomes of each frame that is shown, and of the time between them. What is recorded is
/// recorded already.
struct LiveSession: ~Copyable {
    private let plan: LivePlan
    private let output: ByteOutput
    /// Nil where packets are only recorded.
    private var pipeline: Pipeline?
    private let isRecorded: Bool
    private let keys: KeySources?
    /// Nil where they are not recorded.
    private let secrets: (used: UsedSecrets, handover: SecretsHandover)?
    private let answers: Answers
    private let top: DrawnTop?
    /// Nothing has come yet, and that was not said.
    private var awaitsFirst = true
    /// Nobody looks any more at what is dissected: the capture goes on, since it is recorded.
    private var onlyRecords = false
    private(set) var hasSaidClosed = false
    private var failure: (any Error)?
    /// Taken so far.
    private(set) var packets: UInt64 = 0
    /// Of these, those that were not dissected, since nobody looked any more.
    private(set) var packetsNotShown: UInt64 = 0
    private let begun = ContinuousClock.now
    private var flushed = ContinuousClock.now
    /// All records found so far are written.
    private var isWritten = false
    private var lookedForKeys = ContinuousClock.now
    /// The number of the last frame that was taken.
    private var frame: UInt64 = 0
    /// The last frame in a closed file of which ``secrets`` know.
    private var closedThrough: UInt64 = 0

    /// After so long output is handed on though more frames come.
    private static let flushInterval: Duration = .milliseconds(50)
    /// Secrets that have come since are looked for no more often.
    private static let keyInterval: Duration = .milliseconds(200)
    /// The longest wait for a frame, in milliseconds.
    private static let longestWait: Int32 = 100
    /// After that number of seconds without a packet it is said what is listened for.
    private static let silence = 10

    init(
        _ plan: LivePlan, output: ByteOutput, pipeline: consuming Pipeline?, keys: KeySources?,
        secrets: (used: UsedSecrets, handover: SecretsHandover)? = nil, answers: Answers,
        top: DrawnTop? = nil
    ) {
        self.top = top
        self.keys = keys
        self.secrets = secrets
        self.answers = answers
        self.plan = plan
        self.output = output
        self.pipeline = pipeline
        isRecorded = plan.recording != nil
    }

    /// Takes frames until the capture ends by itself, by a limit, or as `isOver` or the user say so.
    ///
    /// - Parameter isOver: Asked before each frame: whether nobody looks any more at what is dissected. That ends a capture
    ///   that is not recorded.
    /// - Returns: What went wrong; nil where nothing did.
    mutating func run(_ reader: inout LiveReader, isOver: () -> Bool) -> (any Error)? {
        while !ends(isOver), !hasReachedLimit, !Signals.isEndRequested {
            answerSignals(reader)
            guard failure == nil else { return failure }
            writeMetrics(reader)
            noteSilence(reader)
            guard step(&reader, milliseconds: wait) else { return failure }
        }
        // What came before that moment.
        if Signals.isEndRequested || isTimeOver { takeRest(&reader, isOver) }
        return failure
    }

    /// What was taken before the end was asked for is shown as long as somebody reads. A recording has it in any case.
    private mutating func takeRest(_ reader: inout LiveReader, _ isOver: () -> Bool) {
        reader.stop()
        while !isDone, !hasReachedSize, !ends(isOver) {
            guard step(&reader, milliseconds: Self.longestWait) else { return }
        }
    }

    private mutating func ends(_ isOver: () -> Bool) -> Bool {
        guard isRecorded else { return isOver() }
        if output.isClosed, !hasSaidClosed {
            hasSaidClosed = true
            // Where the end was asked for, nothing goes on, and it is said at the end.
            if output.errorNumber != ETIMEDOUT {
                let reason =
                    output.errorNumber == 0
                    ? "standard output is no longer read"
                    : "nothing more can be written to standard output: \(SystemFailure(code: output.errorNumber).message)"
                StandardError.complain("\(reason); the recording goes on")
            }
        }
        if !onlyRecords, isOver() { onlyRecords = true }
        return false
    }

    /// Ends the streams.
    ///
    /// - Returns: The counts of what was dissected.
    consuming func finish() -> (Counts?, CaptureFacts?) {
        keys?.refresh()
        pipeline?.lookForKeys()
        pipeline?.finish()
        handOverSecrets()
        return (counts, facts)
    }

    // MARK: Frames

    /// - Returns: Whether more may come.
    private mutating func step(_ reader: inout LiveReader, milliseconds: Int32) -> Bool {
        do {
            switch try Self.next(&reader, milliseconds, &self) {
            case .frame: break
            case .idle: idle()
            case .end: return false
            }
        } catch {
            failure = error
        }
        return failure == nil
    }

    private static func next(
        _ reader: inout LiveReader, _ milliseconds: Int32, _ session: inout LiveSession
    ) throws(CaptureError) -> LiveReader.Step {
        try reader.next(milliseconds: milliseconds) { header, bytes in session.take(header, bytes) }
    }

    private mutating func take(_ header: FrameHeader, _ bytes: RawSpan) {
        packets &+= 1
        noteCompletion(before: header.number)
        frame = header.number
        do throws(PipelineError) {
            if onlyRecords {
                packetsNotShown &+= 1
            } else {
                isWritten = false
                try pipeline?.receive(header, bytes)
            }
        } catch {
            failure = error
        }
        handOverSecrets()
        secrets?.handover.noteDissected(through: frame)
        let now = ContinuousClock.now
        if now - flushed > Self.flushInterval { flush(now) }
    }

    /// Has the secrets recorded that have decrypted something since, in the file of the frames that they were found with.
    private func handOverSecrets() {
        guard let secrets else { return }
        secrets.handover.add(secrets.used.takeLines(), at: frame)
    }

    /// Where a file was closed, secrets of connections in it come late. Where the frame at hand is in it, too, so do those of
    /// a connection that it begins.
    private mutating func noteCompletion(before frame: UInt64) {
        guard let secrets else { return }
        let closed = secrets.handover.closedThrough
        guard closed > closedThrough else { return }
        secrets.used.completeFile(before: frame > closed ? connections : connections &+ 1)
        if frame > closed { closedThrough = closed }
    }

    /// Nothing came for a moment.
    private mutating func idle() {
        // A second late, since frames of before may still be with the kernel.
        pipeline?.pass(to: SystemClock.nanoseconds - 1_000_000_000)
        flush(ContinuousClock.now)
        handOverSecrets()
        noteCompletion(before: frame &+ 1)
    }

    private mutating func flush(_ now: ContinuousClock.Instant) {
        flushed = now
        top?.drawIfDue(now) { facts }
        if let keys, now - lookedForKeys > Self.keyInterval {
            lookedForKeys = now
            keys.refresh()
            pipeline?.lookForKeys()
        }
        writeRecords()
        // A second late, as where nothing comes.
        for notice in pipeline?.takeNotices(at: SystemClock.nanoseconds - 1_000_000_000) ?? [] {
            StandardError.complain(notice)
        }
    }

    /// Writes all records found so far, also those that other threads still make.
    private mutating func writeRecords() {
        let output = output
        pipeline?.pauseRecords { output.flush() }
        isWritten = true
    }

    /// Short where something may wait to be written, in milliseconds.
    private var wait: Int32 { isWritten && !holdsRecords ? Self.longestWait : 10 }

    private var holdsRecords: Bool {
        switch pipeline {
        case .some(let pipeline): pipeline.holdsRecords
        case .none: false
        }
    }

    // MARK: Limits and signals

    private var hasReachedLimit: Bool { isDone || isTimeOver || hasReachedSize }

    /// Limits of what is recorded end the recording, and the frames end with it.
    private var hasLimits: Bool { !isRecorded && !plan.autostop.isEmpty }

    private var isTimeOver: Bool {
        hasLimits && plan.autostop.duration.map { (ContinuousClock.now - begun) / .seconds(1) >= $0 } ?? false
    }

    private var hasReachedSize: Bool {
        hasLimits && plan.autostop.isReached(duration: 0, packets: packets, bytes: 0)
    }

    private var isDone: Bool {
        switch pipeline {
        case .some(let pipeline): pipeline.isDone
        case .none: false
        }
    }

    private var counts: Counts? {
        switch pipeline {
        case .some(let pipeline): pipeline.counts
        case .none: nil
        }
    }

    /// What packets tell; nil where nobody asks.
    private var facts: CaptureFacts? {
        switch pipeline {
        case .some(let pipeline): pipeline.facts(ofFiles: [plan.interface])
        case .none: nil
        }
    }

    private var connections: UInt64 {
        switch pipeline {
        case .some(let pipeline): pipeline.connections
        case .none: 0
        }
    }

    private mutating func answerSignals(_ reader: borrowing LiveReader) {
        if plan.waits { for note in reader.takeNotes() { StandardError.complain(note) } }
        if Signals.takeCountsRequest() {
            StandardError.say(reader.statistics.text(taken: nil))
            if let counts { StandardError.say(counts.text) }
            if answers.hasQuestions, let facts = allFacts(reader) {
                let answers = answers
                pipeline?.pauseRecords { answers.answer(facts) }
            }
        }
    }

    /// Says once that nothing comes, and what is listened for.
    private mutating func noteSilence(_ reader: borrowing LiveReader) {
        guard awaitsFirst || top?.top.note != nil else { return }
        guard packets == 0, reader.recordedFrames ?? 0 == 0 else {
            awaitsFirst = false
            top?.top.note = nil
            return
        }
        guard awaitsFirst, ContinuousClock.now - begun >= .seconds(Self.silence) else { return }
        awaitsFirst = false
        let text = plan.silenceText(after: Self.silence)
        // What is drawn again each second would be drawn over it.
        if let top { top.top.note = text } else if !plan.isQuiet { StandardError.complain(text) }
    }

    /// At the beginning, too: then it is known at once whether the file can be written.
    private mutating func writeMetrics(_ reader: borrowing LiveReader) {
        // A moment old at most.
        guard let metrics = answers.metrics, metrics.isDue(flushed), let facts = allFacts(reader) else { return }
        pipeline?.pauseRecords { metrics.write(facts) }
    }

    /// Also what only the reader knows.
    private func allFacts(_ reader: borrowing LiveReader) -> CaptureFacts? {
        guard var facts else { return nil }
        facts.kernelDropped = reader.statistics.droppedByKernel
        return facts
    }
}
