import BitcoinP2P
import Fields
import Records

/// A message of a connection, as its ladder shows it.
package struct LadderStep: Sendable {
    /// Bytes of what it says that are kept: more than any picture has room for.
    static let mostText = 160

    /// `bitcoin.message.number`; of a gap 0.
    package var number: UInt64
    /// Among all messages, by which answers name their requests; 0 where nobody relates messages.
    package var order: UInt64
    package var frame: UInt64
    /// In nanoseconds since 1970.
    package var time: Int64
    /// Of the side that counts as the initiator. Until the end of the capture it may turn out that it is the other.
    package var isFromInitiator: Bool
    /// Nil of what is no message: a gap, a v2 packet without one.
    package var command: Command?
    /// The command, safe to print; of what is no message what it is.
    package var name: TextBuffer
    package var length: UInt64
    /// What it says, safe to print and cut to ``mostText`` bytes.
    package var text: TextBuffer
    /// The worst remark on it.
    package var remark: (severity: Severity, text: String)?
    /// What it answers.
    package var answered: AnsweredRequest?
    /// What it asks for was announced before.
    package var announced: AskedAnnouncement?
    /// Else it is a gap, or something of v2 that has no message.
    package var isMessage: Bool { command != nil }

    package var family: MessageFamily { command.map(MessageFamily.init(of:)) ?? .other }
}

/// Messages of a connection that are shown together: at most two kinds, many of each.
package struct LadderRun: Sendable {
    package struct Kind: Sendable {
        package let isFromInitiator: Bool
        package let command: Command
        package let name: TextBuffer
        package fileprivate(set) var count: UInt64 = 0
    }

    package let number: UInt64
    package let frames: ClosedRange<UInt64>
    /// When the first was complete, and the last.
    package let start: Int64
    package let end: Int64
    package let bytes: UInt64
    /// One or two; those of the initiator first.
    package let kinds: [Kind]
}

package struct LadderRow: Sendable {
    package enum Content: Sendable {
        case step(LadderStep)
        case run(LadderRun)
    }

    package var content: Content
    /// Since the row before, in nanoseconds.
    package var wait: Int64

    package var frame: UInt64 {
        switch content {
        case .step(let step): step.frame
        case .run(let run): run.frames.lowerBound
        }
    }

    package var time: Int64 {
        switch content {
        case .step(let step): step.time
        case .run(let run): run.start
        }
    }

    fileprivate var end: Int64 {
        switch content {
        case .step(let step): step.time
        case .run(let run): run.end
        }
    }
}

/// Makes rows of the messages of one connection, as they come.
///
/// A stretch of messages becomes one row if there are at most two kinds in it (a command of one side), three or more of
/// each and six in all, no wait of more than half a second, and nothing is remarked on them. The longest stretch from a
/// message on counts.
package struct LadderBuilder: Sendable {
    /// What a stretch has of one kind.
    private struct Tally {
        let kind: LadderRun.Kind
        var count: UInt64
    }

    /// The messages from the first of one kind on, as far as they are not all of it.
    private struct Stretch {
        /// Of the first kind, before any of the second: they need not be kept if they are many.
        var head: [LadderStep] = []
        var headCount: UInt64 = 0
        var headBytes: UInt64 = 0
        var headLast: (frame: UInt64, time: Int64) = (0, 0)
        /// From the first of the second kind on; empty once the stretch is known to be one row.
        var tail: [LadderStep] = []
        var tailBytes: UInt64 = 0
        var counts: (UInt64, UInt64) = (0, 0)
        var last: LadderStep?

        var isOneRow: Bool { counts.0 >= 3 && counts.1 >= 3 }
        var count: UInt64 { counts.0 + counts.1 }
    }

    package static let longestWait: Int64 = 500_000_000
    private static let least: UInt64 = 6
    private static let leastOfKind: UInt64 = 3
    /// Of a stretch whose second kind is that rare, what follows is not waited for.
    private static let mostKept = 1_000

    package private(set) var rows: [LadderRow] = []
    /// Rows after these are not made.
    private let limit: Int
    private var stretch = Stretch()
    /// There were more rows.
    package private(set) var isCut = false
    private var end: Int64?

    package init(limit: Int) { self.limit = limit }

    /// No further row is made.
    var isFull: Bool { rows.count >= limit }

    /// There was a message more.
    mutating func cut() { isCut = true }

    package mutating func append(_ step: LadderStep) {
        guard rows.count < limit else {
            isCut = true
            return
        }
        guard step.isMessage, step.remark == nil else {
            finish()
            return append(.step(step))
        }
        if let last = stretch.last, step.time &- last.time > Self.longestWait { finish() }
        while !take(step) { settle() }
    }

    /// No message follows for now: what is held back becomes rows.
    package mutating func finish() { while stretch.last != nil { settle() } }

    /// Takes a message into the stretch, unless it is of a third kind.
    private mutating func take(_ step: LadderStep) -> Bool {
        guard let first = stretch.head.first else {
            stretch.head = [step]
            stretch.headCount = 1
            stretch.headBytes = step.length
            stretch.headLast = (step.frame, step.time)
            stretch.counts = (1, 0)
            stretch.last = step
            return true
        }
        if step.isSameKind(as: first) {
            stretch.counts.0 += 1
            if stretch.counts.1 == 0 {
                // All that a row says of them is their number, once there are enough.
                if stretch.head.count < Self.least { stretch.head.append(step) }
                stretch.headCount += 1
                stretch.headBytes &+= step.length
                stretch.headLast = (step.frame, step.time)
            } else {
                keep(step)
            }
        } else if stretch.counts.1 == 0 || stretch.tail.first.map({ step.isSameKind(as: $0) }) == true {
            stretch.counts.1 += 1
            keep(step)
        } else {
            return false
        }
        stretch.last = step
        if stretch.tail.count > Self.mostKept { settle() }
        return true
    }

    private mutating func keep(_ step: LadderStep) {
        // The first of the second kind stays, to tell the kind.
        if !stretch.isOneRow || stretch.tail.isEmpty { stretch.tail.append(step) }
        stretch.tailBytes &+= step.length
    }

    /// Makes a row of the beginning of the stretch: of all of it, of its first kind, or of its first message. What is left
    /// begins the next stretch.
    private mutating func settle() {
        guard let first = stretch.head.first, let last = stretch.last else { return }
        let done = stretch
        stretch = Stretch()
        if done.isOneRow, done.count >= Self.least, let second = done.tail.first {
            append(
                .run(
                    LadderRun(
                        number: first.number, frames: first.frame...max(first.frame, last.frame), start: first.time,
                        end: last.time, bytes: done.headBytes &+ done.tailBytes,
                        kinds: [first.kind(done.counts.0), second.kind(done.counts.1)]
                            .sorted { $0.isFromInitiator && !$1.isFromInitiator })))
            return
        }
        var left = done.tail[...]
        if done.headCount >= Self.least {
            append(
                .run(
                    LadderRun(
                        number: first.number, frames: first.frame...max(first.frame, done.headLast.frame),
                        start: first.time, end: done.headLast.time, bytes: done.headBytes,
                        kinds: [first.kind(done.headCount)])))
        } else {
            append(.step(first))
            left = (done.head.dropFirst() + done.tail)[...]
        }
        for step in left { while !take(step) { settle() } }
    }

    private mutating func append(_ content: LadderRow.Content) {
        var row = LadderRow(content: content, wait: 0)
        if let end { row.wait = max(0, row.time &- end) }
        end = max(end ?? row.end, row.end)
        guard rows.count < limit else {
            isCut = true
            return
        }
        rows.append(row)
    }

    /// The side that was taken for the initiator was not it.
    package mutating func turn() {
        func turned(_ step: LadderStep) -> LadderStep {
            var step = step
            step.isFromInitiator.toggle()
            return step
        }
        stretch.head = stretch.head.map(turned)
        stretch.tail = stretch.tail.map(turned)
        stretch.last = stretch.last.map(turned)
        for place in rows.indices {
            switch rows[place].content {
            case .step(let step): rows[place].content = .step(turned(step))
            case .run(let run): rows[place].content = .run(run.turned)
            }
        }
    }
}

extension LadderStep {
    fileprivate func isSameKind(as other: LadderStep) -> Bool {
        command == other.command && isFromInitiator == other.isFromInitiator
    }

    fileprivate func kind(_ count: UInt64) -> LadderRun.Kind {
        LadderRun.Kind(
            isFromInitiator: isFromInitiator, command: command ?? Command(""), name: name, count: count)
    }
}

extension LadderRun {
    fileprivate var turned: LadderRun {
        LadderRun(
            number: number, frames: frames, start: start, end: end, bytes: bytes,
            kinds: kinds.map {
                Kind(isFromInitiator: !$0.isFromInitiator, command: $0.command, name: $0.name, count: $0.count)
            }
            .sorted { $0.isFromInitiator && !$1.isFromInitiator })
    }
}
