/// Puts fragmented IP datagrams together (RFC 791, 3.2; RFC 8200, 4.5).
///
/// Fragments may come in any order, more than once, and overlap: the first copy of a byte wins, and a copy that differs is
/// noted. (RFC 5722 wants overlapping IPv6 fragments discarded, and Linux discards those of IPv4 as well; a capture shows
/// what was sent, so they are kept.) A datagram is done when
/// fragments that cover it have been seen, even if a snap length cut some of them: then as much as could be captured
/// without a hole is given. One that stays incomplete is forgotten after 30 seconds of capture time, or when it is the
/// oldest and room is needed. What is left of the room remembers the datagrams that are complete, for as long.
public struct Defragmenter: ~Copyable {
    /// Nanoseconds that an incomplete datagram may wait from its first fragment on.
    public static var patience: UInt64 { 30_000_000_000 }
    /// No datagram is longer (RFC 791: the length field has 16 bits).
    static var datagramLimit: Int { 65_535 }
    /// More holes than this in one datagram are nonsense: fragments of 552 bytes make at most 60.
    static var holeLimit: Int { 512 }

    /// A datagram's payload, or the beginning of it.
    public struct Datagram: Sendable {
        /// What it begins with.
        public var first: NextLayer
        /// The bytes from its beginning to the first that was not captured.
        public var bytes: [UInt8]
        /// How long it was on the wire.
        public var wireLength: Int
        /// The frames that brought it, in order of their coming; one that brought nothing new is not among them.
        public var frames: [UInt64]
        /// Bytes on the wire of these frames, and of the one that completed it.
        public var framesLength: Int
        /// Fragments overlapped with different bytes, so the receiver may have others than these.
        public var hasConflict: Bool
        /// The checksum of an IPv4 header before one of the fragments is wrong.
        public var isHeaderWrong: Bool
    }

    public enum Result: Sendable {
        case kept
        case complete(Datagram)
        /// It repeats a part of a datagram that is complete.
        case repeated
        /// It contradicts the fragments before it, or itself.
        case rejected
    }

    private struct Partial {
        var serial: UInt64
        var time: Int64
        var first = NextLayer.other
        /// Where the datagram ends, once its last fragment was seen.
        var total: Int?
        var seen = Coverage()
        var captured = Coverage()
        var bytes: [UInt8] = []
        var frames: [UInt64] = []
        var framesLength = 0
        var hasConflict = false
        var isHeaderWrong = false

        /// Whether bytes of `payload`, which belong at `range`, are known to be others.
        func contradicts(_ payload: RawSpan, at range: Range<Int>) -> Bool {
            for known in captured.ranges.reversed() {
                if known.upperBound <= range.lowerBound { return false }
                for place in range.clamped(to: known)
                where bytes[place] != payload.unsafeLoad(fromByteOffset: place - range.lowerBound, as: UInt8.self) {
                    return true
                }
            }
            return false
        }

        /// Bytes of memory, about.
        var size: Int {
            bytes.count + frames.count * MemoryLayout<UInt64>.stride
                + (seen.ranges.count + captured.ranges.count) * MemoryLayout<Range<Int>>.stride
        }
    }

    private let limit: Int
    private let byteLimit: Int
    private var partials: [Fragment.Key: Partial] = [:]
    /// Keys in the order in which datagrams began; those whose serial is not in ``partials`` any more are void.
    private var order: [(key: Fragment.Key, serial: UInt64)] = []
    private var head = 0
    private var serial: UInt64 = 0
    private var completed = CompletedDatagrams()

    /// The complete datagram of which the fragment taken last has other bytes, where that came within a second. The
    /// fragment may begin a datagram with the same identification; it is kept as any other.
    public private(set) var conflict: FragmentConflict?
    /// Complete datagrams being remembered, and the bytes of memory they take, about.
    public var completedCount: Int { completed.count }
    public var completedByteCount: Int { completed.byteCount }
    /// Incomplete datagrams being kept.
    public var count: Int { partials.count }
    /// Bytes of memory they take, about: holes count as much as what was captured.
    public private(set) var byteCount = 0
    /// Datagrams given up: too old, or the oldest when room was needed.
    public private(set) var dropped = 0

    /// - Parameters:
    ///   - datagrams: As many are kept at most.
    ///   - bytes: As many bytes are kept at most. With less than 65,535 not every datagram can be put together.
    public init(datagrams: Int = 1024, bytes: Int = 16 << 20) {
        limit = max(1, datagrams)
        byteLimit = max(0, bytes)
    }

    /// Takes one fragment; `payload` are the bytes captured of it, which are copied.
    ///
    /// - Parameters:
    ///   - time: Nanoseconds of the capture's clock. It may jump, in either direction.
    ///   - frames: The numbers of the frames that brought the fragment: several where it came in fragments itself.
    ///   - framesLength: Bytes of these frames on the wire.
    ///   - hasConflict: It did, and they contradicted each other.
    public mutating func insert(
        _ fragment: Fragment, _ payload: RawSpan, time: Int64, frames: [UInt64] = [], framesLength: Int = 0,
        hasConflict: Bool = false
    ) -> Result {
        expire(at: time)
        conflict = nil
        let length = fragment.wireLength
        let room = Self.datagramLimit - fragment.offset
        guard fragment.offset >= 0, length > 0, length <= room, !fragment.hasMore || length % 8 == 0 else {
            return .rejected
        }
        let range = fragment.offset..<fragment.offset + length
        let known = range.lowerBound..<range.lowerBound + min(length, payload.byteCount)

        switch completed.judge(fragment.key, range, hasMore: fragment.hasMore, payload, time: time) {
        case .unknown: break
        case .repeated: if partials[fragment.key] == nil { return .repeated }
        case .differs(let frame): conflict = FragmentConflict(frame: frame, length: length)
        }

        var partial = take(fragment.key) ?? Partial(serial: 0, time: time)
        if Self.isOld(partial.time, at: time) {
            dropped += 1
            partial = Partial(serial: 0, time: time)
        }
        guard Self.fits(range, hasMore: fragment.hasMore, partial) else {
            put(partial, fragment.key)
            return .rejected
        }
        if !fragment.hasMore { partial.total = range.upperBound }
        if fragment.offset == 0, partial.seen.leading == 0 { partial.first = fragment.first }
        if !partial.hasConflict { partial.hasConflict = hasConflict || partial.contradicts(payload, at: known) }
        var isNew = false
        partial.seen.insert(range) { _ in isNew = true }
        if partial.bytes.count < known.upperBound {
            partial.bytes.append(contentsOf: repeatElement(0, count: known.upperBound - partial.bytes.count))
        }
        partial.captured.insert(known) { fresh in
            isNew = true
            payload.extracting(fresh.lowerBound - known.lowerBound..<fresh.upperBound - known.lowerBound)
                .withUnsafeBytes { partial.bytes.replaceSubrange(fresh, with: $0) }
        }
        if isNew {
            partial.frames += frames
            partial.framesLength &+= framesLength
            if fragment.isHeaderWrong { partial.isHeaderWrong = true }
        }
        if let total = partial.total, partial.seen.leading == total {
            partial.bytes.removeLast(partial.bytes.count - partial.captured.leading)
            let datagram = Datagram(
                first: partial.first, bytes: partial.bytes, wireLength: total, frames: partial.frames,
                framesLength: partial.framesLength &+ (isNew ? 0 : framesLength), hasConflict: partial.hasConflict,
                isHeaderWrong: partial.isHeaderWrong)
            completed.insert(datagram, fragment.key, time: time, frame: frames.last ?? 0)
            makeRoom()
            return .complete(datagram)
        }
        put(partial, fragment.key)
        makeRoom()
        return .kept
    }

    /// Whether a fragment agrees with the end of its datagram, as far as it is known.
    private static func fits(_ range: Range<Int>, hasMore: Bool, _ partial: borrowing Partial) -> Bool {
        guard partial.seen.ranges.count < holeLimit, partial.captured.ranges.count < holeLimit else { return false }
        if let total = partial.total { return hasMore ? range.upperBound <= total : range.upperBound == total }
        return hasMore || range.upperBound >= partial.seen.end
    }

    /// Takes a datagram out, so that it can be changed in place.
    private mutating func take(_ key: Fragment.Key) -> Partial? {
        guard let partial = partials.removeValue(forKey: key) else { return nil }
        byteCount -= partial.size
        return partial
    }

    /// Puts a datagram back, or a new one in, if anything is known of it.
    private mutating func put(_ partial: consuming Partial, _ key: Fragment.Key) {
        guard !partial.seen.ranges.isEmpty else { return }
        if partial.serial == 0 {
            serial += 1
            partial.serial = serial
            order.append((key, serial))
        }
        byteCount += partial.size
        partials[key] = partial
    }

    private mutating func makeRoom() {
        while partials.count > limit || byteCount > byteLimit, head < order.count { dropOldest() }
        completed.keep(count: limit - partials.count, bytes: byteLimit - byteCount)
        if head > 1024 || order.count > 4 * limit + 1024 {
            order.removeFirst(head)
            head = 0
            order.removeAll { partials[$0.key]?.serial != $0.serial }
        }
    }

    private mutating func expire(at time: Int64) {
        while head < order.count {
            let oldest = order[head]
            if let partial = partials[oldest.key], partial.serial == oldest.serial,
                !Self.isOld(partial.time, at: time)
            {
                return
            }
            dropOldest()
        }
    }

    /// Drops the entry at the head of ``order``, which may be void.
    private mutating func dropOldest() {
        let oldest = order[head]
        head += 1
        if partials[oldest.key]?.serial == oldest.serial, take(oldest.key) != nil { dropped += 1 }
    }

    /// Whether the clock has moved too far from `first`, forwards or (another capture begins) backwards.
    static func isOld(_ first: Int64, at time: Int64) -> Bool {
        let (span, overflow) = time.subtractingReportingOverflow(first)
        return overflow || span.magnitude > patience
    }
}
