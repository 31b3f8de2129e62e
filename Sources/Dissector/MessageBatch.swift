/// Messages and events on their way from the thread that finds them to the one that makes their records, or to those that
/// do so together.
///
/// It has one owner at a time; see ``RecordThread`` and ``RecordPool``.
final class MessageBatch {
    /// One value: Swift looks at each access to a variable of an object as the program runs.
    private var content = BatchContent()
    /// No more batches will come.
    var isLast = false

    var isEmpty: Bool { content.size == 0 }

    /// Copies a message to the end; answers how much memory all takes, about.
    func append(
        _ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ message: RawSpan
    ) -> Int {
        content.append(finding, of: sender, number: number, message)
        return content.size
    }

    /// Copies an event to the end, with the bytes that its record shows; answers how much memory all takes, about.
    func append(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ shown: RawSpan) -> Int {
        content.append(event, of: sender, number: number, shown)
        return content.size
    }

    /// Has the records made of all that is here, and forgets it; the memory is kept for what comes next.
    func empty(into stage: inout RecordStage) {
        content.take(into: &stage)
        content.removeAll()
    }

    /// Forgets all; the memory is kept for what comes next, as far as that is usual.
    func removeAll() { content.removeAll() }

    // MARK: In steps

    /// Looks at the checksums that nobody has looked at: the first step.
    func verify() { content.verify() }

    /// Notes what follows from the records before each one: the second step, taken in the order of the capture.
    func prepare(by stage: inout RecordStage) { content.prepare(by: &stage) }

    /// Has the records made: the third step.
    func make(by stage: inout RecordStage) { content.make(by: &stage) }
}
