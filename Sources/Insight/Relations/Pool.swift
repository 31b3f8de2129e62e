/// Values by their places; a place that was freed is given again.
struct Pool<Element> {
    private var elements: ContiguousArray<Element> = []
    private var free: ContiguousArray<Int32> = []

    /// How many there are.
    var count: Int { elements.count - free.count }
    /// How many places were given so far, free ones among them.
    var placeCount: Int { elements.count }

    subscript(place: Int32) -> Element {
        _read { yield elements[Int(place)] }
        _modify { yield &elements[Int(place)] }
    }

    /// The place of a new one.
    mutating func insert(_ element: Element) -> Int32 {
        if let place = free.popLast() {
            elements[Int(place)] = element
            return place
        }
        elements.append(element)
        return Int32(truncatingIfNeeded: elements.count - 1)
    }

    /// The same; nil where there are as many as may be.
    mutating func insert(_ element: Element, upTo limit: Int) -> Int32? { count < limit ? insert(element) : nil }

    /// Frees a place; what stands there stays until it is given again.
    mutating func release(_ place: Int32) { free.append(place) }
}
