import BitcoinP2P
import Insight
import Reassembly

/// What the record of a message or event tells beside its own bytes: what follows from the records before it. It is found
/// in the order of the capture; with it a record may be made in any order, and on any thread.
struct RecordContext {
    /// The record's number in the capture, from 1; 0 where it is not counted.
    var number: UInt64 = 0
    /// A record before this one has a higher frame number.
    var isLate = false
    /// A record so far has a time that is no whole number of microseconds.
    var hasNanoseconds = false
    /// When the frame of the record before was captured; nil for the first one. Where a filter shows only some, this is
    /// not the record shown before.
    var timeBefore: Int64?
    /// What the sender has said of itself, where that is known.
    var claims: Conduct.Claims?
    /// What the message answers, and what became of what it asks for.
    var related: ContiguousArray<Related> = []
    var answers: ArraySlice<AnswerBook.Entry> = []
    /// What earlier messages tell of what the message is about.
    var earlier = Earlier()
    /// The message's number among all; 0 where nobody relates them.
    var order: UInt64 = 0
    /// The last message before the end of a connection, where that is known.
    var lastMessage: LastMessage?

    /// Takes what is known of the next message by others.
    mutating func relate(_ inquiry: Inquiry) {
        related = inquiry.related
        answers = inquiry.answers
        earlier = inquiry.earlier
        order = inquiry.order
    }
}

/// Where a record stands among those before it: what of a ``RecordContext`` follows from frames alone.
struct RecordSequence {
    private var highestFrame: UInt64 = 0
    private var hasNanoseconds = false
    private var last: Int64?

    /// Takes the next record.
    mutating func place(_ origin: Origin, in context: inout RecordContext) {
        context.isLate = origin.frame < highestFrame
        highestFrame = max(highestFrame, origin.frame)
        // libpcap gives nanoseconds of any capture; of one in microseconds they are whole thousands.
        if origin.time % 1000 != 0 { hasNanoseconds = true }
        context.hasNanoseconds = hasNanoseconds
        context.timeBefore = last
        last = origin.time
    }
}
