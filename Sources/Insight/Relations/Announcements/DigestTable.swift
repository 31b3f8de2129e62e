/// A flat table from digests to indexes, with linear probing and at most three quarters full. Nothing is taken out of it
/// but all at once.
///
/// Digests depend on a random seed, so that no peer can choose keys that crowd together.
struct DigestTable {
    private struct Slot {
        var digest: UInt64
        /// Negative in a free slot.
        var index: Int32

        static let free = Slot(digest: 0, index: -1)
    }

    private var slots: ContiguousArray<Slot> = []
    private(set) var count = 0

    private var mask: Int { slots.count &- 1 }

    /// The index of a digest; nil where there is none.
    func find(_ digest: UInt64) -> Int32? {
        guard count > 0 else { return nil }
        var place = Int(truncatingIfNeeded: digest) & mask
        while true {
            let slot = slots[place]
            if slot.index < 0 { return nil }
            if slot.digest == digest { return slot.index }
            place = (place &+ 1) & mask
        }
    }

    /// Sets the index of a digest.
    mutating func set(_ digest: UInt64, _ index: Int32) {
        if count &* 4 >= slots.count &* 3 { grow() }
        var place = Int(truncatingIfNeeded: digest) & mask
        while slots[place].index >= 0, slots[place].digest != digest { place = (place &+ 1) & mask }
        if slots[place].index < 0 { count &+= 1 }
        slots[place] = Slot(digest: digest, index: index)
    }

    /// Removes all, and keeps the room.
    mutating func removeAll() {
        guard count > 0 else { return }
        for place in slots.indices { slots[place] = .free }
        count = 0
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: .free, count: max(16, old.count &* 2))
        for slot in old where slot.index >= 0 {
            var place = Int(truncatingIfNeeded: slot.digest) & mask
            while slots[place].index >= 0 { place = (place &+ 1) & mask }
            slots[place] = slot
        }
    }
}
