import Capture
import Dissector
import Fields
import Glibc
import Insight
import Output
import System

/// A live capture under way: what becomes of each frame, and of the time between them.
struct LiveSession: ~Copyable {
    private let plan: LivePlan
    private let output: ByteOutput
    /// Nil where packets are only recorded.
    private var pipeline: Pipeline?
    private var recording: RecordingFiles?
    private let keys: KeySources?
    private let answers: Answers
    /// Nobody looks any more at what is dissected.
    private var onlyRecords = false
    private var failure: (any Error)?
    /// Taken so far.
    private(set) var packets: UInt64 = 0
    private let begun = ContinuousClock.now
    private var flushed = ContinuousClock.now
    private var lookedForKeys = ContinuousClock.now

    /// After so long output is handed on though more frames come.
    private static let flushInterval: Duration = .milliseconds(50)
    /// Secrets that have come since are looked for no more often.
    private static let keyInterval: Duration = .milliseconds(200)
    /// The longest wait for a frame, in milliseconds.
    private static let longestWait: Int32 = 100

    init(
        _ plan: LivePlan, output: ByteOutput, pipeline: consuming Pipeline?, recording: consuming RecordingFiles?,
        keys: KeySources?, answers: Answers
    ) {
        self.keys = keys
        self.answers = answers
        self.plan = plan
        self.output = output
        self.pipeline = pipeline
        self.recording = recording
    }

    /// Takes frames until the capture ends by itself, by a limit, or as `isOver` or the user say so.
    ///
    /// - Parameter isOver: Asked before each frame.
    /// - Returns: What went wrong; nil where nothing did.
    mutating func run(_ reader: inout LiveReader, isOver: () -> Bool) -> (any Error)? {
        while !isOver(), !hasReachedLimit, !Signals.isEndRequested {
            answerSignals(reader)
            writeMetrics(reader)
            guard step(&reader, milliseconds: wait) else { return failure }
        }
        // What came before that moment.
        if Signals.isEndRequested || isTimeOver { takeRest(&reader, isOver) }
        return failure
    }

    /// What was taken before the end was asked for: it is shown as long as somebody reads, and recorded in any case.
    private mutating func takeRest(_ reader: inout LiveReader, _ isOver: () -> Bool) {
        reader.stop()
        while !isDone, !hasReachedSize {
            if isOver() {
                guard isRecording else { return }
                onlyRecords = true
            }
            guard step(&reader, milliseconds: Self.longestWait) else { return }
        }
    }

    /// Ends the streams and the recording.
    ///
    /// - Returns: The counts of what was dissected, and what went wrong.
    consuming func finish() -> (Counts?, CaptureFacts?, (any Error)?) {
        keys?.refresh()
        pipeline?.lookForKeys()
        pipeline?.finish()
        let (counts, facts) = (counts, facts)
        do throws(CaptureError) {
            try recording.take()?.close()
        } catch {
            return (counts, facts, error)
        }
        return (counts, facts, nil)
    }

    // MARK: Frames

    /// - Returns: Whether more may come.
    private mutating func step(_ reader: inout LiveReader, milliseconds: Int32) -> Bool {
        do {
            switch try Self.next(&reader, milliseconds, &self) {
            case .frame: break
            case .idle: try idle()
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
        do {
            try recording?.write(header, bytes)
            if !onlyRecords { try pipeline?.receive(header, bytes) }
        } catch {
            failure = error
        }
        let now = ContinuousClock.now
        if now - flushed > Self.flushInterval { flush(now) }
    }

    /// Nothing came for a moment.
    private mutating func idle() throws(CaptureError) {
        try recording?.keepTime()
        // A second late, since frames of before may still be with the kernel.
        pipeline?.pass(to: SystemClock.nanoseconds - 1_000_000_000)
        flush(ContinuousClock.now)
    }

    private mutating func flush(_ now: ContinuousClock.Instant) {
        flushed = now
        if let keys, now - lookedForKeys > Self.keyInterval {
            lookedForKeys = now
            keys.refresh()
            pipeline?.lookForKeys()
        }
        output.flush()
    }

    /// Short where something waits to be handed on, in milliseconds.
    private var wait: Int32 { output.buffer.isEmpty && !holdsRecords ? Self.longestWait : 10 }

    private var holdsRecords: Bool {
        switch pipeline {
        case .some(let pipeline): pipeline.holdsRecords
        case .none: false
        }
    }

    // MARK: Limits and signals

    private var hasReachedLimit: Bool {
        if isDone { return true }
        if plan.autostop.isEmpty { return false }
        return isTimeOver || hasReachedSize
    }

    private var isTimeOver: Bool {
        plan.autostop.duration.map { (ContinuousClock.now - begun) / .seconds(1) >= $0 } ?? false
    }

    private var hasReachedSize: Bool {
        plan.autostop.isReached(
            duration: 0, packets: packets,
            bytes: recorded.bytes, files: recorded.files)
    }

    private var isDone: Bool {
        switch pipeline {
        case .some(let pipeline): pipeline.isDone
        case .none: false
        }
    }

    private var isRecording: Bool {
        switch recording {
        case .some: true
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
        case .some(let pipeline): Run.facts(pipeline, pipeline.counts, [plan.interface])
        case .none: nil
        }
    }

    private var recorded: (bytes: UInt64, files: UInt64) {
        switch recording {
        case .some(let recording): (recording.currentBytes, recording.completedFiles)
        case .none: (0, 0)
        }
    }

    private mutating func answerSignals(_ reader: borrowing LiveReader) {
        if Signals.takeRotationRequest() {
            do throws(CaptureError) {
                try recording?.rotate()
            } catch {
                failure = error
            }
        }
        if Signals.takeCountsRequest() {
            StandardError.write(reader.statistics.text(taken: nil) + "\n")
            if let counts { StandardError.write(counts.text + "\n") }
            if answers.hasQuestions, let facts = allFacts(reader) { answers.answer(facts) }
        }
    }

    /// At the beginning, too: then it is known at once whether the file can be written.
    private func writeMetrics(_ reader: borrowing LiveReader) {
        // A moment old at most.
        guard let metrics = answers.metrics, metrics.isDue(flushed), let facts = allFacts(reader) else { return }
        metrics.write(facts)
    }

    /// Also what only the reader knows.
    private func allFacts(_ reader: borrowing LiveReader) -> CaptureFacts? {
        guard var facts else { return nil }
        facts.kernelDropped = reader.statistics.droppedByKernel
        return facts
    }
}
