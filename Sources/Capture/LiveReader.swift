import Glibc
import System

/// The frames of an interface, taken by a thread of its own, which does nothing but copy them into a bounded queue.
///
/// So slow output does not stop the taking: when the queue is full, frames are dropped and counted. In the streams they
/// are missing like any that were lost, and come out as gaps.
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
    /// The number of the last frame handed out, from 1.
    public private(set) var frameNumber: UInt64 = 0

    private let thread: ReaderThread

    /// The queue's usual size in bytes: half a second of a gigabit network.
    public static let queueSize = 64 << 20

    /// Begins to take frames. Those that the kernel has collected since `capture` was made come first.
    ///
    /// - Parameter queueSize: In bytes, at least 1 MiB. Memory is taken only as far as the queue has been filled.
    public init(_ capture: consuming LiveCapture, queueSize: Int = Self.queueSize) throws(CaptureError) {
        let interface = capture.interface
        let linkType = capture.linkType
        let thread: ReaderThread
        do throws(SystemFailure) {
            thread = try ReaderThread(capture, queueSize: max(1 << 20, queueSize))
            try thread.start()
        } catch {
            throw CaptureError(.live(.failed), path: interface, detail: error.message)
        }
        self.interface = interface
        self.linkType = linkType
        self.thread = thread
    }

    deinit {
        thread.stop()
        thread.join()
    }

    /// Hands the next frame to `body`, or waits for one.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait at most. A signal that this thread handles ends the waiting, too.
    ///   - body: Its bytes are the queue's, lent until it returns.
    /// - Throws: `CaptureError` once, after the last frame, where the interface failed.
    public mutating func next(
        milliseconds: Int32, _ body: (FrameHeader, RawSpan) -> Void
    ) throws(CaptureError) -> Step {
        let number = frameNumber &+ 1
        let linkType = linkType
        let step = thread.queue.next(milliseconds: milliseconds) { entry, bytes in
            body(
                FrameHeader(
                    number: number, time: entry.time, capturedLength: bytes.byteCount,
                    originalLength: Int(entry.originalLength), linkType: linkType, file: 0), bytes)
        }
        switch step {
        case .frame:
            frameNumber = number
            return .frame
        case .idle: return .idle
        case .end:
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

    /// Takes no more frames, and waits until the counts are final.
    public func finish() {
        thread.stop()
        thread.join()
    }

    /// The counts so far; those of kernel and interface are brought up to date each second, and when the taking ends.
    public var statistics: CaptureStatistics { thread.statistics }
}
