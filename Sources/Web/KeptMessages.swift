#if Web
import Dissector
import Fields
import Records
import Synchronization

/// A message as it was dissected, with its bytes.
final class KeptMessage: Sendable {
    let number: UInt64
    let frames: [UInt64]
    let bytes: [UInt8]
    private let content: Content

    /// A tree of its own.
    private struct Content: ~Copyable, @unchecked Sendable {
        // Nobody changes it once it is here.
        let tree: Tree
    }

    init(_ number: UInt64, _ content: MessageContent) {
        self.number = number
        frames = content.frames
        bytes = content.bytes
        var tree = Tree()
        tree.nodes = content.nodes
        tree.generated = content.generated
        tree.annotations = content.annotations
        tree.headings = content.headings
        self.content = Content(tree: tree)
    }

    func read<Result>(_ body: (borrowing Tree, RawSpan) -> Result) -> Result {
        let bytes = bytes
        let span = bytes.span.bytes
        return body(content.tree, span)
    }

    /// How much memory it takes, about, in bytes.
    var size: Int {
        bytes.count + frames.count * 8 + content.tree.nodes.count * MemoryLayout<Node>.stride
            + content.tree.generated.count + 256
    }
}

/// Messages that somebody looks at: late ones as the index keeps them, others dissected when they are first asked for, with
/// those after them.
///
/// For that the capture is read again up to the message that is wanted: with what was said before it, its tree is the same
/// as in a listing of all.
final class KeptMessages: Sendable {
    /// Messages that are kept, those asked for last.
    private static let most = 128
    /// Bytes of memory that they take together, about, but for the one that was asked for.
    private static let mostBytes = 96 << 20
    /// Messages that are dissected at once, as long as they are small.
    private static let ahead: UInt64 = 48
    private static let before: UInt64 = 16

    private let capture: ServedCapture
    private let kept = Mutex<[KeptMessage]>([])
    /// One reading at a time: who waits for it finds the message there, as a rule.
    private let turn = Mutex<Void>(())

    init(_ capture: ServedCapture) { self.capture = capture }

    /// The message of that number; nil where there is none, or where nobody wants it any more.
    ///
    /// It may have to be looked for: not to be called where nobody may wait.
    ///
    /// - Throws: ``Problem/changed``.
    func message(_ number: UInt64, isWanted: () -> Bool) throws(Problem) -> KeptMessage? {
        if let known = known(number) ?? stored(number) { return known }
        return try turn.withLock { _ throws(Problem) -> KeptMessage? in
            if let known = known(number) { return known }
            let count = UInt64(capture.index.count)
            guard number > 0, number <= count, isWanted() else { return nil }
            let first = number > Self.before ? number - Self.before : 1
            let window = RecordWindow(first..<min(number + Self.ahead, count) + 1)
            var options = capture.options
            options.window = window
            let writer = Writer(number)
            let reading = Rereading(capture.input, options, writer: writer)
            let end = reading.read(
                isComplete: true, hasEnough: { writer.hasEnough }, isOver: { capture.isEnding || !isWanted() })
            if end == .changed { throw .changed }
            if end == .stopped { return nil }
            keep(writer.found, for: number)
            return writer.found.last { $0.number == number }
        }
    }

    private func stored(_ number: UInt64) -> KeptMessage? {
        guard let content = capture.index.content(of: number) else { return nil }
        let message = KeptMessage(number, content)
        keep([message], for: number)
        return message
    }

    /// - Parameter number: Of the one that is wanted now.
    private func keep(_ found: [KeptMessage], for number: UInt64) {
        kept.withLock { kept in
            kept += found
            // That one stays.
            if let place = kept.lastIndex(where: { $0.number == number }) { kept.append(kept.remove(at: place)) }
            var size = 0
            var left: [KeptMessage] = []
            for message in kept.reversed() where left.count < Self.most {
                size += message.size
                if size > Self.mostBytes, !left.isEmpty { break }
                left.append(message)
            }
            kept = left.reversed()
        }
    }

    private func known(_ number: UInt64) -> KeptMessage? {
        kept.withLock { kept in
            guard let place = kept.lastIndex(where: { $0.number == number }) else { return nil }
            let message = kept.remove(at: place)
            kept.append(message)
            return message
        }
    }

    private final class Writer: RecordSink {
        private let number: UInt64
        private(set) var found: [KeptMessage] = []
        private var size = 0
        private(set) var hasEnough = false
        private static let mostAhead = 8 << 20

        init(_ number: UInt64) { self.number = number }

        var wants: Wants { Wants(.tree) }
        func begin() {}
        func end() {}

        func write(_ record: borrowing Record, _ bytes: RawSpan) {
            guard record.isNumbered, !hasEnough else { return }
            // A large one that nobody has asked for costs too much.
            let isLarge = bytes.byteCount > 1 << 16
            if record.number == number || !isLarge {
                let message = KeptMessage(record.number, MessageContent(record, bytes))
                size += message.size
                found.append(message)
            }
            if record.number >= number, isLarge || size > Self.mostAhead { hasEnough = true }
        }
    }
}
#endif
