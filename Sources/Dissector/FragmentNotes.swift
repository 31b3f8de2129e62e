import Reassembly

/// What is remembered of packets that came in fragments: of the last ones.
struct FragmentNotes {
    private struct Entry {
        var frame: UInt64
        var id: StreamID
        var ends: Ends
    }

    /// In order of their frames.
    private var entries: [Entry] = []
    /// Frames that completed a packet whose fragments overlap and differ.
    private(set) var contested: Set<UInt64> = []

    private static let capacity = 4096

    /// A frame completed a packet of a stream.
    mutating func note(_ frame: UInt64, of id: StreamID, _ ends: Ends) {
        if entries.count == Self.capacity { entries.removeFirst(Self.capacity / 2) }
        entries.append(Entry(frame: frame, id: id, ends: ends))
    }

    mutating func noteContested(_ frame: UInt64) {
        if contested.count == Self.capacity { contested = [] }
        contested.insert(frame)
    }

    /// The stream of the packet that a frame completed.
    func stream(of frame: UInt64) -> (id: StreamID, ends: Ends)? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].frame < frame { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].frame == frame else { return nil }
        return (entries[low].id, entries[low].ends)
    }
}
