import Fields
import Output
import Records
import System

/// What the threads of a ``RecordPool`` share: a ring of batches, and what is to be done with each. The invariants:
///
/// * Batches are numbered as they are handed over; that of a number is in the ring at its remainder. Each goes through
///   the steps of ``Job`` in order, and is changed only by the thread that does one of them; before them by the producer.
/// * Batches are prepared and written one at a time, by their numbers: what the stage ``order`` remembers, and what the
///   output has, are as on one thread. They are verified and made in any order, but begun by their numbers.
/// * A maker waits for nothing but the turn to write, and only where all texts together have become too large. Those of
///   lower numbers are begun before, so the lowest of them never waits, and all go on.
/// * A thread sees what others did before it: all changes of hands are changes of ``progress``.
final class RecordBench: @unchecked Sendable {
    /// A step of a batch.
    enum Job {
        /// Checksums are looked at.
        case verify(Int)
        /// What follows from the records before is noted.
        case prepare(Int)
        /// Records are made, and their text.
        case make(Int)
        /// The text is written.
        case write(Int)
    }

    private struct Slot {
        var isVerified = false
        var isMade = false
        /// The text, where it was not written by its maker.
        var pieces: [[UInt8]] = []
    }

    private struct Progress {
        var slots: [Slot]
        /// How many were handed over; began to be verified; were prepared; began to be made; were written.
        var (filled, verifying, prepared, making, written) = (0, 0, 0, 0, 0)
        var isPreparing = false
        var isWriting = false
        var isEnding = false
        /// Bytes of text that wait to be written.
        var textBytes = 0
        /// Memory of texts that were written.
        var spare: [[UInt8]] = []

        init(_ count: Int) { slots = Array(repeating: Slot(), count: count) }

        /// The next step to be done. What lies nearest to the output goes first, so that little waits there.
        mutating func takeJob() -> Job? {
            if let number = takeWriting() { return .write(number) }
            if !isPreparing, prepared < verifying, slots[prepared % slots.count].isVerified {
                isPreparing = true
                return .prepare(prepared)
            }
            if making < prepared {
                making += 1
                return .make(making - 1)
            }
            if verifying < filled {
                verifying += 1
                return .verify(verifying - 1)
            }
            return nil
        }

        mutating func takeWriting() -> Int? {
            guard !isWriting, written < making, slots[written % slots.count].isMade else { return nil }
            isWriting = true
            return written
        }
    }

    let options: PipelineOptions
    let shared: SharedWriting
    private let batches: [MessageBatch]
    private let progress: Monitor<Progress>
    /// Belongs to the thread that prepares a batch, or to the producer where none is left.
    private var order: RecordStage
    /// Writes the texts, where they cannot be written as they are; for who has the turn to write.
    private let joint: (any JointWriter)?
    private var shown: UInt64 = 0
    private(set) var start: Int64?
    private let textLimit: Int

    private static let usualPiece = 4 * ByteOutput.capacity

    /// - Parameter writer: That of the pipeline, which says what is wanted, and joins what those of the threads write.
    init(_ options: PipelineOptions, _ shared: SharedWriting, writer: (any RecordSink)?, threads: Int) {
        self.options = options
        self.shared = shared
        order = RecordStage(options, writer: writer)
        joint = writer as? any JointWriter
        batches = (0..<2 * threads).map { _ in MessageBatch() }
        progress = Monitor(Progress(2 * threads))
        textLimit = threads * shared.textPerThread
    }

    func batch(_ number: Int) -> MessageBatch { batches[number % batches.count] }

    // MARK: The producer

    func begin(_ time: Int64) {
        start = time
        order.begin(time)
    }

    var counts: (shown: UInt64?, badChecksums: UInt64) {
        (order.shownByFilter == nil ? nil : progress.adjust { _ in shown }, order.badChecksums)
    }

    /// Gives up the batch at hand; answers the number of the next.
    func handOver() -> Int {
        progress.change {
            $0.filled += 1
            return $0.filled
        }
    }

    /// A step for the producer while the batch of a number is in use by one before it; nil once it is not.
    func jobWhileInUse(_ number: Int) -> Job? {
        progress.wait { progress -> Job?? in
            if number - progress.written < batches.count { return .some(nil) }
            return progress.takeJob().map { .some($0) }
        }
    }

    /// A step for the producer while not all is written; nil once it is.
    func jobWhileUnwritten() -> Job? {
        progress.wait { progress -> Job?? in
            if progress.written == progress.filled { return .some(nil) }
            return progress.takeJob().map { .some($0) }
        }
    }

    /// Nothing more will come.
    func end() { progress.change { $0.isEnding = true } }

    // MARK: All threads

    /// The next step; nil at the end.
    func nextJob() -> Job? {
        progress.waitAmongEquals { progress -> Job?? in
            if let job = progress.takeJob() { return .some(job) }
            return progress.isEnding && progress.written == progress.filled ? .some(nil) : nil
        }
    }

    func verify(_ number: Int) {
        batch(number).verify()
        progress.change { $0.slots[number % $0.slots.count].isVerified = true }
    }

    func prepare(_ number: Int) {
        batch(number).prepare(by: &order)
        progress.change {
            $0.isPreparing = false
            $0.prepared += 1
        }
    }

    /// Records of a batch were made.
    ///
    /// - Parameters:
    ///   - shown: How many the filter let through.
    ///   - isWritten: The maker has the turn to write, and has used it.
    func noteMade(_ number: Int, shown: UInt64, isWritten: Bool) {
        if isWritten { batch(number).removeAll() }
        progress.change {
            self.shown &+= shown
            $0.slots[number % $0.slots.count].isMade = true
            if isWritten { Self.noteWritten(number, &$0) }
        }
    }

    func write(_ number: Int) {
        writePieces(number)
        batch(number).removeAll()
        progress.change { Self.noteWritten(number, &$0) }
    }

    private static func noteWritten(_ number: Int, _ progress: inout Progress) {
        progress.slots[number % progress.slots.count] = Slot()
        progress.written += 1
        progress.isWriting = false
    }

    // MARK: Text

    /// Keeps a text until it can be written, and leaves an empty one in its place; false where too much is kept.
    func keep(_ text: inout TextBuffer, of number: Int) -> Bool {
        let limit = textLimit
        var spare: [UInt8]?
        let isKept = progress.adjust { progress in
            guard progress.textBytes < limit else { return false }
            progress.textBytes += text.count
            progress.slots[number % progress.slots.count].pieces.append(text.bytes)
            spare = progress.spare.popLast()
            return true
        }
        if isKept { text.bytes = spare ?? Self.piece() }
        return isKept
    }

    /// Waits for the turn of a batch to be written, and writes what is kept of it, and of those before it.
    func awaitTurn(_ number: Int) {
        while true {
            let next = progress.wait { progress -> Int? in
                if !progress.isWriting, progress.written == number {
                    progress.isWriting = true
                    return number
                }
                return progress.takeWriting()
            }
            if next == number { return writePieces(number) }
            write(next)
        }
    }

    /// Writes a text in its turn.
    func write(_ text: inout TextBuffer) {
        if let joint { joint.join(&text) } else { shared.output.drain(&text) }
    }

    private func writePieces(_ number: Int) {
        var pieces = progress.adjust { progress in
            let slot = number % progress.slots.count
            defer { progress.slots[slot].pieces = [] }
            for piece in progress.slots[slot].pieces { progress.textBytes -= piece.count }
            return progress.slots[slot].pieces
        }
        // What the writer has begun with.
        shared.output.flush()
        var text = TextBuffer()
        // Each has one owner at a time: else its memory is not kept when it is emptied, but allocated anew.
        for index in pieces.indices {
            swap(&text.bytes, &pieces[index])
            write(&text)
            swap(&text.bytes, &pieces[index])
        }
        // About as many as may wait at once, so that those of one long record serve the next: a thread has 64 of 128 KiB,
        // seldom more each.
        let limit = max(batches.count, textLimit / ByteOutput.capacity)
        progress.adjust { progress in
            while let piece = pieces.popLast() {
                guard piece.capacity <= Self.usualPiece, progress.spare.count < limit else { continue }
                progress.spare.append(piece)
            }
        }
    }

    private static func piece() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ByteOutput.capacity * 2)
        return bytes
    }
}
