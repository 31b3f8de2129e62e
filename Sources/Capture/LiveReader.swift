import Glibc
import System

/// The frames of an interface, taken by a thread of its own, which does nothing but copy them into a bounded queue.
///
/// So slow output does not stop the taking: when the queue is full, frames are dropped and counted. In the streams they
/// are missing like any that were lost, and come out as gaps. What is recorded is recorded by a second thread, before it
/// is handed out: only what is handed out misses frames then.
///
/// The capabilities of Linux belong to a thread: give up privileges before making this.
public struct LiveReader: ~Copyable, PacketSource {
    /// What a call of ``next(milliseconds:_:)`` found.
    public enum Step: Sendable {
        /// A frame, which was handed out.
        case frame
        /// None in the time given: an occasion to flush output, and to see whether to stop.
        case idle
        /// No more will come.
        case end
    }

    /// The interface's name.
    public let interface: String
    /// What all its frames begin with.
    public let linkType: LinkTypeNumber
    /// The number of the last frame handed out, from 1. Of a recorded capture it is the frame's number in the recording.
    public private(set) var frameNumber: UInt64 = 0

    private let thread: ReaderThread
    private let recorder: RecorderThread?
    private var handedOut: UInt64 = 0

    /// The queue's usual size in bytes: half a second of a gigabit network.
    public static let queueSize = 64 << 20

    /// Begins to take frames. Those that the kernel has collected since `capture` was made come first.
    ///
    /// - Parameters:
    ///   - helper: Where it is given, an interface that goes away is waited for.
    ///   - recording: Each frame is recorded before it is handed out; where nil, frames are only handed out.
    ///   - queueSize: In bytes, at least 1 MiB; of a recorded capture there are two queues of this size. Memory is taken
    ///     only as far as a queue has been filled.
    public init(
        _ capture: consuming LiveCapture, helper: InterfaceHelper? = nil, recording: consuming Recording? = nil,
        queueSize: Int = Self.queueSize
    ) throws(CaptureError) {
        let interface = capture.interface
        let linkType = capture.linkType
        let size = max(1 << 20, queueSize)
        let thread: ReaderThread
        var recorder: RecorderThread?
        do throws(SystemFailure) {
            thread = try ReaderThread(capture, helper, queueSize: size)
            if let recording = recording.take() {
                recorder = try RecorderThread(recording, thread, linkType: linkType, queueSize: size)
            }
            try thread.start()
            do throws(SystemFailure) {
                try recorder?.start()
            } catch {
                thread.stop()
                thread.join()
                throw error
            }
        } catch {
            throw CaptureError(.live(.failed), path: interface, detail: error.message)
        }
        self.interface = interface
        self.linkType = linkType
        self.thread = thread
        self.recorder = recorder
    }

    deinit { finish() }

    /// Hands the next frame to `body`, or waits for one.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait at most. A signal that this thread handles ends the waiting, too.
    ///   - body: Its bytes are the queue's, lent until it returns.
    /// - Throws: `CaptureError` once, after the last frame, where the interface failed.
    public mutating func next(
        milliseconds: Int32, _ body: (FrameHeader, RawSpan) -> Void
    ) throws(CaptureError) -> Step {
        let queue = recorder?.queue ?? thread.queue
        let isRecorded = recorder != nil
        let next = handedOut &+ 1
        let linkType = linkType
        let step = queue.next(milliseconds: milliseconds) { entry, bytes in
            body(
                FrameHeader(
                    number: isRecorded ? next &+ queue.droppedBefore : next, time: entry.time,
                    capturedLength: bytes.byteCount,
                    originalLength: Int(entry.originalLength), linkType: linkType, file: 0), bytes)
        }
        switch step {
        case .frame:
            handedOut = next
            frameNumber = isRecorded ? next &+ queue.droppedBefore : next
            return .frame
        case .idle: return .idle
        case .end:
            if let failure = recorder?.takeFailure() { throw failure }
            if let failure = thread.takeFailure() { throw failure }
            return .end
        }
    }

    /// Waits for a frame as long as it takes; see `PacketSource.next`.
    public mutating func next(_ body: (FrameHeader, RawSpan) -> Void) throws(CaptureError) -> Bool {
        while true {
            switch try next(milliseconds: -1, body) {
            case .frame: return true
            case .idle: continue
            case .end: return false
            }
        }
    }

    /// Takes no more frames. Those in the queue are still handed out, then comes the end.
    public func stop() { thread.stop() }

    /// Takes no more frames, and waits until all that were taken are recorded, and the counts are final.
    public func finish() {
        thread.stop()
        thread.join()
        recorder?.join()
    }

    /// Records the last secrets, for which a recording's files have waited, and closes these. To be called after
    /// ``finish()``; of a recording without secrets it does nothing.
    public func closeRecording() throws(CaptureError) { try recorder?.closeFiles() }

    /// The counts so far; those of kernel and interface are brought up to date each second, and when the taking ends.
    public var statistics: CaptureStatistics {
        var statistics = thread.statistics
        statistics.notShown = recorder?.queue.dropped ?? 0
        return statistics
    }

    /// What has happened to an interface that is waited for since this was last asked, in sentences.
    public func takeNotes() -> [String] { thread.takeNotes() }

    /// Tells, on any thread, whether the recording has ended, by a limit or a failure; never, where nothing is recorded.
    public var recordingEnd: @Sendable () -> Bool {
        let recorder = recorder
        return { recorder?.hasEnded ?? false }
    }

    /// How many frames were recorded so far; nil where nothing is recorded.
    public var recordedFrames: UInt64? { recorder?.recordedFrames }

    /// Why the recording has ended early, once, where no call of ``next(milliseconds:_:)`` has said it. To be called after
    /// ``finish()``.
    public func takeRecordingFailure() -> CaptureError? { recorder?.takeFailure() }
}
