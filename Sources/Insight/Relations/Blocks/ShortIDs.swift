/// The short ids of one compact block, and which transactions seen before they stand for: a flat table with linear probing,
/// at most a quarter full.
///
/// Peers choose short ids: where one is found depends on a random seed.
package struct ShortIDs: Sendable {
    /// A place among the transactions seen, or one of these.
    private static let unknown: Int32 = -1
    private static let several: Int32 = -2

    private struct Slot {
        /// The short id, which has 48 bits, and a bit beyond them; 0 in a free slot.
        var word: UInt64 = 0
        var place = ShortIDs.unknown
    }

    private var slots: ContiguousArray<Slot>
    private let mask: Int
    private static let seed = UInt64.random(in: 0 ... .max)
    private static let factor = UInt64.random(in: 0 ... .max) | 1
    private static let mark: UInt64 = 1 << 48

    package init(_ ids: ContiguousArray<UInt64>) {
        var size = 16
        while size < ids.count &* 4 { size &*= 2 }
        slots = ContiguousArray(repeating: Slot(), count: size)
        mask = size &- 1
        for id in ids {
            let slot = slot(of: id)
            slots[slot].word = id | Self.mark
        }
    }

    /// Where a short id is, or would be.
    private func slot(of id: UInt64) -> Int {
        let word = id | Self.mark
        let mixed = (word ^ Self.seed) &* Self.factor
        var slot = Int(truncatingIfNeeded: (mixed ^ mixed >> 32)) & mask
        while slots[slot].word != 0, slots[slot].word != word { slot = (slot &+ 1) & mask }
        return slot
    }

    /// A transaction has that short id.
    ///
    /// - Parameter isSame: Whether it is the one at a place, under another name.
    mutating func note(_ id: UInt64, _ place: Int32, isSame: (Int32) -> Bool) {
        let slot = slot(of: id)
        guard slots[slot].word != 0 else { return }
        let known = slots[slot].place
        if known == Self.unknown {
            slots[slot].place = place
        } else if known >= 0, !isSame(known) {
            slots[slot].place = Self.several
        }
    }

    /// The place of the one transaction that a short id stands for; nil where there is none, or are several.
    package func place(of id: UInt64) -> Int? {
        let place = slots[slot(of: id)].place
        return place < 0 ? nil : Int(place)
    }

    /// Whether several transactions have that short id.
    package func isAmbiguous(_ id: UInt64) -> Bool { slots[slot(of: id)].place == Self.several }
}
