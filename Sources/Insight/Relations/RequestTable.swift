/// Chains of requests, found by digests of their keys: a flat table with linear probing, at most half full.
///
/// Digests depend on a random seed, so that no peer can choose keys that crowd together.
struct RequestTable {
    typealias Index = WaitingRequests.Index

    struct Chain {
        var digest: UInt64
        /// The oldest request; negative in a free slot.
        var first: Index
        var last: Index

        fileprivate static let none = Chain(digest: 0, first: -1, last: -1)
        fileprivate var isFree: Bool { first < 0 }
    }

    private var slots: ContiguousArray<Chain> = []
    private var count = 0

    private var mask: Int { slots.count &- 1 }

    private func home(_ digest: UInt64) -> Int { Int(truncatingIfNeeded: digest) & mask }

    /// The chain of a digest; nil where there is none.
    func find(_ digest: UInt64) -> Chain? { place(of: digest).map { slots[$0] } }

    private func place(of digest: UInt64) -> Int? {
        guard count > 0 else { return nil }
        var place = home(digest)
        while !slots[place].isFree {
            if slots[place].digest == digest { return place }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Appends a request to the chain of a digest; answers the one before it.
    mutating func append(_ index: Index, to digest: UInt64) -> Index? {
        if let place = place(of: digest) {
            defer { slots[place].last = index }
            return slots[place].last
        }
        if count &* 2 >= slots.count { grow() }
        insert(Chain(digest: digest, first: index, last: index))
        count &+= 1
        return nil
    }

    /// Takes the oldest request out of its chain.
    ///
    /// - Parameter next: The one after it; nil where it is the only one.
    mutating func removeFirst(of digest: UInt64, next: Index?) {
        guard let place = place(of: digest) else { return }
        if let next {
            slots[place].first = next
        } else {
            free(place)
            count &-= 1
        }
    }

    private mutating func insert(_ chain: Chain) {
        var place = home(chain.digest)
        while !slots[place].isFree { place = (place &+ 1) & mask }
        slots[place] = chain
    }

    /// Frees a slot, and moves what was displaced by it.
    private mutating func free(_ place: Int) {
        var hole = place
        var next = (hole &+ 1) & mask
        while !slots[next].isFree {
            let distance = (next &- home(slots[next].digest)) & mask
            if distance >= (next &- hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        slots[hole] = .none
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: .none, count: max(16, old.count &* 2))
        for chain in old where !chain.isFree { insert(chain) }
    }
}
