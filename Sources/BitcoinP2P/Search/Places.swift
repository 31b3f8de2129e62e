import Fields

/// Where in a message something was found, in the words of its tree.
public struct Places: Sendable {
    /// At most ``limit``, in the order of the tree: `Inventory vector 3 › Data hash`.
    public private(set) var texts: [TextBuffer] = []
    /// How many there are beside these.
    public private(set) var more = 0

    private static let limit = 1_000

    public init() {}

    public var isEmpty: Bool { texts.isEmpty }

    mutating func removeAll() {
        texts.removeAll(keepingCapacity: true)
        more = 0
    }

    /// Adds a place; it is written only where there is room.
    mutating func add(_ write: (inout TextBuffer) -> Void) {
        guard texts.count < Self.limit else {
            more += 1
            return
        }
        var text = TextBuffer()
        write(&text)
        texts.append(text)
    }
}
