import Fields

/// What a ``RecordSink`` looks at; nothing else of a record is made.
public struct Wants: Sendable {
    public var depth: Depth
    /// Whether frame, IP, TCP and the message's header are looked at where only named fields are, and none of theirs is
    /// named. A whole tree has them anyway.
    public var header: Bool
    /// Whether ``Record/info`` is looked at.
    public var info: Bool
    /// Whether payloads are read to find those that are malformed, even where neither info nor tree is looked at.
    public var outcome: Bool
    /// Whether ``Record/frames`` is looked at.
    public var frames: Bool
    /// Whether all is looked at that is known of the packet that completed a message, where there is one.
    public var packets: Bool
    /// The fields that are looked at, where only those are that somebody named; else none.
    ///
    /// Some are made only where they are named: to who names none the tree is shown without them.
    ///
    /// The payload is read for them as far as need be, whatever ``depth`` is. Frame, IP, TCP and header are laid out if a
    /// field is named that is not of a payload, or ``header`` says so.
    public var fields: Set<Field>
    /// Remarks that are looked at where no tree is made.
    public var remarks: Set<Remark>

    /// - Parameters:
    ///   - header: Where nil, wanted at the depth that is called so.
    ///   - frames: Where nil, wanted with the tree, which shows them.
    public init(
        _ depth: Depth, header: Bool? = nil, info: Bool = false, outcome: Bool = false, frames: Bool? = nil,
        packets: Bool = false, fields: Set<Field> = [], remarks: Set<Remark> = []
    ) {
        self.depth = depth
        self.header = header ?? (depth == .header)
        self.info = info
        self.outcome = outcome
        self.frames = frames ?? (depth == .tree)
        self.packets = packets
        self.fields = fields
        self.remarks = remarks
    }

    /// What one of them looks at.
    public func union(_ other: Wants) -> Wants {
        Wants(
            max(depth, other.depth), header: header || other.header, info: info || other.info,
            outcome: outcome || other.outcome, frames: frames || other.frames, packets: packets || other.packets,
            fields: fields.union(other.fields), remarks: remarks.union(other.remarks))
    }
}
