import BitcoinP2P
import Reassembly

/// Transactions of which somebody told, with each side's part in them; as many as there is room for.
///
/// A transaction has two names, txid and wtxid. Told of by both, it is two entries until it is seen itself: then the one of
/// its wtxid is joined to the one of its txid.
struct TransactionGeneration {
    /// One of ``entries``.
    typealias Index = Int32
    static let none: Int32 = -1

    struct Limits {
        /// Names of transactions.
        var names = 250_000
        /// Parts of sides in them.
        var parts = 500_000
    }

    struct Entry {
        fileprivate(set) var firstPart = TransactionGeneration.none
        fileprivate var lastPart = TransactionGeneration.none
        fileprivate(set) var partCount: Int32 = 0
        /// The part of the side that announced it first; none where nobody has.
        fileprivate(set) var firstAnnounced = TransactionGeneration.none
        /// Another entry of the same transaction, to which this one's parts were given; itself where there is none.
        fileprivate(set) var root: Index
        /// It was captured in a `tx` message.
        fileprivate(set) var isSeen = false
        /// Digests of its names, of which it may have one twice.
        fileprivate(set) var names: (UInt64, UInt64)
    }

    /// What one side of a connection had to do with a transaction.
    struct Part {
        let side: SideIndex
        fileprivate(set) var next = TransactionGeneration.none
        /// The frame since which the side is known to have the transaction: it announced, sent or received it there.
        fileprivate(set) var hasSince: UInt64
        /// The frame of its announcement, 0 where it made none.
        fileprivate(set) var announced: UInt64 = 0
        fileprivate(set) var announcedTime: Int64 = 0
        /// One of ``receptions``.
        fileprivate(set) var reception = TransactionGeneration.none
        /// The other side has asked for what was announced, in a later frame.
        fileprivate(set) var isChosen = false
    }

    /// That a side was sent a transaction the first time.
    struct Reception {
        let frame: UInt64
        let time: Int64
        /// Of the message.
        let bytes: UInt64
        /// The side had it before.
        let isDuplicate: Bool
    }

    private let limits: Limits
    /// By which keys of parts are spread; odd.
    private let seed = UInt64.random(in: 0 ... .max) | 1
    private var names = DigestTable()
    private(set) var entries: ContiguousArray<Entry> = []
    private var places = DigestTable()
    private(set) var parts: ContiguousArray<Part> = []
    private(set) var receptions: ContiguousArray<Reception> = []

    init(_ limits: Limits) { self.limits = limits }

    /// Another name, or the part of another side, may be too many.
    var isFull: Bool { names.count &+ 2 > limits.names || isFullOfParts }
    var isFullOfParts: Bool { places.count &+ 2 > limits.parts }

    mutating func removeAll() {
        names.removeAll()
        places.removeAll()
        entries.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        receptions.removeAll(keepingCapacity: true)
    }

    // MARK: Names

    /// - Parameter name: Digest of a txid or wtxid.
    func find(_ name: UInt64) -> Index? {
        guard let root = names.find(name).map({ entries[Int($0)].root }), root != Self.none,
            entries[Int(root)].root == root
        else { return nil }
        return root
    }

    mutating func insert(_ name: UInt64) -> Index {
        let index = Index(truncatingIfNeeded: entries.count)
        entries.append(Entry(root: index, names: (name, name)))
        names.set(name, index)
        return index
    }

    /// Gives an entry one more name.
    mutating func name(_ index: Index, _ name: UInt64) {
        names.set(name, index)
        entries[Int(index)].names.1 = name
    }

    mutating func see(_ index: Index) { entries[Int(index)].isSeen = true }

    /// An entry is remembered elsewhere.
    mutating func clear(_ index: Index) { entries[Int(index)] = Entry(root: Self.none, names: (0, 0)) }

    /// One entry becomes part of another: they are the same transaction.
    mutating func join(_ other: Index, to index: Index) {
        var next = entries[Int(other)].firstPart
        entries[Int(other)] = Entry(root: index, names: entries[Int(other)].names)
        while next != Self.none {
            let part = parts[Int(next)]
            parts[Int(next)].next = Self.none
            take(part, at: next, in: index)
            next = part.next
        }
    }

    /// A part of another entry becomes one of this, unless this has one of the same side.
    mutating func take(_ part: Part, at place: Int32? = nil, in index: Index) {
        if let own = find(part.side, in: index) {
            let mine = parts[Int(own)]
            parts[Int(own)].hasSince = min(mine.hasSince, part.hasSince)
            if part.announced > 0, mine.announced == 0 || part.announced < mine.announced {
                parts[Int(own)].announced = part.announced
                parts[Int(own)].announcedTime = part.announcedTime
            }
            if mine.reception == Self.none { parts[Int(own)].reception = part.reception }
            if part.isChosen { parts[Int(own)].isChosen = true }
            return noteAnnouncement(own, in: index)
        }
        let new = place ?? Int32(truncatingIfNeeded: parts.count)
        if place == nil { parts.append(part) }
        parts[Int(new)].next = Self.none
        link(new, in: index)
        noteAnnouncement(new, in: index)
    }

    /// What of another generation's entry becomes of this.
    mutating func take(_ part: Part, _ reception: Reception?, in index: Index) {
        var part = part
        part.reception = Self.none
        if let reception {
            part.reception = Int32(truncatingIfNeeded: receptions.count)
            receptions.append(reception)
        }
        take(part, in: index)
    }

    // MARK: Parts

    private func key(_ side: SideIndex, _ index: Index) -> UInt64 {
        // One to one, so that equal keys are of the same side and entry.
        var key = (UInt64(UInt32(bitPattern: index)) << 32 | UInt64(UInt32(bitPattern: side))) &* seed
        key ^= key >> 32
        return key
    }

    func find(_ side: SideIndex, in index: Index) -> Int32? { places.find(key(side, index)) }

    /// The part of a side, begun where there is none.
    private mutating func part(of side: SideIndex, in index: Index, at frame: UInt64) -> Int {
        if let known = find(side, in: index) { return Int(known) }
        let new = Int32(truncatingIfNeeded: parts.count)
        parts.append(Part(side: side, hasSince: frame))
        link(new, in: index)
        return Int(new)
    }

    private mutating func link(_ part: Int32, in index: Index) {
        places.set(key(parts[Int(part)].side, index), part)
        let last = entries[Int(index)].lastPart
        if last == Self.none { entries[Int(index)].firstPart = part } else { parts[Int(last)].next = part }
        entries[Int(index)].lastPart = part
        entries[Int(index)].partCount &+= 1
    }

    private mutating func noteAnnouncement(_ part: Int32, in index: Index) {
        guard parts[Int(part)].announced > 0 else { return }
        let first = entries[Int(index)].firstAnnounced
        if first == Self.none || parts[Int(part)].announced < parts[Int(first)].announced {
            entries[Int(index)].firstAnnounced = part
        }
    }

    /// A side announces it; nothing comes of a repetition.
    mutating func announce(_ index: Index, by side: SideIndex, _ origin: Origin) {
        let part = part(of: side, in: index, at: origin.frame)
        guard parts[part].announced == 0 else { return }
        parts[part].announced = origin.frame
        parts[part].announcedTime = origin.time
        noteAnnouncement(Int32(truncatingIfNeeded: part), in: index)
    }

    /// A side sends it to another.
    ///
    /// - Returns: Whether the other was sent it before; else it is noted.
    mutating func deliver(
        _ index: Index, from side: SideIndex, to other: SideIndex, _ origin: Origin, bytes: UInt64
    ) -> Bool {
        _ = part(of: side, in: index, at: origin.frame)
        let had = find(other, in: index) != nil
        let part = part(of: other, in: index, at: origin.frame)
        guard parts[part].reception == Self.none else { return true }
        parts[part].reception = Int32(truncatingIfNeeded: receptions.count)
        receptions.append(Reception(frame: origin.frame, time: origin.time, bytes: bytes, isDuplicate: had))
        return false
    }

    /// Somebody asks a side for it: its announcement, if this is the first time, in a later frame than that.
    mutating func choose(_ index: Index, of side: SideIndex, in frame: UInt64) -> Origin? {
        guard let part = find(side, in: index) else { return nil }
        let announced = parts[Int(part)].announced
        guard announced > 0, announced < frame, !parts[Int(part)].isChosen else { return nil }
        parts[Int(part)].isChosen = true
        return Origin(frame: announced, time: parts[Int(part)].announcedTime)
    }

    /// The parts of an entry.
    func forEachPart(of entry: Entry, _ body: (Part) -> Void) {
        var next = entry.firstPart
        while next != Self.none {
            body(parts[Int(next)])
            next = parts[Int(next)].next
        }
    }

    func part(_ place: Int32) -> Part? { place == Self.none ? nil : parts[Int(place)] }
    func reception(of part: Part) -> Reception? {
        part.reception == Self.none ? nil : receptions[Int(part.reception)]
    }
}

/// A side of a connection: twice the place of its conversation, and one more for the backward side.
typealias SideIndex = Int32
