/// Contiguous bytes of a stream: grows at both ends, shrinks at the front.
///
/// Memory grows geometrically with the bytes that really came, never with a length that somebody claims.
@usableFromInline struct StreamBuffer: Sendable {
    @usableFromInline var storage: ContiguousArray<UInt8> = []
    /// Index of the first byte held; what lies before is free.
    @usableFromInline var head = 0

    @usableFromInline init() {}
}

// Invariant: 0 ≤ head ≤ storage.count; an empty buffer has head == 0 and an empty storage (which may keep capacity).
extension StreamBuffer {
    /// An empty buffer keeps up to this capacity.
    @usableFromInline static var keptCapacity: Int { 4096 }

    @inlinable var count: Int { storage.count - head }
    @inlinable var isEmpty: Bool { head == storage.count }
    @inlinable var capacity: Int { storage.capacity }

    /// The bytes held.
    @inlinable var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get { storage.span.bytes.extracting(droppingFirst: head) }
    }

    /// The smallest range of `bytes` in which it differs from the bytes held at `start`, nil if it does not. All of
    /// them must be held.
    @usableFromInline func difference(from bytes: RawSpan, at start: Int) -> Range<Int>? {
        Reassembly.difference(self.bytes.extracting(start..<start + bytes.byteCount), bytes)
    }

    /// Copies `bytes` to the end; a buffer that outgrows `keptCapacity` looks for room in `spares` first.
    @usableFromInline mutating func append(_ bytes: RawSpan, spares: inout SpareBuffers) {
        let added = bytes.byteCount
        if storage.count + added > storage.capacity { makeRoom(for: added, spares: &spares) }
        bytes.withUnsafeBytes { storage.append(contentsOf: $0) }
    }

    private mutating func makeRoom(for added: Int, spares: inout SpareBuffers) {
        // Sliding pays when at least half of the storage is free: each byte is then moved at most once per byte freed.
        if head > 0, head >= count, count + added <= storage.capacity {
            storage.removeSubrange(0..<head)
            head = 0
            return
        }
        let needed = count + added
        var grown = spares.take(needed)
        if grown.capacity < needed {
            grown = []
            // Doubling, by a quarter once that is 4 MiB, so that little is reserved in vain.
            let capacity = storage.capacity
            let step = min(capacity, max(capacity / 4, 4 << 20))
            grown.reserveCapacity(max(needed, capacity + step, 256))
        }
        self.bytes.withUnsafeBytes { grown.append(contentsOf: $0) }
        swap(&storage, &grown)
        head = 0
        spares.give(&grown)
    }

    /// Copies `bytes` to the front.
    @usableFromInline mutating func prepend(_ bytes: RawSpan) {
        let added = bytes.byteCount
        if head < added {
            // As much room as there are bytes, so that prepending is linear in all.
            let slack = added + count
            var grown = ContiguousArray<UInt8>()
            grown.reserveCapacity(slack + count)
            grown.append(contentsOf: repeatElement(0, count: slack))
            self.bytes.withUnsafeBytes { grown.append(contentsOf: $0) }
            storage = grown
            head = slack
        }
        head -= added
        let place = head
        bytes.withUnsafeBytes { source in
            storage.withUnsafeMutableBytes { target in
                target[place..<place + added].copyBytes(from: source)
            }
        }
    }

    /// Forgets the first `count` bytes (at most all).
    @usableFromInline mutating func consume(_ count: Int, spares: inout SpareBuffers) {
        head += min(count, self.count)
        if head == storage.count { clear(spares: &spares) }
    }

    /// Forgets all bytes and gives a big storage back.
    @usableFromInline mutating func clear(spares: inout SpareBuffers) {
        head = 0
        if storage.capacity > Self.keptCapacity {
            var given = ContiguousArray<UInt8>()
            swap(&given, &storage)
            spares.give(&given)
        } else {
            storage.removeAll(keepingCapacity: true)
        }
    }
}

/// A few big buffers that are out of use, so that a stream of large messages does not allocate for each.
@usableFromInline struct SpareBuffers: Sendable {
    private var spares: ContiguousArray<ContiguousArray<UInt8>> = []
    /// The capacity of all spares, in bytes.
    @usableFromInline private(set) var footprint = 0
    private let maximumBytes: Int
    private static let maximumCount = 16

    @usableFromInline init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// An empty array with room for `needed` bytes, or one without any room when there is no such spare or the need is
    /// small. The smallest that fits is taken, and none that is far too big.
    @usableFromInline mutating func take(_ needed: Int) -> ContiguousArray<UInt8> {
        guard needed > StreamBuffer.keptCapacity, !spares.isEmpty else { return [] }
        var best = -1
        for index in spares.indices {
            let capacity = spares[index].capacity
            guard capacity >= needed, capacity / 64 <= needed else { continue }
            if best < 0 || capacity < spares[best].capacity { best = index }
        }
        guard best >= 0 else { return [] }
        spares.swapAt(best, spares.count - 1)
        let taken = spares.removeLast()
        footprint -= taken.capacity
        return taken
    }

    /// Takes over `buffer`'s storage if it is worth keeping; `buffer` is without storage afterwards.
    @usableFromInline mutating func give(_ buffer: inout ContiguousArray<UInt8>) {
        var given = ContiguousArray<UInt8>()
        swap(&given, &buffer)
        let capacity = given.capacity
        if spares.count == Self.maximumCount { dropSmallest(under: capacity) }
        guard capacity > StreamBuffer.keptCapacity, spares.count < Self.maximumCount,
            footprint + capacity <= maximumBytes
        else { return }
        given.removeAll(keepingCapacity: true)
        footprint += capacity
        spares.append(given)
    }

    /// Makes room for a bigger one: else the small ones that a growing buffer leaves behind would keep it out.
    private mutating func dropSmallest(under limit: Int) {
        var smallest = 0
        for index in spares.indices where spares[index].capacity < spares[smallest].capacity { smallest = index }
        guard spares[smallest].capacity < limit else { return }
        footprint -= spares[smallest].capacity
        spares.swapAt(smallest, spares.count - 1)
        spares.removeLast()
    }

    @usableFromInline mutating func removeAll() {
        spares = []
        footprint = 0
    }
}
