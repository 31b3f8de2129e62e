import BitcoinP2P
import Fields

/// Reads the values of a few declared fields of one message after another, without a tree.
struct FieldPicker: ~Copyable {
    private var tree = Tree()

    /// Reads those fields, and the remarks of which somebody wants to know.
    ///
    /// - Parameter start: Where in `bytes` the payload begins.
    @discardableResult
    mutating func read(
        _ type: MessageType, _ bytes: RawSpan, from start: Int, _ network: Network?, wanted: FieldSet,
        remarks: Set<Remark> = []
    ) -> Outcome {
        var kept = Tree()
        swap(&kept, &tree)
        kept.removeAll()
        var pick = PickSink(TreeSink(kept, wantsInfo: false), wanted: wanted, remarks: remarks)
        let context = MessageContext(network: network ?? .known[0], time: 0)
        let outcome = type.pick(bytes, from: start, context, into: &pick)
        let sink = pick.finish()
        tree = sink.tree
        return outcome
    }

    var annotations: ContiguousArray<Annotation> { tree.annotations }

    /// The first value of a field, if all its bytes were there.
    func value(_ field: Field) -> UInt64? { node(field)?.value }

    /// Whether a field has one of some values anywhere.
    func contains(_ field: Field, where isWanted: (UInt64) -> Bool) -> Bool {
        tree.nodes.contains { $0.field == field && !$0.flags.contains(.truncated) && isWanted($0.value) }
    }

    /// Its bytes, of those of the message: at most so many.
    func bytes(_ field: Field, in message: RawSpan, atMost limit: Int) -> [UInt8]? {
        node(field).map { tree.bytes(of: $0, in: message).withUnsafeBytes { Array($0.prefix(limit)) } }
    }

    private func node(_ field: Field) -> Fields.Node? {
        tree.nodes.first { $0.field == field && !$0.flags.contains(.truncated) }
    }
}
