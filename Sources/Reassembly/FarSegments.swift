/// Segments beyond the window of the receiver: held, and believed only where the other side acknowledges them, or where
/// none of its acknowledgements are captured and the stream goes on there and not at its place.
@usableFromInline struct FarSegments: Sendable {
    @usableFromInline private(set) var store = OutOfOrderStore()
    /// The sequence number of the first segment that agrees.
    private var start = SequenceNumber(0)
    /// The sequence number of the last segment's end.
    private var end = SequenceNumber(0)
    /// How many came in order, each going on about where the one before ended.
    private var agreeing = 0
    /// The clock when the first of them came, or when the stream last went on at its place.
    private var since: Int64 = 0
    /// The clock when the other side acknowledged some of them; nil where it has not.
    private var acknowledgedAt: Int64?
    /// The other side was heard at the old place since they came.
    private var isContradicted = false
    /// The last one lies so near that it is believed alone; see ``Limits/outage``.
    private var isNear = false

    @usableFromInline init() {}

    @inlinable var isEmpty: Bool { store.isEmpty }
    @inlinable var footprint: Int { store.footprint }

    /// How far apart segments may be that go on from each other.
    private static var neighbourhood: Int { 1 << 20 }

    /// - Parameter isNear: It lies no more than ``Limits/outage`` ahead.
    @usableFromInline mutating func insert(
        _ segment: HeldSegment, at sequence: SequenceNumber, isNear: Bool, now: Int64, _ insertion: inout Insertion
    ) {
        self.isNear = isNear
        let ahead = end.distance(to: sequence)
        let last = sequence.advanced(by: segment.bytes.count)
        if agreeing == 0 || abs(ahead) > Self.neighbourhood {
            agreeing = 1
            start = sequence
            since = now
            acknowledgedAt = nil
            isContradicted = false
            end = last
        } else if ahead >= 0 {
            agreeing += 1
            end = last
        } else {
            // A repeated one proves nothing, nor one captured out of order.
            if start.distance(to: sequence) < 0 { start = sequence }
            if end.distance(to: last) > 0 { end = last }
        }
        store.insert(segment, fixed: 0, &insertion)
    }

    /// The other side acknowledges a number beyond the window. It must acknowledge some of these bytes, and not much more.
    @usableFromInline mutating func acknowledge(_ number: SequenceNumber, now: Int64) {
        guard agreeing > 0, acknowledgedAt == nil, start.distance(to: number) > 0,
            end.distance(to: number) <= Self.neighbourhood
        else { return }
        acknowledgedAt = now
    }

    /// The other side was heard at the old place, and another segment comes far from those that came before.
    @usableFromInline func isRefuted(at sequence: SequenceNumber) -> Bool {
        isContradicted && abs(end.distance(to: sequence)) > Self.neighbourhood
    }

    /// The stream goes on at its place, or the other side is heard there.
    @usableFromInline mutating func contradict(now: Int64) {
        guard !isEmpty else { return }
        since = now
        acknowledgedAt = nil
        isContradicted = true
    }

    /// The stream goes on at its place: no word of the other side.
    @usableFromInline mutating func goesOnElsewhere(now: Int64) {
        guard !isEmpty else { return }
        since = now
        acknowledgedAt = nil
        isNear = false
    }

    /// The clock at which the stream is believed to be here.
    @usableFromInline func deadline(_ limits: Limits) -> Int64? {
        if isEmpty { return nil }
        if let acknowledgedAt { return acknowledgedAt + limits.grace }
        return isUnopposed(limits) ? since + limits.holeTimeout : nil
    }

    /// Enough agree, or the last one is near, and the other side was not heard at the old place.
    @usableFromInline func isUnopposed(_ limits: Limits) -> Bool {
        (agreeing >= limits.strayAgreement || isNear) && !isContradicted
    }

    /// The other side has acknowledged some of them, though the grace may not be over.
    @usableFromInline var isAcknowledged: Bool { acknowledgedAt != nil }

    /// Enough agree, or the other side has acknowledged some of them.
    @usableFromInline func isProved(_ limits: Limits) -> Bool {
        acknowledgedAt != nil || agreeing >= limits.strayAgreement
    }

    /// Takes all segments out.
    @usableFromInline mutating func takeAll() -> OutOfOrderStore {
        let taken = store
        self = FarSegments()
        return taken
    }

    @inlinable var first: Range<UInt64>? { store.first }

    /// Takes out those that lie within `range`.
    @usableFromInline mutating func take(within range: Range<UInt64>) -> [HeldSegment] {
        var (found, others) = ([HeldSegment](), [HeldSegment]())
        store.takeAll(before: .max) { held in
            let isWithin = held.start >= range.lowerBound && held.end <= range.upperBound
            if isWithin { found.append(held) } else { others.append(held) }
        }
        var insertion = Insertion()
        for held in others { store.insert(held, fixed: 0, &insertion) }
        if store.isEmpty { self = FarSegments() }
        return found
    }

    /// Takes the first out.
    @usableFromInline mutating func takeFirst() -> HeldSegment? {
        let taken = store.takeFirst()
        if store.isEmpty { self = FarSegments() }
        return taken
    }

    /// Takes out those that begin before `offset`.
    @usableFromInline mutating func take(before offset: UInt64, _ body: (HeldSegment) -> Void) {
        guard let first = store.first, first.lowerBound < offset else { return }
        store.takeAll(before: offset, body)
        if store.isEmpty { self = FarSegments() }
    }
}
