import Fields

/// Messages and events on their way from the thread that finds them to the one that makes their records.
///
/// It has one owner at a time; see ``RecordThread``.
final class MessageBatch {
    private struct Entry {
        let finding: Finding
        let sender: StreamSender
        /// Of the connection.
        let number: UInt64
        /// Where in `bytes` the message's are.
        let range: Range<Int>
    }

    private struct EventEntry {
        let event: StreamEvent
        let sender: StreamSender
        /// Of the connection.
        let number: UInt64
        /// Where in `bytes` those are that the record shows.
        let range: Range<Int>
        /// How many messages come before it.
        let messages: Int
    }

    private var entries: ContiguousArray<Entry> = []
    /// Kept apart, since they are few and messages are copied often.
    private var events: ContiguousArray<EventEntry> = []
    private var bytes: ContiguousArray<UInt8> = []
    /// No more batches will come.
    var isLast = false

    var isEmpty: Bool { size == 0 }
    /// How much memory the messages and events take, about.
    private(set) var size = 0

    /// Copies a message to the end.
    func append(_ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ message: RawSpan) {
        let start = bytes.count
        message.withUnsafeBytes { bytes.append(contentsOf: $0) }
        let range = start..<start + message.byteCount
        entries.append(Entry(finding: finding, sender: sender, number: number, range: range))
        size += message.byteCount + MemoryLayout<Entry>.stride
    }

    /// Copies an event to the end, with the bytes that its record shows.
    func append(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ shown: RawSpan) {
        let start = bytes.count
        shown.withUnsafeBytes { bytes.append(contentsOf: $0) }
        let range = start..<start + shown.byteCount
        events.append(EventEntry(event: event, sender: sender, number: number, range: range, messages: entries.count))
        size += shown.byteCount + MemoryLayout<EventEntry>.stride
    }

    /// Has the records made of all that is here, and forgets it; the memory is kept for what comes next.
    func empty(into stage: inout RecordStage) {
        var next = 0
        // Where there is no event, the place of the next is after all messages.
        var place = events.first?.messages ?? .max
        for (index, entry) in entries.enumerated() {
            if place == index { place = take(from: &next, upTo: index, &stage) }
            stage.take(entry.finding, of: entry.sender, number: entry.number, bytes.span.bytes.extracting(entry.range))
        }
        _ = take(from: &next, upTo: entries.count, &stage)
        entries.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        size = 0
    }

    /// Has the records of events made from the one at `next` on, as far as they come before a message.
    ///
    /// - Returns: Before which message the next one comes.
    private func take(from next: inout Int, upTo message: Int, _ stage: inout RecordStage) -> Int {
        while next < events.count, events[next].messages <= message {
            let entry = events[next]
            stage.take(entry.event, of: entry.sender, number: entry.number, bytes.span.bytes.extracting(entry.range))
            next += 1
        }
        return next < events.count ? events[next].messages : .max
    }
}
