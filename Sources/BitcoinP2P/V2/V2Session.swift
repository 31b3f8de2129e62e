/// One v2 connection whose secret is known: what both its directions share.
///
/// Of its keys only the network is open at first, since its magic is part of them: the first garbage terminator that is
/// found tells which one it is. A terminator is 16 bytes that cannot stand there by accident.
public final class V2Session {
    /// The keys, once the network is known.
    public private(set) var schedule: KeySchedule?
    private var candidates: [KeySchedule]

    /// The key log's secret has been found wrong: nothing of the connection can be read.
    public var isRefused = false
    /// A failure has been reported: it is reported once a connection.
    public var hasToldFailure = false

    /// - Parameter magics: Of networks to be tried beside those that are known.
    public init(_ secret: SharedSecret, magics: [UInt32] = []) {
        let others = magics.map(Network.init(magic:)).filter { !$0.isKnown }
        candidates = (Network.known + others).map { KeySchedule(secret: secret, network: $0) }
    }

    /// A connection whose network is known: one that we speak on ourselves.
    public init(_ schedule: KeySchedule) {
        self.schedule = schedule
        candidates = []
    }

    /// Where in `bytes`, between `start` and `end`, the garbage terminator of that side begins.
    ///
    /// - Parameter end: The last place to look at, inclusive.
    func terminator(of role: KeySchedule.Role, in bytes: RawSpan, from start: Int, through end: Int) -> Int? {
        let last = min(end, bytes.byteCount - KeySchedule.terminatorLength)
        guard start >= 0, start <= last else { return nil }
        let schedules = schedule.map { [$0] } ?? candidates
        let heads = schedules.map { Self.word($0[role].terminator.span.bytes, at: 0) }
        let tails = schedules.map { Self.word($0[role].terminator.span.bytes, at: 8) }
        for at in start...last {
            let head = Self.word(bytes, at: at)
            for index in heads.indices where heads[index] == head && tails[index] == Self.word(bytes, at: at + 8) {
                schedule = schedules[index]
                candidates = []
                return at
            }
        }
        return nil
    }

    /// Eight bytes; the caller has checked that they are there.
    private static func word(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    }
}
