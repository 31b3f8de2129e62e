import Reassembly

/// What became of the payload bytes of Bitcoin's streams that were captured, as far as they are not skipped.
///
/// Each byte captured is counted once: `captured` = `inMessages` + `v2Overhead` + `unread` + `ofOtherProtocols` + the bytes
/// skipped + `retransmitted` + `differing` + `keepAlive` + `late` + `unused`. It holds once all streams have ended.
public struct ByteCounts: Sendable, Equatable {
    public var captured: UInt64 = 0
    /// Captured before their stream was known to be Bitcoin's; not among the others.
    public var beforeRecognition: UInt64 = 0
    /// Of messages, whole or cut; of v2 packets their contents.
    public var inMessages: UInt64 = 0
    /// The header bytes that those of messages have cost; 0 where ``PipelineOptions/observation`` does not ask for them. They
    /// are not among the others.
    public var headers: UInt64 = 0
    /// Of v2: keys, garbage, decoys, and what each packet has beside its contents.
    public var v2Overhead: UInt64 = 0
    /// Of v2 streams without a key.
    public var unread: UInt64 = 0
    /// Of streams on Bitcoin's ports that are something else.
    public var ofOtherProtocols: UInt64 = 0
    /// The same bytes again; and those of them that could not be compared with the first copy.
    public var retransmitted: UInt64 = 0
    public var uncompared: UInt64 = 0
    /// Copies that differ from the bytes that were used.
    public var differing: UInt64 = 0
    public var keepAlive: UInt64 = 0
    /// They came after their hole was given up.
    public var late: UInt64 = 0
    /// The grace that would have read all of those, in nanoseconds; 0 where it is not known.
    public var lateness: Int64 = 0
    /// Not used, by reason.
    public var unused = UnusedBytes()

    public init() {}

    /// Takes over what the reassembler has counted.
    mutating func take(_ statistics: Statistics) {
        captured = statistics.captured
        beforeRecognition = statistics.beforeRecognition
        retransmitted = statistics.retransmittedBytes
        uncompared = statistics.uncomparedBytes
        differing = statistics.differingBytes
        keepAlive = statistics.keepAliveBytes
        late = statistics.lateBytes
        lateness = statistics.lateness
        unused = statistics.unused
    }

    /// Something that a user should hear of even if nobody asked. Retransmitted bytes are no news.
    var hasProblem: Bool { differing > 0 || late > 0 || unused.total > 0 }

    /// The grace in milliseconds that would have read all late bytes: in steps of a tenth of a second.
    private var graceForLate: Int64 { (lateness + 99_999_999) / 100_000_000 * 100 }

    /// A text for each kind that occurred.
    var texts: [String] {
        var parts: [String] = []
        func add(_ count: UInt64, _ what: String) {
            if count > 0 { parts.append(plural(count, "byte", "bytes") + " " + what) }
        }
        if late > 0 {
            let advice = lateness > 0 ? "; --gap-grace \(graceForLate) would read them" : ""
            add(late, "came too late\(advice)")
        }
        for reason in UnusedReason.allCases { add(unused[reason], "not used: \(reason.text)") }
        add(differing, "of differing copies")
        add(retransmitted, "retransmitted")
        add(uncompared, "of them not compared")
        add(keepAlive, keepAlive == 1 ? "of a keep-alive probe" : "of keep-alive probes")
        add(v2Overhead, "of v2 overhead")
        add(unread, "not decrypted: no key")
        add(ofOtherProtocols, "of other protocols")
        add(beforeRecognition, "before recognition")
        return parts
    }
}
