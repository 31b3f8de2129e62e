import Capture
import Fields
import Output
import Records
import System

/// Several threads that make the records of one reading, and write them in the order of the capture. This is the side of
/// the producer: the thread that owns the pipeline, which helps where it would wait.
///
/// See ``RecordBench`` for how the work is shared.
final class RecordPool {
    private let bench: RecordBench
    private lazy var worker = RecordWorker(bench)
    private let batchSize: Int
    /// The batch that is being filled.
    private var batch: MessageBatch
    /// Begun one at a time, as full batches are handed over: a small capture needs none.
    private var threads: [Helper] = []
    private let mostThreads: Int
    private var isFinished = false

    /// A thread beside the producer's: an array has no values that cannot be copied.
    private final class Helper {
        private var thread: SignalFreeThread?

        init(at bench: RecordBench) throws(SystemFailure) {
            thread = try SignalFreeThread {
                // What a worker has is made where there is work.
                guard let job = bench.nextJob() else { return }
                let worker = RecordWorker(bench)
                worker.run(job)
                worker.run()
            }
        }

        func join() { thread.take()?.join() }
    }

    /// A longer message has the bench for itself, so that memory is bounded.
    private static let copyLimit = 4 << 20

    init(_ options: PipelineOptions, _ shared: SharedWriting, writer: (any RecordSink)?) {
        batchSize = min(options.recordBatchSize, 1 << 17)
        let count = max(2, shared.threads)
        bench = RecordBench(options, shared, writer: writer, threads: count)
        batch = bench.batch(0)
        mostThreads = count - 1
    }

    // A pipeline that is given up leaves no thread behind.
    deinit { finish() }

    /// Takes a message; waits while too many are waiting. The bytes are copied.
    ///
    /// - Parameter number: Of the connection.
    func take(_ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        let isLong = bytes.byteCount > Self.copyLimit
        if isLong { drain() }
        if batch.append(finding, of: sender, number: number, bytes) >= batchSize { share() }
        if isLong { drain() }
    }

    /// Takes an event in the same manner.
    func take(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        if batch.append(event, of: sender, number: number, bytes) >= batchSize { share() }
    }

    /// The capture's first frame.
    func begin(_ time: Int64) { pause { bench.begin(time) } }

    /// Does something while no record is being made, and all that came before are written.
    func pause<Result>(_ body: () -> Result) -> Result {
        drain()
        return body()
    }

    /// Records that the filter let through, nil without one, and messages with bad checksums.
    var counts: (shown: UInt64?, badChecksums: UInt64) { pause { bench.counts } }

    /// Waits until all records are written, and ends the threads.
    func finish() {
        if isFinished { return }
        isFinished = true
        drain()
        bench.end()
        for thread in threads { thread.join() }
    }

    /// Waits until all records are written.
    private func drain() {
        if !batch.isEmpty { handOver() }
        while let job = bench.jobWhileUnwritten() { worker.run(job) }
    }

    /// Hands the batch over, with one more thread until there are enough.
    private func share() {
        // Where the system has no thread for it, those that there are do it, or the producer alone.
        if threads.count < mostThreads, let thread = try? Helper(at: bench) { threads.append(thread) }
        if threads.isEmpty { drain() } else { handOver() }
    }

    /// Hands the batch over, and takes the next one, which may have to be emptied first.
    private func handOver() {
        let next = bench.handOver()
        while let job = bench.jobWhileInUse(next) { worker.run(job) }
        batch = bench.batch(next)
    }
}
