import Capture
import Fields
import Output
import Records
import System

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
    /// Nil once it has ended.
    private var thread: SignalFreeThread?

    /// Begins; nil where the system has no thread for it.
    ///
    /// - Parameter writer: Called on the thread, until ``finish()`` has returned.
    init?(_ options: PipelineOptions, writer: (any RecordSink)?) {
        batchSize = options.recordBatchSize
        let stage = RecordStage(options, writer: writer)
        copyLimit = stage.depth == .tree ? 4 << 20 : 1 << 18
        ring = RecordRing(stage)
        batch = ring.batches[position]
        do throws(SystemFailure) {
            thread = try SignalFreeThread { [ring] in ring.run() }
        } catch {
            return nil
        }
    }

    // A pipeline that is given up leaves no thread behind.
    deinit { finish() }

    /// Takes a message; waits while too many are waiting. The bytes are copied.
    ///
    /// - Parameter number: Of the connection.
    func take(_ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        if bytes.byteCount > copyLimit {
            var long = finding
            pause { $0.take(&long, of: sender, number: number, bytes) }
            return
        }
        if batch.append(finding, of: sender, number: number, bytes) >= batchSize { handOver() }
    }

    /// Takes an event in the same manner.
    func take(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        if bytes.byteCount > copyLimit {
            pause { $0.take(event, of: sender, number: number, bytes) }
            return
        }
        if batch.append(event, of: sender, number: number, bytes) >= batchSize { handOver() }
    }

    /// Waits until the records of all messages so far are made, then lends the stage.
    func pause<Result>(_ body: (inout RecordStage) -> Result) -> Result {
        if thread == nil { return body(&ring.stage) }
        if !batch.isEmpty { handOver() }
        for _ in 1..<ring.batches.count { ring.emptied.wait() }
        defer { for _ in 1..<ring.batches.count { ring.emptied.signal() } }
        return body(&ring.stage)
    }

    /// Waits until all records are made, and ends the thread.
    func finish() {
        guard let thread = thread.take() else { return }
        batch.isLast = true
        ring.filled.signal()
        thread.join()
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
///   `emptied`. Both go round the ring in the same order, so each knows which batch it is. The producer
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
