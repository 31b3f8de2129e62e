/// A heap of deadlines, one for each of some small numbers.
@usableFromInline struct DeadlineQueue: Sendable {
    private var heap: ContiguousArray<(deadline: Int64, item: Int32)> = []
    /// For each item its place in the heap, or -1.
    private var places: ContiguousArray<Int32> = []
    /// The first deadline; the highest number if there is none.
    @usableFromInline private(set) var earliest = Int64.max

    @usableFromInline init() {}
}

// Invariant: no entry's deadline is before that of its parent; places[heap[i].item] == i, and every other place is -1.
extension DeadlineQueue {
    /// The item whose deadline is the first.
    @usableFromInline var first: Int? { heap.first.map { Int($0.item) } }

    /// Sets the deadline of `item`, or takes it out of the queue.
    @usableFromInline mutating func set(_ item: Int, _ deadline: Int64?) {
        if places.count <= item {
            if deadline == nil { return }
            places.append(contentsOf: repeatElement(-1, count: item + 1 - places.count))
        }
        let place = Int(places[item])
        switch (place, deadline) {
        case (0..., let deadline?):
            if heap[place].deadline == deadline { return }
            heap[place].deadline = deadline
            rise(place)
            sink(place)
        case (_, let deadline?):
            heap.append((deadline, Int32(item)))
            places[item] = Int32(heap.count - 1)
            rise(heap.count - 1)
        case (0..., nil):
            places[item] = -1
            let last = heap.removeLast()
            if place < heap.count {
                put(last, at: place)
                rise(place)
                sink(place)
            }
        default:
            break
        }
        earliest = heap.first?.deadline ?? .max
    }

    private mutating func put(_ entry: (deadline: Int64, item: Int32), at place: Int) {
        heap[place] = entry
        places[Int(entry.item)] = Int32(place)
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard heap[place].deadline < heap[parent].deadline else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2 where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            if least == place { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        let entry = heap[one]
        put(heap[other], at: one)
        put(entry, at: other)
    }
}
