import Fields

/// What a ``RecordSink`` looks at; nothing else of a record is made.
public struct Wants: Sendable {
    public var depth: Depth
    /// Whether ``Record/info`` is looked at.
    public var info: Bool
    /// Whether payloads are read to find those that are malformed, even where neither info nor tree is looked at.
    public var outcome: Bool
    /// Whether ``Record/frames`` is looked at.
    public var frames: Bool
    /// The fields that are looked at, where only those are that somebody named; else none.
    ///
    /// Some are made only where they are named: to who names none the tree is shown without them.
    public var fields: Set<Field>

    /// - Parameter frames: Where nil, wanted with the whole tree, which shows them.
    public init(
        _ depth: Depth, info: Bool = false, outcome: Bool = false, frames: Bool? = nil, fields: Set<Field> = []
    ) {
        self.depth = depth
        self.info = info
        self.outcome = outcome
        self.frames = frames ?? (depth == .tree)
        self.fields = fields
    }

    /// What one of them looks at.
    public func union(_ other: Wants) -> Wants {
        Wants(
            max(depth, other.depth), info: info || other.info, outcome: outcome || other.outcome,
            frames: frames || other.frames, fields: fields.union(other.fields))
    }
}
