import CPcap
import Glibc
import Synchronization
import System

/// The thread that takes frames from an interface and puts them into a queue.
///
/// `capture` and what is marked as the thread's own are touched by the thread alone while it runs. `failure` is written
/// before the queue is closed and read after that was seen.
final class ReaderThread: @unchecked Sendable {
    let queue: FrameQueue

    private let capture: LiveCapture
    /// Where an interface that goes away is waited for: who opens it again.
    private let helper: InterfaceHelper?
    private let notes = Mutex<[String]>([])
    private let bell: Bell
    private let isStopping = Atomic<Bool>(false)
    private var failure: CaptureError?
    private var thread: SignalFreeThread?

    private let taken = Atomic<UInt64>(0)
    private let droppedByKernel = Atomic<UInt64>(0)
    private let droppedByInterface = Atomic<UInt64>(0)

    // The thread's own.
    private var kernelDrops = WideCount()
    private var lastLook = 0.0
    /// It was down, and nothing has been read since.
    private var hasComeBack = false

    /// How many frames are taken before it looks whether to stop.
    private static let batch: Int32 = 4_096
    /// How long it waits for frames before it looks at the interface, in milliseconds.
    private static let patience: Int32 = 250

    init(_ capture: consuming LiveCapture, _ helper: InterfaceHelper?, queueSize: Int) throws(SystemFailure) {
        self.helper = helper
        queue = try FrameQueue(capacity: queueSize)
        bell = try Bell()
        self.capture = capture
    }

    /// What became of the frames so far. Any thread may ask.
    var statistics: CaptureStatistics {
        let kernel = droppedByKernel.load(ordering: .relaxed)
        return CaptureStatistics(
            received: taken.load(ordering: .relaxed) &+ kernel, droppedByKernel: kernel,
            droppedByInterface: droppedByInterface.load(ordering: .relaxed), droppedByUs: queue.dropped)
    }

    /// Begins.
    func start() throws(SystemFailure) {
        thread = try SignalFreeThread { [self] in run() }
    }

    /// Asks it to end.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Waits for its end.
    func join() {
        thread.take()?.join()
    }

    /// Why it ended, once; nil where it was asked to. Only after the queue's end.
    func takeFailure() -> CaptureError? { failure.take() }

    /// What has happened to the interface since this was last asked, in sentences.
    func takeNotes() -> [String] {
        notes.withLock { notes in
            defer { notes = [] }
            return notes
        }
    }

    // MARK: The thread

    private func run() {
        do throws(CaptureError) {
            while !isStopping.load(ordering: .acquiring) {
                do throws(CaptureError) {
                    try turn()
                } catch {
                    guard let helper, try goesOn(after: error, helper) else { throw error }
                }
            }
        } catch {
            failure = error
        }
        count()
        queue.close()
    }

    /// Takes what is there; where there is nothing, waits a while.
    private func turn() throws(CaptureError) {
        let count = try takeFrames()
        countEachSecond()
        guard count == 0 else { return }
        switch capture.wait(for: bell, milliseconds: Self.patience) {
        case .ready: break
        case .idle: try checkInterface()
        }
    }

    private func takeFrames() throws(CaptureError) -> Int {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return try capture.dispatch(limit: Self.batch, context) { context, header, bytes in
            guard let context, let header, let bytes else { return }
            Unmanaged<ReaderThread>.fromOpaque(context).takeUnretainedValue().put(header.pointee, bytes)
        }
    }

    private func put(_ header: pcap_pkthdr, _ bytes: UnsafePointer<UInt8>) {
        taken.add(1, ordering: .relaxed)
        var time = header.ts
        if capture.isInMicroseconds { time.tv_usec *= 1_000 }
        queue.offer(
            time: Savefile.nanoseconds(time, hasShortTimes: false), originalLength: header.len,
            UnsafeRawBufferPointer(start: bytes, count: Int(header.caplen)))
    }

    private func checkInterface() throws(CaptureError) {
        guard capture.problem != nil else { return }
        // One that goes away is down first; and what came before may still be in the kernel's buffer.
        usleep(100_000)
        while let count = try? takeFrames(), count > 0 {}
        guard let problem = capture.problem else { return }
        throw CaptureError(.live(problem), path: capture.interface)
    }

    // MARK: An interface that goes away

    /// Waits for an interface that went down or away. One that comes up again is read on; frames of one that was made again
    /// come by the helper, until the end.
    ///
    /// - Returns: False where it is something else that failed.
    private func goesOn(after error: CaptureError, _ helper: InterfaceHelper) throws(CaptureError) -> Bool {
        switch error.problem {
        case .live(.wentDown), .live(.vanished): break
        case .live(.failed) where hasComeBack:
            // What libpcap still has to say of the time before.
            hasComeBack = false
            return true
        default: return false
        }
        note("\(error); btcshark waits for it")
        while !isStopping.load(ordering: .acquiring) {
            switch capture.problem {
            case nil:
                note("\(capture.interface): the interface is back")
                hasComeBack = true
                return true
            case .vanished:
                guard helper.begin() else { throw CaptureError(.live(.helperEnded), path: capture.interface) }
                try takeFrames(of: helper)
                return true
            default: bell.sleep(milliseconds: Self.patience)
            }
        }
        return true
    }

    private func takeFrames(of helper: InterfaceHelper) throws(CaptureError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: HandedFrame.longest, alignment: 16)
        defer { buffer.deallocate() }
        while !isStopping.load(ordering: .acquiring) {
            guard let count = helper.receive(into: buffer) else {
                var states = [
                    pollfd(fd: helper.socketNumber, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
                ]
                _ = poll(&states, 2, Self.patience)
                continue
            }
            guard count >= HandedFrame.headerLength else {
                throw CaptureError(.live(.helperEnded), path: capture.interface)
            }
            try put(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func put(_ handed: UnsafeRawBufferPointer) throws(CaptureError) {
        let header = handed.load(as: HandedFrame.self)
        let name = capture.interface
        switch HandedFrame.Kind(rawValue: header.kind) {
        case .frame:
            taken.add(1, ordering: .relaxed)
            queue.offer(
                time: header.time, originalLength: UInt32(clamping: header.originalLength),
                UnsafeRawBufferPointer(rebasing: handed[HandedFrame.headerLength...]))
        case .isBack: note("\(name): the interface is back")
        case .isGone: note("\(name): the interface is gone; btcshark waits for it")
        case .dropped: droppedByKernel.add(UInt64(max(0, header.time)), ordering: .relaxed)
        case .isOther:
            throw CaptureError(.live(.cameBackOtherwise), path: name)
        case nil: throw CaptureError(.live(.helperEnded), path: name)
        }
    }

    private func note(_ text: String) { notes.withLock { $0.append(text) } }

    // MARK: Counts

    private func countEachSecond() {
        let now = monotonicSeconds()
        guard now - lastLook >= 1 else { return }
        lastLook = now
        count()
    }

    private func count() {
        droppedByInterface.store(capture.interfaceDrops(), ordering: .relaxed)
        guard let drops = capture.kernelDrops() else { return }
        let before = kernelDrops.total
        kernelDrops.advance(to: drops)
        droppedByKernel.add(kernelDrops.total &- before, ordering: .relaxed)
    }
}
