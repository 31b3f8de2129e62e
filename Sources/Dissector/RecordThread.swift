import Dissection
import Glibc
import Output

/// A thread that makes records, in the order in which their messages are taken. This is the side of the producer: the
/// thread that owns the pipeline.
///
/// Memory is bounded: a batch is handed over as soon as it has `batchSize` bytes, and of a larger message than is worth
/// copying the producer makes the record itself.
final class RecordThread {
    private let ring: RecordRing
    private let batchSize: Int
    /// Longer messages are not copied. Making a tree takes longer than copying; making a line of a block does not.
    private let copyLimit: Int
    /// The batch that is being filled, and where it is in the ring.
    private var batch: MessageBatch
    private var position = 0
    private var thread: pthread_t = 0
    private var hasEnded = false

    /// Begins; nil where the system has no thread for it.
    ///
    /// - Parameter writer: Called on the thread, until ``finish()`` has returned.
    init?(_ options: PipelineOptions, writer: (any RecordWriter)?) {
        batchSize = options.recordBatchSize
        let stage = RecordStage(options, writer: writer)
        copyLimit = stage.detail == .tree ? 4 << 20 : 1 << 18
        ring = RecordRing(stage)
        batch = ring.batches[position]
        guard start() else {
            hasEnded = true
            return nil
        }
    }

    // A pipeline that is given up leaves no thread behind.
    deinit { finish() }

    /// Signals are left to the other threads.
    private func start() -> Bool {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let context = Unmanaged.passRetained(ring)
        let code = pthread_create(&thread, nil, recordThreadMain, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if code != 0 { context.release() }
        return code == 0
    }

    /// Takes a message; waits while too many are waiting. The bytes are copied.
    ///
    /// - Parameter number: Of the connection.
    func take(_ finding: RecordBuilder.Finding, of sender: Sender, number: UInt64, _ bytes: RawSpan) {
        if bytes.byteCount > copyLimit {
            pause { $0.take(finding, of: sender, number: number, bytes) }
            return
        }
        batch.append(finding, of: sender, number: number, bytes)
        if batch.size >= batchSize { handOver() }
    }

    /// Waits until the records of all messages so far are made, then lends the stage.
    func pause<Result>(_ body: (inout RecordStage) -> Result) -> Result {
        if hasEnded { return body(&ring.stage) }
        if !batch.isEmpty { handOver() }
        for _ in 1..<ring.batches.count { ring.emptied.wait() }
        defer { for _ in 1..<ring.batches.count { ring.emptied.signal() } }
        return body(&ring.stage)
    }

    /// Waits until all records are made, and ends the thread.
    func finish() {
        if hasEnded { return }
        batch.isLast = true
        ring.filled.signal()
        pthread_join(thread, nil)
        hasEnded = true
    }

    private func handOver() {
        ring.filled.signal()
        ring.emptied.wait()
        position = (position + 1) % ring.batches.count
        batch = ring.batches[position]
    }
}

/// What the producer and the record thread share: a ring of batches in which messages travel. The invariants:
///
/// * A batch belongs to the producer until that signals `filled`; then to the record thread until that signals
///   `emptied`. Both go round the ring in the same order, so neither needs to be told which batch it is. The producer
///   always has one.
/// * The stage, and with it the writer, belongs to the record thread; but to the producer while it has all batches, as
///   in ``RecordThread/pause(_:)``, and when the thread has ended.
private final class RecordRing: @unchecked Sendable {
    var stage: RecordStage
    let batches = (0..<3).map { _ in MessageBatch() }
    let filled = Semaphore(0)
    /// Counts those beside the one that the producer has.
    let emptied = Semaphore(2)

    init(_ stage: consuming RecordStage) { self.stage = stage }

    /// The thread: makes records until the last batch is empty.
    func run() {
        var position = 0
        while true {
            filled.wait()
            let batch = batches[position]
            batch.empty(into: &stage)
            if batch.isLast { return }
            emptied.signal()
            position = (position + 1) % batches.count
        }
    }
}

/// What the thread begins with: the ring, retained for it.
private func recordThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<RecordRing>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
