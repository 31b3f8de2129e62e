import Glibc
import Synchronization
import System

/// The thread that records what the reader's thread has taken, and only then puts it into the queue of what is shown.
/// So nobody who looks at frames can hold up the recording: what is shown may miss frames, the file does not.
///
/// What is marked as the thread's own is touched by the thread alone while it runs. `failure` is written before the queue
/// is closed and read after that was seen.
final class RecorderThread: @unchecked Sendable {
    /// What has been recorded.
    let queue: FrameQueue

    private let reader: ReaderThread
    private var failure: CaptureError?
    private var thread: SignalFreeThread?
    private let recorded = Atomic<UInt64>(0)
    private let ended = Atomic<Bool>(false)

    // The thread's own.
    private var recording: Recording
    private let linkType: LinkTypeNumber
    private let begun = ContinuousClock.now
    private var frames: UInt64 = 0
    private var isTimeOver = false

    /// How long it waits for a frame before it looks at the time and whether the next file was asked for, in milliseconds.
    private static let patience: Int32 = 100

    init(_ recording: consuming Recording, _ reader: ReaderThread, linkType: LinkTypeNumber, queueSize: Int)
        throws(SystemFailure)
    {
        queue = try FrameQueue(capacity: queueSize)
        self.reader = reader
        self.linkType = linkType
        self.recording = recording
    }

    /// Frames that are in the file, or in its buffer. Any thread may ask.
    var recordedFrames: UInt64 { recorded.load(ordering: .relaxed) }

    /// Nothing more is recorded. Any thread may ask.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// Begins.
    func start() throws(SystemFailure) {
        thread = try SignalFreeThread { [self] in run() }
    }

    /// Waits for its end, which comes when the reader has ended and all that it took is recorded.
    func join() {
        thread.take()?.join()
    }

    /// Why it ended early, once; nil where it did not. Only after the queue's end.
    func takeFailure() -> CaptureError? { failure.take() }

    // MARK: The thread

    private func run() {
        do throws(CaptureError) {
            while try turn() {}
        } catch {
            failure = error
        }
        ended.store(true, ordering: .releasing)
        reader.stop()
        // The counts are final when the reader has ended.
        while reader.queue.next(milliseconds: Self.patience, { _, _ in }) != .end {}
        do throws(CaptureError) {
            if recording.secrets == nil { try finish() } else { try recording.files.flush() }
        } catch {
            failure = failure ?? error
        }
        // What the file lacks was not recorded.
        frames &-= min(frames, recording.files.framesLost)
        recorded.store(frames, ordering: .relaxed)
        queue.close()
    }

    private func finish() throws(CaptureError) {
        recording.files.statistics = reader.statistics
        try recording.files.finish()
    }

    /// Records the last secrets and closes the files, which waited for them. Only after ``join()``.
    func closeFiles() throws(CaptureError) {
        guard recording.secrets != nil else { return }
        try recordSecrets()
        try finish()
    }

    private func recordSecrets() throws(CaptureError) {
        guard let secrets = recording.secrets else { return }
        // Looked at first: what was found in those frames is there by then.
        let dissected = secrets.dissectedThrough
        for (frame, lines) in secrets.take() { try recording.files.write(secrets: lines, of: frame) }
        if let last = recording.files.asideThrough, dissected >= last { try recording.files.closeAside() }
        secrets.noteClosed(through: recording.files.closedThrough)
    }

    /// Records a frame, or does what time brings.
    ///
    /// - Returns: Whether there may be more.
    private func turn() throws(CaptureError) -> Bool {
        if recording.files.takesStatistics { recording.files.statistics = reader.statistics }
        try recordSecrets()
        if recording.takesRotationRequest() { try recording.files.rotate() }
        if !isTimeOver, let limit = recording.limits.duration, (ContinuousClock.now - begun) / .seconds(1) >= limit {
            isTimeOver = true
            // What came before this moment is still recorded.
            reader.stop()
        }
        if hasReachedSize { return false }
        var failure: CaptureError?
        let step = reader.queue.next(milliseconds: Self.patience) { entry, bytes in
            do throws(CaptureError) {
                try record(entry, bytes)
            } catch let error {
                failure = error
            }
        }
        if let failure { throw failure }
        switch step {
        case .frame: break
        case .idle:
            // What was found meanwhile goes into the files that this may close.
            try recordSecrets()
            try recording.files.keepTime()
        case .end: return false
        }
        return true
    }

    private func record(_ entry: FrameQueue.Entry, _ bytes: RawSpan) throws(CaptureError) {
        let header = FrameHeader(
            number: frames &+ 1, time: entry.time, capturedLength: bytes.byteCount,
            originalLength: Int(entry.originalLength), linkType: linkType, file: 0)
        try recording.files.write(header, bytes)
        frames &+= 1
        recorded.store(frames, ordering: .relaxed)
        guard recording.showsFrames else { return }
        bytes.withUnsafeBytes { queue.offer(time: entry.time, originalLength: entry.originalLength, $0) }
    }

    private var hasReachedSize: Bool {
        let limits = recording.limits
        return limits.isReached(
            duration: -1, packets: frames, bytes: recording.files.currentBytes,
            files: limits.files == nil ? 0 : recording.files.fullFiles)
    }
}
