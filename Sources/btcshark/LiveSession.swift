import Capture
import Dissector
import Fields
import Glibc
import Insight
import Keys
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
    /// Nil where they are not recorded.
    private let usedSecrets: UsedSecrets?
    private let answers: Answers
    /// Nobody looks any more at what is dissected.
    private var onlyRecords = false
    private var failure: (any Error)?
    /// Taken so far.
    private(set) var packets: UInt64 = 0
    private let begun = ContinuousClock.now
    private var flushed = ContinuousClock.now
    private var lookedForKeys = ContinuousClock.now
    private var notedStatistics = ContinuousClock.now
    /// Of the recording, as far as ``usedSecrets`` knows.
    private var completedFiles: UInt64 = 0

    /// After so long output is handed on though more frames come.
    private static let flushInterval: Duration = .milliseconds(50)
    /// Secrets that have come since are looked for no more often.
    private static let keyInterval: Duration = .milliseconds(200)
    /// The longest wait for a frame, in milliseconds.
    private static let longestWait: Int32 = 100

    init(
        _ plan: LivePlan, output: ByteOutput, pipeline: consuming Pipeline?, recording: consuming RecordingFiles?,
        keys: KeySources?, usedSecrets: UsedSecrets? = nil, answers: Answers
    ) {
        self.keys = keys
        self.usedSecrets = usedSecrets
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
            guard failure == nil else { return failure }
            writeMetrics(reader)
            noteStatistics(reader)
            guard step(&reader, milliseconds: wait) else { return failure }
        }
        // What came before that moment.
        if Signals.isEndRequested || isTimeOver { takeRest(&reader, isOver) }
        return failure
    }

    /// For a file that is complete before the capture is; a moment old at most.
    private mutating func noteStatistics(_ reader: borrowing LiveReader) {
        guard plan.ring != nil, notedStatistics != flushed else { return }
        notedStatistics = flushed
        recording?.statistics = reader.statistics
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
    /// - Parameter statistics: Of the whole capture.
    /// - Returns: The counts of what was dissected, and what went wrong.
    consuming func finish(_ statistics: CaptureStatistics) -> (Counts?, CaptureFacts?, (any Error)?) {
        keys?.refresh()
        pipeline?.lookForKeys()
        pipeline?.finish()
        let (counts, facts) = (counts, facts)
        do throws(CaptureError) {
            recording?.statistics = statistics
            try recordSecrets()
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
            case .frame: if isRecordingFull { recording?.statistics = reader.statistics }
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
            // What opens frames before this one belongs into their file, which may be full.
            try recordSecrets()
            try recording?.write(header, bytes)
            noteCompletion()
            if !onlyRecords { try pipeline?.receive(header, bytes) }
            try recordSecrets()
        } catch {
            failure = error
        }
        let now = ContinuousClock.now
        if now - flushed > Self.flushInterval { flush(now) }
    }

    /// Records the secrets that have decrypted something since, after the frames that they were found with.
    private mutating func recordSecrets() throws(CaptureError) {
        guard let lines = usedSecrets?.takeLines(), !lines.isEmpty else { return }
        try recording?.write(secrets: lines)
    }

    /// A file was completed before the frame at hand: its connections have no more secrets in it.
    private mutating func noteCompletion() {
        guard let usedSecrets, recordedFiles != completedFiles else { return }
        completedFiles = recordedFiles
        usedSecrets.completeFile(before: connections)
    }

    /// Nothing came for a moment.
    private mutating func idle() throws(CaptureError) {
        // A second late, since frames of before may still be with the kernel.
        pipeline?.pass(to: SystemClock.nanoseconds - 1_000_000_000)
        flush(ContinuousClock.now)
        try recordSecrets()
        try recording?.keepTime()
        noteCompletion()
    }

    private mutating func flush(_ now: ContinuousClock.Instant) {
        flushed = now
        if let keys, now - lookedForKeys > Self.keyInterval {
            lookedForKeys = now
            keys.refresh()
            pipeline?.lookForKeys()
        }
        output.flush()
        // A second late, as where nothing comes.
        for notice in pipeline?.takeNotices(at: SystemClock.nanoseconds - 1_000_000_000) ?? [] {
            StandardError.complain(notice)
        }
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
        case .some(let recording): (recording.currentBytes, recording.fullFiles)
        case .none: (0, 0)
        }
    }

    private var recordedFiles: UInt64 {
        switch recording {
        case .some(let recording): recording.completedFiles
        case .none: 0
        }
    }

    private var isRecordingFull: Bool {
        guard plan.ring != nil else { return false }
        return switch recording {
        case .some(let recording): recording.isFull
        case .none: false
        }
    }

    private var connections: UInt64 {
        switch pipeline {
        case .some(let pipeline): pipeline.connections
        case .none: 0
        }
    }

    private mutating func answerSignals(_ reader: borrowing LiveReader) {
        if Signals.takeRotationRequest() {
            do throws(CaptureError) {
                recording?.statistics = reader.statistics
                try recordSecrets()
                try recording?.rotate()
                noteCompletion()
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
