import Dissection

/// Messages on their way from the thread that finds them to the one that makes their records.
///
/// It has one owner at a time; see ``RecordThread``.
final class MessageBatch {
    private struct Entry {
        let finding: RecordBuilder.Finding
        let sender: Sender
        /// Of the connection.
        let number: UInt64
        /// Where in `bytes` the message's are.
        let range: Range<Int>
    }

    private var entries: ContiguousArray<Entry> = []
    private var bytes: ContiguousArray<UInt8> = []
    /// No more batches will come.
    var isLast = false

    var isEmpty: Bool { entries.isEmpty }
    /// How much memory the messages take, about.
    var size: Int { bytes.count + entries.count * MemoryLayout<Entry>.stride }

    /// Copies a message to the end.
    func append(_ finding: RecordBuilder.Finding, of sender: Sender, number: UInt64, _ message: RawSpan) {
        let start = bytes.count
        message.withUnsafeBytes { bytes.append(contentsOf: $0) }
        entries.append(Entry(finding: finding, sender: sender, number: number, range: start..<bytes.count))
    }

    /// Has the records made of all messages, and forgets them; their memory is kept for the next.
    func empty(into stage: inout RecordStage) {
        for entry in entries {
            stage.take(entry.finding, of: entry.sender, number: entry.number, bytes.span.bytes.extracting(entry.range))
        }
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}
