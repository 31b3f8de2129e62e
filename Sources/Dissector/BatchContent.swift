import BitcoinP2P
import Fields

/// What is in a ``MessageBatch``.
struct BatchContent {
    private struct Entry {
        var finding: Finding
        let sender: StreamSender
        /// Of the connection.
        let number: UInt64
        /// Where in `bytes` the message's are.
        let range: Range<Int>

        var place: (range: Range<Int>, sender: StreamSender, number: UInt64) { (range, sender, number) }
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
    /// What the records of messages tell of those before, where they are made after that was found.
    private var contexts: ContiguousArray<RecordContext> = []
    /// The same of events; nil of those that have no record.
    private var eventContexts: ContiguousArray<RecordContext?> = []
    /// How much memory the messages and events take, about.
    private(set) var size = 0

    mutating func append(_ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ message: RawSpan) {
        let start = bytes.count
        message.withUnsafeBytes { bytes.append(contentsOf: $0) }
        let range = start..<start + message.byteCount
        entries.append(Entry(finding: finding, sender: sender, number: number, range: range))
        size += message.byteCount + MemoryLayout<Entry>.stride
    }

    mutating func append(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ shown: RawSpan) {
        let start = bytes.count
        shown.withUnsafeBytes { bytes.append(contentsOf: $0) }
        let range = start..<start + shown.byteCount
        events.append(EventEntry(event: event, sender: sender, number: number, range: range, messages: entries.count))
        size += shown.byteCount + MemoryLayout<EventEntry>.stride
    }

    /// Has the records made in one step.
    mutating func take(into stage: inout RecordStage) {
        // By a name of its own, since findings change while their bytes are borrowed.
        let bytes = bytes
        var walk = Walk()
        while let step = walk.next(entries.count, events) {
            switch step {
            case .message(let index):
                let (range, sender, number) = entries[index].place
                let message = bytes.span.bytes.extracting(range)
                stage.take(&entries[index].finding, of: sender, number: number, message)
            case .event(let index):
                let entry = events[index]
                let shown = bytes.span.bytes.extracting(entry.range)
                stage.take(entry.event, of: entry.sender, number: entry.number, shown)
            }
        }
    }

    /// Goes over messages and events in order.
    private struct Walk {
        enum Step {
            case message(Int)
            case event(Int)
        }

        private var messages = 0
        private var nextEvent = 0

        @inline(__always)
        mutating func next(_ count: Int, _ events: borrowing ContiguousArray<EventEntry>) -> Step? {
            if nextEvent < events.count, events[nextEvent].messages <= messages {
                nextEvent += 1
                return .event(nextEvent - 1)
            }
            guard messages < count else { return nil }
            messages += 1
            return .message(messages - 1)
        }
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        contexts.removeAll(keepingCapacity: true)
        eventContexts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.usualCapacity)
        size = 0
    }

    /// Holds the longest message of Bitcoin, and what else comes with it.
    private static let usualCapacity = 5 << 20

    // MARK: In steps

    mutating func verify() {
        let bytes = bytes
        for index in entries.indices {
            let range = entries[index].range
            entries[index].finding.message.verify(bytes.span.bytes.extracting(range))
        }
    }

    mutating func prepare(by stage: inout RecordStage) {
        let bytes = bytes
        var walk = Walk()
        while let step = walk.next(entries.count, events) {
            switch step {
            case .message(let index):
                let (range, sender, number) = entries[index].place
                let message = bytes.span.bytes.extracting(range)
                stage.prepare(&entries[index].finding, of: sender, number: number, message)
                contexts.append(stage.context)
            case .event(let index):
                let entry = events[index]
                let hasRecord = stage.prepare(entry.event, of: entry.sender, number: entry.number)
                eventContexts.append(hasRecord ? stage.context : nil)
            }
        }
    }

    func make(by stage: inout RecordStage) {
        // Borrowed, since a finding is large.
        let entries = entries.span
        var walk = Walk()
        while let step = walk.next(entries.count, events) {
            switch step {
            case .message(let index):
                let message = bytes.span.bytes.extracting(entries[index].range)
                stage.context = contexts[index]
                stage.make(
                    entries[index].finding, of: entries[index].sender, number: entries[index].number, message)
            case .event(let index):
                guard let context = eventContexts[index] else { continue }
                let entry = events[index]
                let shown = bytes.span.bytes.extracting(entry.range)
                stage.context = context
                stage.make(entry.event, of: entry.sender, number: entry.number, shown)
            }
        }
    }
}
