import BitcoinP2P
import Output
import Reassembly
import Records

/// What is known of one direction of a connection, whatever its transport.
///
/// An object, so that it can be changed in place while the table that holds it grows.
final class MessageStream {
    let id: StreamID
    let ends: Ends
    let connection: MessageConnection

    /// Offset of the direction's first byte, captured or not.
    private(set) var start: UInt64?
    /// Offset of the first byte that is not consumed.
    private(set) var next: UInt64 = 0
    /// The SYN of this direction was captured.
    private var startWasSeen = false
    /// The sequence number of offset 0, from which relative ones count.
    private var firstSequence: UInt32 = 0
    private(set) var hasMessages = false
    /// What was lost since the last message.
    private var lost = Loss()
    /// What is missing before it is known whether the stream is Bitcoin's.
    private var earlyGap: Gap?
    /// Bytes are missing, and it was not written yet that others came after them.
    var awaitsResumption = false
    /// The frame that brought the first of these, until it is known whether the stream is Bitcoin's.
    var resumption: Origin?
    /// What is doubtful about bytes of messages that are to come.
    private var doubtful = DoubtfulBytes()

    init(_ id: StreamID, from source: Endpoint, to destination: Endpoint, of connection: MessageConnection) {
        self.id = id
        ends = Ends(from: source, source.text, to: destination, destination.text)
        self.connection = connection
        connection.open(id.direction)
    }

    /// What is known by now of the side that sends here.
    var sender: StreamSender {
        StreamSender(
            ends: ends, role: connection.role(of: id.direction), side: id.direction, seen: connection.seen,
            firstSequence: firstSequence)
    }

    /// What the other direction is; nil where none of its bytes were wanted, or it has ended.
    var otherTransport: MessageConnection.Transport? { connection.transport(of: id.direction.opposite) }

    // MARK: Place

    /// The first bytes of the stream are at an offset.
    ///
    /// - Parameter initiator: The side that seems to have opened the connection, by its ports.
    func begin(at offset: UInt64, initiator: @autoclosure () -> Direction?) {
        if start == nil { start = offset }
        guard !startWasSeen else { return }
        // Streams whose SYN was not captured begin at about `offsetWithoutStart`.
        startWasSeen = offset < StreamAssembler.offsetWithoutStart / 2
        if startWasSeen {
            connection.noteStart(of: id.direction)
        } else if !connection.startWasSeen(of: id.direction.opposite), let initiator = initiator() {
            connection.presume(initiator: initiator)
        }
    }

    /// All bytes before an offset are consumed, or missing.
    func advance(to offset: UInt64) { next = offset }

    func note(firstSequence number: UInt32) { firstSequence = number }

    /// An offset as records count it: from the first byte of the stream that is known.
    func place(of offset: UInt64) -> UInt64 {
        let first = startWasSeen ? 0 : start ?? offset
        return offset &- min(first, offset)
    }

    // MARK: Randomness

    /// Of the first bytes of a stream that began before the capture; nil where nobody asks, or messages came.
    private var randomness: ByteRandomness?
    private var testedUpTo: UInt64 = 0

    /// Looks at bytes that may be encrypted.
    func test(_ bytes: RawSpan, at offset: UInt64) {
        guard !startWasSeen, !hasMessages, !(randomness?.isDone ?? false) else { return }
        let known = Int(clamping: testedUpTo &- min(testedUpTo, offset))
        guard known < bytes.byteCount else { return }
        if randomness == nil { randomness = ByteRandomness() }
        randomness?.add(bytes.extracting(droppingFirst: known))
        testedUpTo = offset &+ UInt64(bytes.byteCount)
    }

    /// Whether its bytes cannot be told from random ones; nil where they were not looked at, or are too few.
    var looksRandom: Bool? { startWasSeen || hasMessages ? false : randomness?.looksRandom }

    // MARK: Bytes without a message

    /// Where bytes begin that were all captured, and of which no message was found so far.
    private var unreadFrom: UInt64?

    /// The direction began before the capture, as far as is known.
    var beganBefore: Bool { !startWasSeen }

    /// Bytes are missing before `offset`, in which a message may have ended.
    func restartUnread(at offset: UInt64) { unreadFrom = offset }

    /// How many bytes up to `end` have no message, none of them missing; of a direction that has had no message.
    func unread(upTo end: UInt64) -> UInt64 {
        let first = unreadFrom ?? start ?? end
        return end &- min(first, end)
    }

    // MARK: Messages

    /// Notes a message; answers whether it is the first.
    func noteMessage() -> Bool {
        if hasMessages { return false }
        hasMessages = true
        connection.noteMessages(of: id.direction)
        return true
    }

    // MARK: Losses

    /// Bytes are missing.
    func lose(_ count: UInt64, _ reason: GapReason? = nil) {
        lost.missing &+= count
        if reason == .limit { lost.isLimited = true }
    }

    /// Bytes were captured that belong to no message.
    func skip(_ count: Int) { lost.skipped &+= UInt64(count) }

    /// What was lost since this was last asked: it is said of the next message.
    func takeLoss() -> Loss {
        defer { lost = Loss() }
        return lost
    }

    /// Something was lost since the last message.
    var hasLoss: Bool { !lost.isEmpty }

    /// Keeps a gap until it is known whether the stream is Bitcoin's.
    func keep(_ gap: Gap) {
        // Bytes would have decided it: so this gap adjoins the one before.
        if earlyGap == nil { earlyGap = gap } else { earlyGap?.length &+= gap.length }
    }

    var hasEarlyGap: Bool { earlyGap != nil }

    func takeEarlyGap() -> Gap? { earlyGap.take() }

    // MARK: Doubts

    var hasDoubts: Bool { !doubtful.isEmpty }

    func addDoubt(_ range: Range<UInt64>, _ other: RawSpan, frame: UInt64) { doubtful.add(range, other, frame: frame) }

    func addDoubt(_ range: Range<UInt64>, droppedFor reason: UnusedReason) { doubtful.add(range, droppedFor: reason) }

    /// What is doubtful about bytes, the last of them right before `end`; and forgets it.
    ///
    /// - Parameter message: What they are in v1, so that other copies can be tried.
    func takeDoubts(before end: UInt64, _ bytes: RawSpan, _ message: MessageFramer.Message?) -> ByteDoubts {
        doubtful.take(before: end, bytes, message)
    }
}
