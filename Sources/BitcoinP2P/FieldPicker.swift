import Fields

/// Reads the values of a few declared fields of one message after another, without a tree of all.
public struct FieldPicker: ~Copyable {
    /// The nodes of what was read last.
    public private(set) var tree = Tree()

    public init() {}

    /// Reads those fields, and the remarks of which somebody wants to know.
    ///
    /// - Parameter start: Where in `bytes` the payload begins.
    @discardableResult
    public mutating func read(
        _ type: MessageType, _ bytes: RawSpan, from start: Int, _ context: MessageContext, wanted: FieldSet,
        remarks: Set<Remark> = []
    ) -> Outcome {
        var kept = Tree()
        swap(&kept, &tree)
        kept.removeAll()
        var pick = PickSink(TreeSink(kept, wantsInfo: false), wanted: wanted, remarks: remarks)
        let outcome = type.pick(bytes, from: start, context, into: &pick)
        let sink = pick.finish()
        tree = sink.tree
        return outcome
    }

    /// The first node of a field, if all its bytes were there.
    public func first(_ field: Field) -> Node? {
        tree.nodes.first { $0.field == field && !$0.flags.contains(.truncated) }
    }

    public func value(_ field: Field) -> UInt64? { first(field)?.value }

    /// Whether a field has one of some values anywhere.
    public func contains(_ field: Field, where isWanted: (UInt64) -> Bool) -> Bool {
        tree.nodes.contains { $0.field == field && !$0.flags.contains(.truncated) && isWanted($0.value) }
    }

    /// The first `limit` bytes of a field.
    public func bytes(_ field: Field, in message: RawSpan, atMost limit: Int) -> [UInt8]? {
        first(field).map { tree.bytes(of: $0, in: message).withUnsafeBytes { Array($0.prefix(limit)) } }
    }

    /// The hash that a field has.
    public func hash(_ field: Field, in message: RawSpan) -> Hash256? {
        first(field).flatMap { Hash256(tree.bytes(of: $0, in: message), at: 0) }
    }
}
