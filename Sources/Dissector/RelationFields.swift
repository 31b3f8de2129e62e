import BitcoinP2P
import Fields
import Insight

/// What relates a message to others: generated fields, under what is known of the message apart from its own bytes.
///
/// Their names follow Wireshark's pattern: `ipmi.response_to`, `ipp.response_in`.
struct RelationFields: Sendable {
    let responseTo = Field(
        "bitcoin.response_to", "Request In", .frameNumber, "the frame that completed the request which this answers",
        repeats: true)
    let responseTime = Field(
        "bitcoin.response_time", "Response Time", .duration,
        "from the end of the request to the first byte of this, its answer", repeats: true)
    let responseIn = Field(
        "bitcoin.response_in", "Response In", .frameNumber,
        "the frame that completed an answer to this request; known with -2", repeats: true)
    let outcome = Field(
        "bitcoin.request.outcome", "Outcome", .enumeration(outcomes, bits: 8),
        "how the request ended, one for each thing that was asked for; known with -2", repeats: true)

    let announcements = AnnouncementFields()
    let seen = Field(
        "bitcoin.cmpctblock.seen", "Seen Before", .unsigned(bits: 64),
        "how many short ids stand for exactly one transaction that an earlier tx message has")
    let ambiguous = Field(
        "bitcoin.cmpctblock.ambiguous", "Ambiguous", .unsigned(bits: 64),
        "how many short ids stand for more than one transaction that earlier tx messages have")

    static let outcomes = ValueNames(
        RequestOutcome.allCases.map { outcome in
            let (name, meaning) = outcome.words
            return (UInt64(outcome.rawValue), name, meaning)
        })

    /// Those that the messages before a message tell.
    var backward: Set<Field> { [responseTo, responseTime] }
    /// Those that tell who announced something, and where its transactions were seen.
    var told: Set<Field> { announcements.all.union([seen, ambiguous]) }
    /// Those that only the messages after it tell.
    var forward: Set<Field> { [responseIn, outcome] }
    var all: Set<Field> { backward.union(forward).union(told) }
}

extension RequestOutcome {
    /// Its name, and what it means.
    fileprivate var words: (name: String, meaning: String) {
        switch self {
        case .answered: ("answered", "the answer was captured")
        case .notFound: ("notfound", "the other side does not have it")
        case .unanswered: ("unanswered", "the deadline passed while the connection and the capture went on")
        case .unclear: ("unclear", "the same, but the answer may be among bytes that were not captured")
        case .open: ("open", "the connection or the capture ended first")
        }
    }
}
