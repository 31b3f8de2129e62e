/// What is remembered of one direction whether or not its bytes are wanted.
@usableFromInline struct DirectionState: Sendable {
    @usableFromInline struct Flags: OptionSet, Sendable {
        @usableFromInline let rawValue: UInt32

        @inlinable init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// A segment of this direction was captured.
        @inlinable static var seen: Flags { Flags(rawValue: 1) }
        /// A SYN of this direction was captured.
        @inlinable static var synSeen: Flags { Flags(rawValue: 2) }
        /// A segment other than a SYN was captured.
        @inlinable static var established: Flags { Flags(rawValue: 4) }
        /// `sent` has a meaning.
        @inlinable static var located: Flags { Flags(rawValue: 8) }
        /// `acknowledged` has a meaning.
        @inlinable static var acknowledged: Flags { Flags(rawValue: 16) }
        /// Payload went by that was not wanted.
        @inlinable static var passedOver: Flags { Flags(rawValue: 32) }
        /// The other side has acknowledged the FIN.
        @inlinable static var finished: Flags { Flags(rawValue: 64) }
        /// `origin` is the number after the SYN: of the SYN itself, or of its answer.
        @inlinable static var originKnown: Flags { Flags(rawValue: 128) }
        /// A segment came whose checksum was not wrong: only then is a wrong one a sign.
        @inlinable static var soundSum: Flags { Flags(rawValue: 256) }
        /// Acknowledgements of these bytes were captured ahead of the bytes, or the bytes not at all: then one ahead of
        /// what was captured is no sign of a forged segment.
        @inlinable static var outrun: Flags { Flags(rawValue: 512) }
        /// The SYN of this direction has a timestamp.
        @inlinable static var offersTimestamps: Flags { Flags(rawValue: 1024) }
        /// `stamp` has a meaning.
        @inlinable static var stamped: Flags { Flags(rawValue: 2048) }
        /// The SYN of this direction has a window scale, `windowShift`.
        @inlinable static var scales: Flags { Flags(rawValue: 4096) }
        /// A FIN was captured, acknowledged or not.
        @inlinable static var finSeen: Flags { Flags(rawValue: 8192) }
        /// Bytes of this direction were wanted, now or before.
        @inlinable static var wanted: Flags { Flags(rawValue: 16384) }
        /// The other side has acknowledged a number far after `origin`: serial numbers do not compare with it any more.
        @inlinable static var leftOrigin: Flags { Flags(rawValue: 32768) }
        /// A segment came whose IP header's checksum was not wrong: only then is a wrong one a sign.
        @inlinable static var soundHeader: Flags { Flags(rawValue: 65536) }
        /// Bytes of this direction were missing when it ended.
        @inlinable static var hasGap: Flags { Flags(rawValue: 262_144) }
        /// `cutEnd` has a meaning.
        @inlinable static var cut: Flags { Flags(rawValue: 524_288) }
        /// The SYN of this direction has a signature.
        @inlinable static var signs: Flags { Flags(rawValue: 131_072) }
    }

    /// The number after the SYN; without a SYN that of the first segment captured, or the first one acknowledged.
    @usableFromInline var origin = SequenceNumber(0)
    /// The end of the farthest segment captured, its FIN included.
    @usableFromInline var sent = SequenceNumber(0)
    /// The highest acknowledgement by the other side.
    @usableFromInline var acknowledged = SequenceNumber(0)
    /// What that was when the last acknowledgement came that was no lower.
    @usableFromInline var acknowledgedBefore = SequenceNumber(0)
    /// The timestamp of the highest acknowledgement.
    @usableFromInline var acknowledgedStamp: UInt32 = 0
    /// The timestamp by which older ones are known (RFC 7323, 4.3: TS.Recent).
    @usableFromInline var stamp: UInt32 = 0
    /// The widest window that the sender of this direction has offered, as sent.
    @usableFromInline var window: UInt16 = 0
    @usableFromInline var windowShift: UInt8 = 0
    @usableFromInline var flags: Flags = []
    /// Payload bytes that were not wanted, at most as many as the type holds.
    @usableFromInline var passedOver: UInt32 = 0
    /// How far the acknowledgements have come since `origin`, in bytes.
    @usableFromInline var acknowledgedBytes: UInt64 = 0
    /// The index of the half-stream; -1 while the bytes are not wanted.
    @usableFromInline var half: Int32 = -1
    /// The end of the farthest segment of which no byte was captured, while no bytes are wanted.
    @usableFromInline var cutEnd = SequenceNumber(0)

    @usableFromInline init() {}

    /// Something is known of where the stream is.
    @inlinable var isPlaced: Bool { !flags.isDisjoint(with: [.located, .acknowledged]) }

    /// The highest number known: the end of a segment, or an acknowledgement by the other side.
    @inlinable var position: SequenceNumber {
        guard flags.contains(.located) else { return acknowledged }
        guard flags.contains(.acknowledged), sent.distance(to: acknowledged) > 0 else { return sent }
        return acknowledged
    }

    /// True where a segment has bytes that lie ahead of all that is known of a stream that has not ended.
    @usableFromInline func lacks(_ sequence: SequenceNumber, length: Int) -> Bool {
        guard length > 0, !flags.contains(.finished) else { return false }
        return !isPlaced || position.distance(to: sequence.advanced(by: min(length, 1 << 30 - 1))) > 0
    }

    /// No bytes are wanted, and the other side has acknowledged the FIN. Where bytes were sent and none was captured, they
    /// may come after it.
    @usableFromInline var endsUnwanted: Bool {
        guard half < 0, flags.isSuperset(of: [.finSeen, .acknowledged]), !flags.contains(.finished),
            acknowledged == sent
        else { return false }
        return flags.contains(.passedOver) || !flags.contains(.originKnown) || origin.advanced(by: 1) == sent
    }

    /// Other segments, or acknowledgements by the other side, say that the stream is at `sent`.
    @usableFromInline func isCertain(window: Int) -> Bool {
        if flags.contains(.established) { return true }
        return flags.isSuperset(of: [.located, .acknowledged]) && abs(acknowledged.distance(to: sent)) <= window
    }

    /// Notes that a segment ends at `number`. A number far off is believed only while nothing depends on it.
    @inlinable mutating func reach(_ number: SequenceNumber, window: Int) {
        let ahead = sent.distance(to: number)
        if flags.contains(.located) {
            if abs(ahead) > window, half >= 0 || flags.contains(.finished) { return }
            if ahead <= 0, half >= 0 || ahead >= -window { return }
        }
        sent = number
        flags.insert(.located)
    }

    /// The stream goes on far from where it was: what was sent and acknowledged there says nothing any more.
    @usableFromInline mutating func move(to number: SequenceNumber) {
        sent = number
        acknowledged = number
        acknowledgedBefore = number
        if !(0..<1 << 30).contains(origin.distance(to: number)) { flags.insert(.leftOrigin) }
    }

    /// A number far ahead may be acknowledged: no bytes are wanted there, and none are captured elsewhere.
    @usableFromInline func isFree(for number: SequenceNumber, window: Int) -> Bool {
        half < 0 && (!flags.contains(.located) || abs(sent.distance(to: number)) <= window)
    }

    /// Notes a segment of which no byte was captured.
    @usableFromInline mutating func noteCut(_ end: SequenceNumber, window: Int) {
        let known = flags.contains(.cut) ? cutEnd : origin
        guard (1...window).contains(known.distance(to: end)) else { return }
        cutEnd = end
        flags.insert(.cut)
    }

    /// How many bytes were sent of a direction of which none were captured: those acknowledged, and those of which the
    /// segments were captured without them. What is acknowledged after the FIN was not sent here.
    @usableFromInline var silentBytes: UInt64 {
        if flags.isSuperset(of: [.finSeen, .acknowledged]), sent.distance(to: acknowledged) > 0 {
            return UInt64(max(origin.distance(to: sent), 0))
        }
        guard flags.contains(.cut) else { return acknowledgedBytes }
        guard flags.contains(.acknowledged) else { return UInt64(max(origin.distance(to: cutEnd), 0)) }
        return acknowledgedBytes &+ UInt64(max(acknowledged.distance(to: cutEnd), 0))
    }

    /// The last number known is that of a byte, not of a FIN.
    @usableFromInline var endsInCut: Bool {
        flags.contains(.cut) && (!flags.contains(.acknowledged) || acknowledged.distance(to: cutEnd) >= 0)
    }

    /// An acknowledgement by the other side was captured late: it is lower than one before the highest, or its timestamp is
    /// older than that of the highest.
    @usableFromInline func isOld(acknowledgement number: SequenceNumber, _ stamp: UInt32?) -> Bool {
        guard number.distance(to: acknowledged) > 0 else { return false }
        if number.distance(to: acknowledgedBefore) > 0 { return true }
        guard let stamp else { return false }
        return SequenceNumber(stamp).distance(to: SequenceNumber(acknowledgedStamp)) > 0
    }

    /// Notes an acknowledgement by the other side, if it is near enough to what is known.
    @inlinable mutating func noteAcknowledgement(_ number: SequenceNumber, window: Int, stamp: UInt32?) {
        guard flags.contains(.acknowledged) else {
            acknowledged = number
            acknowledgedBefore = number
            acknowledgedStamp = stamp ?? 0
            flags.insert(.acknowledged)
            if flags.isDisjoint(with: [.seen, .originKnown]) { origin = number }
            acknowledgedBytes = UInt64(max(origin.distance(to: number), 0))
            return
        }
        let ahead = acknowledged.distance(to: number)
        guard ahead > 0, ahead <= window || isFree(for: number, window: window) else { return }
        acknowledgedBefore = acknowledged
        acknowledged = number
        acknowledgedStamp = stamp ?? 0
        if origin.distance(to: number) >= 1 << 30 { flags.insert(.leftOrigin) }
        acknowledgedBytes &+= UInt64(ahead)
    }
}
