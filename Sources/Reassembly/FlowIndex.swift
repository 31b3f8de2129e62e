/// Finds a connection's slot by its key: open addressing with linear probing, eight bytes a place.
@usableFromInline struct FlowIndex: Sendable {
    /// The upper half is the key's hash, the lower half its slot plus one; 0 is a free place.
    @usableFromInline var places: ContiguousArray<UInt64>
    private var count = 0

    @usableFromInline init() {
        places = ContiguousArray(repeating: 0, count: 64)
    }
}

// Invariants: places.count is a power of two, at most half of it is taken; between the place an entry's hash points to
// and the place it is at none is free.
extension FlowIndex {
    @usableFromInline static func hash(_ key: FlowKey) -> UInt32 {
        UInt32(truncatingIfNeeded: key.hashValue)
    }

    private var mask: Int { places.count - 1 }

    @usableFromInline func find(_ key: FlowKey, _ hash: UInt32, in connections: ContiguousArray<Connection>) -> Int? {
        var place = Int(hash) & mask
        while places[place] != 0 {
            if UInt32(truncatingIfNeeded: places[place] >> 32) == hash {
                let slot = Int(places[place] & 0xffff_ffff) - 1
                if connections[slot].key == key { return slot }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds a slot whose key is not there.
    @usableFromInline mutating func insert(_ slot: Int, _ hash: UInt32) {
        if (count + 1) * 2 > places.count { grow() }
        put(UInt64(hash) << 32 | UInt64(slot + 1))
        count += 1
    }

    private mutating func put(_ entry: UInt64) {
        var place = Int(entry >> 32) & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = entry
    }

    private mutating func grow() {
        var old = ContiguousArray<UInt64>(repeating: 0, count: places.count * 2)
        swap(&old, &places)
        for entry in old where entry != 0 { put(entry) }
    }

    @usableFromInline mutating func remove(_ slot: Int, _ hash: UInt32) {
        let entry = UInt64(hash) << 32 | UInt64(slot + 1)
        var hole = Int(hash) & mask
        while places[hole] != entry {
            if places[hole] == 0 { return }
            hole = (hole + 1) & mask
        }
        // Move later entries of the same cluster back, so that none is cut off from where its hash points to.
        var place = hole
        while true {
            place = (place + 1) & mask
            let other = places[place]
            if other == 0 { break }
            let wanted = Int(other >> 32) & mask
            if (place - wanted) & mask >= (place - hole) & mask {
                places[hole] = other
                hole = place
            }
        }
        places[hole] = 0
        count -= 1
    }
}
