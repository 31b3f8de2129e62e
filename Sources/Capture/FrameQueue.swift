import Glibc
import Synchronization
import System

/// Copies of frames on their way from the one thread that captures to the one thread that dissects.
///
/// A ring of bytes. Positions in it only grow, and count from the queue's beginning; a position's place in the ring is
/// its remainder by the capacity. The invariants:
///
/// * `released <= written <= released + capacity`. Only the producer stores `written`, only the consumer `released`.
/// * From `released` to `written` there are whole records, one after another: an `Entry`, then the frame, padded to
///   16 bytes. No record wraps. Where the next does not fit before the ring's end, an entry marked as the end leads to
///   the ring's start; since all is in units of 16 bytes, there is room for it. An entry marked as a gap stands before
///   the first frame after dropped ones, and counts these; it is written together with that frame.
/// * Bytes from `released` to `written` are the consumer's, all others the producer's. They change hands by a release
///   store of a position, which the other side loads with acquire. So no frame is ever torn.
/// * The producer never waits: a frame without room is dropped and counted.
/// * No ring of the bell is missed: the consumer says that it sleeps and then looks once more; the producer puts its
///   frame and then looks whether the consumer sleeps. Both do so sequentially consistent, so one of them sees the
///   other. While the consumer is awake a frame costs no system call.
///
/// `offer` and `close` may be called by one thread only, the producer; `next` by one thread only, the consumer.
final class FrameQueue: @unchecked Sendable {
    /// What is known of a frame in the queue.
    struct Entry: BitwiseCopyable {
        /// Nanoseconds since the Unix epoch.
        var time: Int64
        var originalLength: UInt32
        var length: UInt32

        /// Leads to the ring's start.
        static let end = Entry(time: 0, originalLength: 0, length: .max)
        var isEnd: Bool { length == .max }

        /// How many frames were dropped here.
        static func gap(_ frames: Int64) -> Entry { Entry(time: frames, originalLength: 0, length: .max - 1) }
        var isGap: Bool { length == .max - 1 }
    }

    /// What `next` found.
    enum Step {
        case frame
        /// Nothing came in the time given, or the sleep ended too early: by a signal, or by a ring left over.
        case idle
        /// The queue is closed, and empty.
        case end
    }

    private static let unit = 16

    private let storage: UnsafeMutableRawPointer
    private let capacity: Int
    private let bell: Bell

    private let written = Atomic<Int>(0)
    private let released = Atomic<Int>(0)
    private let isConsumerAsleep = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)
    private let droppedFrames = Atomic<UInt64>(0)

    /// The producer's last look at `released`.
    private var releasedSeen = 0
    /// The producer's count of frames dropped since the last one that found room.
    private var unreported: Int64 = 0
    /// The consumer's last look at `written`.
    private var writtenSeen = 0
    /// How many frames were dropped before the last one that `next` handed out; the consumer's.
    private(set) var droppedBefore: UInt64 = 0

    /// - Parameter capacity: In bytes, rounded up to a power of two of at least 4 KiB. Memory is taken from the system
    ///   only as the ring is filled for the first time. A frame larger than half of it may never fit.
    init(capacity: Int) throws(SystemFailure) {
        var rounded = 4096
        while rounded < capacity, rounded < 1 << 40 { rounded <<= 1 }
        let storage = mmap(nil, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let storage, storage != MAP_FAILED else { throw SystemFailure() }
        self.storage = storage
        self.capacity = rounded
        do {
            bell = try Bell()
        } catch {
            munmap(storage, rounded)
            throw error
        }
    }

    deinit {
        munmap(storage, capacity)
    }

    /// Frames that found no room so far. Any thread may ask.
    var dropped: UInt64 { droppedFrames.load(ordering: .relaxed) }

    // MARK: The producer

    /// Puts a copy of a frame at the end, or drops it where there is no room.
    func offer(time: Int64, originalLength: UInt32, _ bytes: UnsafeRawBufferPointer) {
        let begin = written.load(ordering: .relaxed)
        // A gap's entry, if there is to be one.
        let start = unreported > 0 ? begin + Self.unit : begin
        let size = Self.size(bytes.count)
        let untilEnd = capacity - place(start)
        let skipped = size <= untilEnd ? 0 : untilEnd
        guard size <= capacity, hasRoom(until: start + skipped + size) else {
            droppedFrames.add(1, ordering: .relaxed)
            unreported += 1
            return
        }
        if unreported > 0 {
            storage.storeBytes(of: .gap(unreported), toByteOffset: place(begin), as: Entry.self)
            unreported = 0
        }
        if skipped > 0 { storage.storeBytes(of: .end, toByteOffset: place(start), as: Entry.self) }
        let record = storage + place(start + skipped)
        let entry = Entry(time: time, originalLength: originalLength, length: UInt32(bytes.count))
        record.storeBytes(of: entry, as: Entry.self)
        if let source = bytes.baseAddress { (record + Self.unit).copyMemory(from: source, byteCount: bytes.count) }
        written.store(start + skipped + size, ordering: .sequentiallyConsistent)
        wakeConsumer()
    }

    /// No more frames will come.
    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        wakeConsumer()
    }

    private func hasRoom(until end: Int) -> Bool {
        if end - releasedSeen <= capacity { return true }
        releasedSeen = released.load(ordering: .acquiring)
        return end - releasedSeen <= capacity
    }

    private func wakeConsumer() {
        guard isConsumerAsleep.load(ordering: .sequentiallyConsistent) else { return }
        // Once for a sleep.
        if isConsumerAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.ring() }
    }

    // MARK: The consumer

    /// Hands the oldest frame to `body`, and releases it when `body` returns; waits for one where there is none.
    ///
    /// - Parameter milliseconds: How long to wait at most; a signal, too, ends the waiting.
    func next(milliseconds: Int32, _ body: (Entry, RawSpan) -> Void) -> Step {
        if take(body) { return .frame }
        // In this order: what was put before the closing is then seen.
        if isClosed.load(ordering: .acquiring) { return take(body) ? .frame : .end }
        sleep(milliseconds)
        return take(body) ? .frame : .idle
    }

    private func take(_ body: (Entry, RawSpan) -> Void) -> Bool {
        var start = released.load(ordering: .relaxed)
        if start == writtenSeen {
            writtenSeen = written.load(ordering: .acquiring)
            guard start != writtenSeen else { return false }
        }
        var entry = storage.load(fromByteOffset: place(start), as: Entry.self)
        // A frame always comes after them.
        while entry.isEnd || entry.isGap {
            if entry.isGap { droppedBefore &+= UInt64(entry.time) }
            start += entry.isGap ? Self.unit : capacity - place(start)
            entry = storage.load(fromByteOffset: place(start), as: Entry.self)
        }
        let length = Int(entry.length)
        let frame = UnsafeRawBufferPointer(start: storage + place(start) + Self.unit, count: length)
        body(entry, frame.bytes)
        released.store(start + Self.size(length), ordering: .releasing)
        return true
    }

    private func sleep(_ milliseconds: Int32) {
        isConsumerAsleep.store(true, ordering: .sequentiallyConsistent)
        if written.load(ordering: .sequentiallyConsistent) == writtenSeen,
            !isClosed.load(ordering: .sequentiallyConsistent)
        {
            bell.sleep(milliseconds: milliseconds)
        }
        isConsumerAsleep.store(false, ordering: .sequentiallyConsistent)
    }

    // MARK: Places

    private func place(_ position: Int) -> Int { position & (capacity - 1) }

    /// How many bytes a frame takes with its entry.
    private static func size(_ length: Int) -> Int {
        unit + (length + (unit - 1)) & ~(unit - 1)
    }
}
