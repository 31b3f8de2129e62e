/// Makes a node of every field.
///
/// It owns its tree while a cursor owns the sink; take it back with ``tree`` when the layout is done.
@frozen
public struct TreeSink: FieldSink, ~Copyable {
    public var tree: Tree
    public var info = TextBuffer()
    public var wantsInfo: Bool
    @usableFromInline var depth: UInt8

    /// More nodes than this are not kept, so that a hostile message of 32 MiB cannot take gigabytes: 24 bytes each.
    @inlinable public static var nodeLimit: Int { 2_000_000 }

    @inlinable
    public init(_ tree: consuming Tree = Tree(), depth: UInt8 = 0, wantsInfo: Bool = true) {
        self.tree = tree
        self.depth = depth
        self.wantsInfo = wantsInfo
    }

    @inlinable public static var mode: SinkMode { .tree }
    @inlinable public var isFull: Bool { tree.nodes.count >= Self.nodeLimit }

    @inlinable
    public mutating func leaf(_ field: Field, at start: Int, length: Int, value: UInt64, flags: NodeFlags) {
        tree.nodes.append(
            Node(
                value: value, start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length),
                end: UInt32(truncatingIfNeeded: tree.nodes.count &+ 1), field: field, depth: depth, flags: flags))
    }

    @inlinable
    public mutating func open(_ field: Field, at start: Int, value: UInt64, flags: NodeFlags) -> Int {
        leaf(field, at: start, length: 0, value: value, flags: flags)
        depth &+= 1
        return newest
    }

    @inlinable public var newest: Int { tree.nodes.count &- 1 }

    @inlinable
    public mutating func reopen() -> Int {
        depth &+= 1
        return newest
    }

    @inlinable
    public mutating func close(_ mark: Int, at end: Int) {
        tree.nodes[mark].length = UInt32(truncatingIfNeeded: end) &- tree.nodes[mark].start
        tree.nodes[mark].end = UInt32(truncatingIfNeeded: tree.nodes.count)
        depth &-= 1
    }

    @inlinable
    public mutating func generate(_ field: Field, value: UInt64, _ bytes: RawSpan) {
        let start = tree.generated.count
        bytes.withUnsafeBytes { tree.generated.append(contentsOf: $0) }
        leaf(field, at: start, length: bytes.byteCount, value: value, flags: .generated)
    }

    @inlinable
    public mutating func annotate(_ kind: AnnotationKind, value: UInt64) {
        guard !tree.nodes.isEmpty else { return }
        let node = tree.nodes.count &- 1
        tree.nodes[node].flags.insert(.annotated)
        tree.annotations.append(Annotation(node: UInt32(truncatingIfNeeded: node), kind: kind, value: value))
    }

    @inlinable
    public mutating func head(_ mark: Int, _ text: borrowing TextBuffer) {
        let start = tree.generated.count
        tree.generated.append(contentsOf: text.bytes)
        tree.nodes[mark].flags.insert(.headed)
        tree.addHeading(node: mark, start: start, length: text.bytes.count)
    }
}

extension Tree {
    /// Keeps ``headings`` in order of their nodes: a group is headed after its children, so the place is near the end.
    @inlinable
    mutating func addHeading(node: Int, start: Int, length: Int) {
        let heading = Heading(
            node: UInt32(truncatingIfNeeded: node), start: UInt32(truncatingIfNeeded: start),
            length: UInt32(truncatingIfNeeded: length))
        var place = headings.count
        while place > 0, headings[place &- 1].node > heading.node { place &-= 1 }
        headings.insert(heading, at: place)
    }
}
