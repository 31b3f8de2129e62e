import BitcoinP2P
import Reassembly

/// Who announced which blocks, who asked for them, and how they came.
///
/// Which side is the node is known only at the end: all is kept by side, and judged when rows are made.
struct BlockBook {
    struct Limits {
        /// Blocks that somebody announced.
        var announced = 10_000
        /// Blocks that were delivered or asked for, and not announced so far.
        var silent = 10_000
        /// Sides of blocks, of 56 bytes each.
        var parts = 1 << 18
        /// `block` messages, of 72 bytes each.
        var deliveries = 100_000
        var compactBlocks = 10_000
        /// Blocks of which only a digest is kept, of 8 bytes each.
        var digests = 250_000
    }

    struct Block {
        let hash: Hash256
        var isAnnounced = false
        /// Sides that did something with it, the newest first.
        fileprivate(set) var part = BlockBook.none
        /// The first announcement of all.
        fileprivate(set) var firstAnnouncer = BlockBook.none
        fileprivate(set) var delivery = BlockBook.none
        fileprivate var lastDelivery = BlockBook.none
        /// Of its first `block` message.
        fileprivate(set) var length: UInt64?
        /// Deliveries before any announcement stand in ``BlockBook/sync`` alone.
        fileprivate(set) var isCounted = false
        /// It was announced, and made room for newer ones: it has no row of its own.
        fileprivate(set) var isDropped = false
        /// Sides that did something with it found no room.
        fileprivate var lacksParts = false
    }

    static let none: Int32 = -1

    private let limits: Limits
    private var blocks = Pool<Block>()
    private var places: [Hash256: Int32] = [:]
    /// Those that were announced, the oldest first.
    private var announced: ContiguousArray<Int32> = []
    /// How many of these are dropped.
    private var droppedCount = 0
    /// Blocks that nobody announced, the oldest first; some of them were announced since.
    private var silent = SilentBlocks()
    private var parts = Pool<BlockPart>()
    private var partPlaces: [UInt64: Int32] = [:]
    private var deliveries = Pool<BlockDelivery>()
    private(set) var compactBlocks: ContiguousArray<CompactBlockFact> = []
    /// Compact blocks of which transactions were asked for, by the asking message.
    private var asked: [UInt64: Int32] = [:]
    /// Blocks that came, were announced by nobody, and are forgotten.
    private var passed: Set<Int> = []
    /// Digests of announced blocks that have no row, and how many those are.
    private var others: Set<Int> = []
    private(set) var otherBlocks: UInt64 = 0
    private(set) var otherCompactBlocks: UInt64 = 0
    /// Of blocks that nobody had announced and that are forgotten, by who sent them.
    private(set) var sync: [ConnectionSide: SyncTally] = [:]
    /// When the first thing was dropped.
    private(set) var forgottenTime: Int64?
    /// When finding what short ids stand for was too much for the first time.
    private(set) var unresolvedTime: Int64?

    init(limits: Limits = Limits()) { self.limits = limits }

    // MARK: What is known

    /// A block by its hash.
    func block(_ hash: Hash256) -> Block? { places[hash].map { blocks[$0] } }

    /// Announced or not, also those that have no row of their own.
    var knownBlocks: some Sequence<Block> { places.values.lazy.map { [blocks] in blocks[$0] } }

    func forEachPart(of block: Block, _ body: (BlockPart) -> Void) {
        var next = block.part
        while next != Self.none {
            body(parts[next])
            next = parts[next].next
        }
    }

    func forEachDelivery(of block: Block, _ body: (BlockDelivery) -> Void) {
        var next = block.delivery
        while next != Self.none {
            body(deliveries[next])
            next = deliveries[next].next
        }
    }

    /// The first announcement of a block so far, and that of one side.
    func announcements(of hash: Hash256, by side: ConnectionSide) -> (first: BlockPart, own: BlockPart?)? {
        guard let place = places[hash], blocks[place].firstAnnouncer != Self.none else { return nil }
        let own = partPlaces[side.key(with: place)].map { parts[$0] }
        return (parts[blocks[place].firstAnnouncer], own.flatMap { $0.form == nil ? nil : $0 })
    }

    // MARK: Announcements

    mutating func announce(_ hash: Hash256, by side: ConnectionSide, _ form: BlockForm, _ message: MessagePlace) {
        guard let place = place(of: hash, isAnnounced: true, message.complete.time),
            let part = part(of: place, side, message.complete.time), parts[part].form == nil
        else { return }
        parts[part].form = form
        parts[part].announced = message.complete
        parts[part].announcedOrder = message.order
        parts[part].hadOrder = min(parts[part].hadOrder, message.order)
        if blocks[place].firstAnnouncer == Self.none { blocks[place].firstAnnouncer = part }
    }

    // MARK: Blocks

    /// A `block` message comes.
    mutating func deliver(_ hash: Hash256, _ delivery: BlockDelivery) {
        guard let place = place(of: hash, isAnnounced: false, delivery.complete.time) else { return }
        if let part = part(of: place, delivery.side, delivery.complete.time) {
            parts[part].hadOrder = min(parts[part].hadOrder, delivery.order)
        }
        if blocks[place].length == nil { blocks[place].length = delivery.length }
        if blocks[place].isAnnounced {
            while deliveries.count >= limits.deliveries, dropOldest(except: place, delivery.complete.time) {}
        }
        guard let index = deliveries.insert(delivery, upTo: limits.deliveries) else {
            if blocks[place].isAnnounced { return forget(delivery.complete.time) }
            blocks[place].isCounted = true
            return count(delivery)
        }
        let last = blocks[place].lastDelivery
        if last == Self.none {
            blocks[place].delivery = index
        } else {
            deliveries[last].next = index
        }
        blocks[place].lastDelivery = index
    }

    private mutating func count(_ delivery: BlockDelivery) {
        sync[delivery.side, default: SyncTally()].add(
            bytes: delivery.length, from: delivery.first.time, to: delivery.complete.time)
    }

    /// A `cmpctblock` comes.
    mutating func receive(_ compact: CompactBlockFact) {
        guard compactBlocks.count < limits.compactBlocks else {
            otherCompactBlocks &+= 1
            return forget(compact.place.complete.time)
        }
        var compact = compact
        let index = Int32(truncatingIfNeeded: compactBlocks.count)
        if let place = place(of: compact.hash, isAnnounced: false, compact.place.complete.time) {
            if let part = part(of: place, compact.side, compact.place.complete.time) {
                compact.previous = parts[part].compact
                parts[part].compact = index
                parts[part].hadOrder = min(parts[part].hadOrder, compact.place.order)
            } else {
                // What its receiver asks for cannot be said to be about it.
                forget(compact.place.complete.time)
            }
        }
        compactBlocks.append(compact)
    }

    // MARK: Requests

    /// A side asks for a block in some form.
    ///
    /// - Parameter isWhole: Not for a compact one.
    mutating func ask(for hash: Hash256, by side: ConnectionSide, isWhole: Bool, _ message: MessagePlace) {
        guard let place = noteAsking(for: hash, by: side, message), isWhole,
            let index = compact(of: place, sentTo: side, before: message)
        else { return }
        compactBlocks[index].isBlockAsked = true
    }

    /// A side asks for transactions of a block.
    mutating func askForTransactions(
        _ indexes: UInt64, of hash: Hash256, by side: ConnectionSide, _ message: MessagePlace
    ) {
        guard let place = noteAsking(for: hash, by: side, message),
            let index = compact(of: place, sentTo: side, before: message), compactBlocks[index].request == nil
        else { return }
        compactBlocks[index].request = CompactBlockFact.Request(order: message.order, indexes: indexes)
        asked[message.order] = Int32(truncatingIfNeeded: index)
    }

    private mutating func noteAsking(
        for hash: Hash256, by side: ConnectionSide, _ message: MessagePlace
    ) -> Int32? {
        guard let place = place(of: hash, isAnnounced: false, message.complete.time),
            let part = part(of: place, side, message.complete.time)
        else { return nil }
        parts[part].hasAsked = true
        return place
    }

    /// The newest compact block that a side got in a frame before a message of its own began.
    private func compact(of place: Int32, sentTo side: ConnectionSide, before message: MessagePlace) -> Int? {
        guard let part = partPlaces[side.opposite.key(with: place)] else { return nil }
        var index = parts[part].compact
        // Only those are passed that came while the message was on its way.
        for _ in 0..<64 {
            guard index != Self.none else { return nil }
            if compactBlocks[Int(index)].place.complete.frame < message.first.frame { return Int(index) }
            index = compactBlocks[Int(index)].previous
        }
        return nil
    }

    /// A message answers the `getblocktxn` of that order.
    ///
    /// - Returns: The compact block of which it asked for transactions.
    @discardableResult
    mutating func answer(_ request: UInt64, _ answer: CompactBlockFact.Answer) -> CompactBlockFact? {
        guard let index = asked.removeValue(forKey: request) else { return nil }
        compactBlocks[Int(index)].request?.answer = answer
        return compactBlocks[Int(index)]
    }

    // MARK: Places

    /// Something is dropped.
    private mutating func forget(_ time: Int64) { forgottenTime = forgottenTime ?? time }

    /// What short ids stand for was too much to find out.
    mutating func leaveUnresolved(_ time: Int64) { unresolvedTime = unresolvedTime ?? time }

    /// Where a block is; it begins one where there is room.
    private mutating func place(of hash: Hash256, isAnnounced: Bool, _ time: Int64) -> Int32? {
        if let place = places[hash] {
            guard !blocks[place].isDropped else { return nil }
            guard isAnnounced, !blocks[place].isAnnounced else { return place }
            guard announced.count < limits.announced else {
                noteOther(hash, time)
                return nil
            }
            if blocks[place].lacksParts { forget(time) }
            blocks[place].isAnnounced = true
            announced.append(place)
            silent.count -= 1
            return place
        }
        if isAnnounced {
            // It had come before anybody announced it.
            if passed.contains(hash.hashValue) { return nil }
            guard announced.count < limits.announced else {
                noteOther(hash, time)
                return nil
            }
        } else if silent.count >= limits.silent {
            _ = dropSilent(time)
        }
        let block = Block(hash: hash, isAnnounced: isAnnounced)
        let place = blocks.insert(block)
        places[hash] = place
        if isAnnounced { announced.append(place) } else { silent.append(place) }
        return place
    }

    private mutating func noteOther(_ hash: Hash256, _ time: Int64) {
        forget(time)
        // Of more than are remembered some count twice.
        guard others.count < limits.digests else { return otherBlocks &+= 1 }
        if others.insert(hash.hashValue).inserted { otherBlocks &+= 1 }
    }

    // MARK: Room

    /// Makes room for what an announced block needs.
    ///
    /// Blocks that nobody announced go first: downloads of old ones are many, and are counted. Only then goes the oldest
    /// announced one.
    ///
    /// - Parameter kept: The block that needs it.
    /// - Returns: Whether there may be more room now.
    private mutating func dropOldest(except kept: Int32, _ time: Int64) -> Bool {
        if dropSilent(except: kept, time) { return true }
        guard blocks[kept].isAnnounced, droppedCount < announced.count, announced[droppedCount] != kept else {
            return false
        }
        dropAnnounced(announced[droppedCount], time)
        droppedCount += 1
        return true
    }

    /// Drops what is known of a block that was announced; what it cost before that stays.
    private mutating func dropAnnounced(_ place: Int32, _ time: Int64) {
        noteOther(blocks[place].hash, time)
        let first = blocks[place].firstAnnouncer
        let announcedOrder = first == Self.none ? UInt64.max : parts[first].announcedOrder
        release(place) { $0.order < announcedOrder }
        blocks[place].isDropped = true
        blocks[place].part = Self.none
        blocks[place].firstAnnouncer = Self.none
        blocks[place].delivery = Self.none
        blocks[place].lastDelivery = Self.none
    }

    /// Forgets the oldest block that nobody announced; what it cost its sender stays.
    ///
    /// - Returns: Whether there was one.
    private mutating func dropSilent(except kept: Int32 = BlockBook.none, _ time: Int64) -> Bool {
        while let place = silent.removeFirst() {
            if blocks[place].isAnnounced { continue }
            silent.count -= 1
            guard place != kept else {
                silent.append(place)
                if silent.count == 1 { return false }
                continue
            }
            release(place) { _ in true }
            let hash = blocks[place].hash
            if blocks[place].length != nil {
                if passed.count < limits.digests { passed.insert(hash.hashValue) } else { forget(time) }
            }
            places[hash] = nil
            blocks.release(place)
            return true
        }
        return false
    }

    /// Frees the room that sides and deliveries of a block take.
    ///
    /// - Parameter isSync: Whether a delivery came before any announcement.
    private mutating func release(_ place: Int32, counting isSync: (BlockDelivery) -> Bool) {
        var index = blocks[place].delivery
        while index != Self.none {
            if isSync(deliveries[index]) { count(deliveries[index]) }
            deliveries.release(index)
            index = deliveries[index].next
        }
        index = blocks[place].part
        while index != Self.none {
            partPlaces[parts[index].side.key(with: place)] = nil
            parts.release(index)
            index = parts[index].next
        }
    }

    /// What a side has done with a block; begins it where there is room.
    private mutating func part(of place: Int32, _ side: ConnectionSide, _ time: Int64) -> Int32? {
        let key = side.key(with: place)
        if let part = partPlaces[key] { return part }
        while parts.count >= limits.parts, dropOldest(except: place, time) {}
        var part = BlockPart(side: side)
        part.next = blocks[place].part
        guard let index = parts.insert(part, upTo: limits.parts) else {
            // Of a block that nobody announces nothing is lost: what comes of it is counted.
            if blocks[place].isAnnounced { forget(time) } else { blocks[place].lacksParts = true }
            return nil
        }
        partPlaces[key] = index
        blocks[place].part = index
        return index
    }
}

/// Places of blocks in the order in which they came.
private struct SilentBlocks {
    private var places: ContiguousArray<Int32> = []
    private var start = 0
    /// How many of them are still without an announcement.
    var count = 0

    mutating func append(_ place: Int32) {
        places.append(place)
        count += 1
    }

    mutating func removeFirst() -> Int32? {
        guard start < places.count else { return nil }
        defer { start += 1 }
        if start > 4_096, start > places.count / 2 {
            places.removeFirst(start)
            start = 0
        }
        return places[start]
    }
}
