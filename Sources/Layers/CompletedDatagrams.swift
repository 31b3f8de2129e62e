/// The datagrams that were completed last, by which fragments that come after are judged.
///
/// A receiver forgets a datagram once it is complete: a late fragment begins another. So which copy of two it used depends
/// on what it had when it was complete; a capture does not show that where packets get lost or change places after it.
struct CompletedDatagrams {
    enum Verdict {
        /// Nothing is known of such a datagram, or nothing that could be compared.
        case unknown
        /// The fragment is of the datagram, which has its bytes.
        case repeated
        /// It has other bytes or another end than the datagram, which came just before: the frame that completed that.
        case differs(UInt64)
    }

    private struct Entry {
        var serial: UInt64
        /// When it was complete, and the frame by which it was.
        var time: Int64
        var frame: UInt64
        /// From its beginning to the first that was not captured.
        var bytes: [UInt8]
        var wireLength: Int
        /// A fragment with other bytes was reported.
        var isContradicted = false

        /// Bytes of memory, about.
        var size: Int { bytes.capacity + 128 }
    }

    /// Nanoseconds within which a fragment with other bytes is not of a later datagram with the same identification.
    private static var nearness: UInt64 { 1_000_000_000 }

    private var entries: [Fragment.Key: Entry] = [:]
    /// Keys in the order of completion; those whose serial is not in ``entries`` any more are void.
    private var order: [(key: Fragment.Key, serial: UInt64)] = []
    private var head = 0
    private var serial: UInt64 = 0
    /// Bytes of memory they take, about.
    private(set) var byteCount = 0

    var count: Int { entries.count }

    /// Notes a datagram that is complete.
    mutating func insert(_ datagram: Defragmenter.Datagram, _ key: Fragment.Key, time: Int64, frame: UInt64) {
        serial += 1
        let entry = Entry(
            serial: serial, time: time, frame: frame, bytes: datagram.bytes, wireLength: datagram.wireLength)
        byteCount += entry.size
        if let former = entries.updateValue(entry, forKey: key) { byteCount -= former.size }
        order.append((key, serial))
        while let oldest = entryAtHead, Defragmenter.isOld(oldest.time, at: time) { removeOldest() }
        // Each is void at most once, so this costs a few steps a datagram.
        if order.count > 2 * entries.count + 64 {
            order.removeFirst(head)
            head = 0
            order.removeAll { entries[$0.key]?.serial != $0.serial }
        }
    }

    /// Forgets the oldest until no more than `count` are left, with no more than `bytes`.
    mutating func keep(count: Int, bytes: Int) {
        while entries.count > count || byteCount > bytes, head < order.count { removeOldest() }
    }

    /// Compares a fragment with the datagram of the same key.
    ///
    /// - Parameters:
    ///   - range: Its place in the datagram, on the wire.
    ///   - payload: What was captured of it.
    mutating func judge(
        _ key: Fragment.Key, _ range: Range<Int>, hasMore: Bool, _ payload: RawSpan, time: Int64
    ) -> Verdict {
        if entries.isEmpty { return .unknown }
        guard let entry = entries[key], !Defragmenter.isOld(entry.time, at: time) else { return .unknown }
        // Another end is another datagram, or one of the two is forged.
        let fits = hasMore ? range.upperBound <= entry.wireLength : range.upperBound == entry.wireLength
        guard fits else { return differs(key, entry, time: time) }
        let end = min(range.upperBound, range.lowerBound + payload.byteCount)
        guard range.lowerBound < min(end, entry.bytes.count) else { return .unknown }
        let known = range.lowerBound..<min(end, entry.bytes.count)
        for place in known
        where entry.bytes[place] != payload.unsafeLoad(fromByteOffset: place - range.lowerBound, as: UInt8.self) {
            return differs(key, entry, time: time)
        }
        return known.upperBound == end ? .repeated : .unknown
    }

    /// One conflict of a datagram is reported.
    private mutating func differs(_ key: Fragment.Key, _ entry: Entry, time: Int64) -> Verdict {
        let (age, overflow) = time.subtractingReportingOverflow(entry.time)
        guard !entry.isContradicted, !overflow, age.magnitude <= Self.nearness else { return .unknown }
        entries[key]?.isContradicted = true
        return .differs(entry.frame)
    }

    /// The oldest, after the void ones.
    private var entryAtHead: Entry? {
        mutating get {
            while head < order.count {
                if let entry = entries[order[head].key], entry.serial == order[head].serial { return entry }
                head += 1
            }
            return nil
        }
    }

    private mutating func removeOldest() {
        guard let oldest = entryAtHead else { return }
        byteCount -= oldest.size
        entries[order[head].key] = nil
        head += 1
    }
}
