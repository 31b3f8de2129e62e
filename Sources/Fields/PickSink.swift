/// Makes a node of each field that somebody named, and of no other: the values of a few fields without a tree.
///
/// Its nodes have the depths that they have in a tree, but nothing above or below them. Each node within a list says so
/// itself. Headings are not kept, and of remarks only those that somebody wants.
@frozen
public struct PickSink: FieldSink, ~Copyable {
    @usableFromInline var kept: TreeSink
    @usableFromInline let wanted: FieldSet
    @usableFromInline let wantedRemarks: Set<Remark>
    /// The mark of the node made last; negative where that was not kept.
    @usableFromInline var last = -1
    /// The depth within the outermost entry of a list, 0 outside of any: a node there shows itself that it is one of many.
    @usableFromInline var listDepth: UInt8 = 0

    /// - Parameters:
    ///   - kept: Takes the nodes.
    ///   - wanted: The fields that become nodes.
    ///   - remarks: The remarks that are kept, whatever they are made on.
    public init(_ kept: consuming TreeSink = TreeSink(), wanted: FieldSet, remarks: Set<Remark> = []) {
        self.kept = kept
        self.wanted = wanted
        wantedRemarks = remarks
    }

    /// Gives back the sink with the nodes.
    public consuming func finish() -> TreeSink { kept }

    @inlinable public static var mode: SinkMode { .pick }
    @inlinable public var info: TextBuffer {
        get { kept.info }
        _modify { yield &kept.info }
    }
    @inlinable public var wantsInfo: Bool { kept.wantsInfo }
    @inlinable public var wantsWholeHashes: Bool {
        get { kept.wantsWholeHashes }
        set { kept.wantsWholeHashes = newValue }
    }
    @inlinable public var isMalformed: Bool {
        get { kept.isMalformed }
        set { kept.isMalformed = newValue }
    }
    @inlinable public var isFull: Bool { kept.isFull }
    @inlinable public func wants(_ field: Field) -> Bool { wanted.contains(field) }
    @inlinable public func wantsAny(of fields: borrowing FieldSet) -> Bool { !wanted.isDisjoint(with: fields) }
    @inlinable public var wantsRemarks: Bool { !wantedRemarks.isEmpty }

    /// Whether the next node, of that field, is kept.
    @inlinable
    @inline(__always)
    mutating func keeps(_ field: Field) -> Bool {
        if wanted.contains(field) { return true }
        last = -1
        return false
    }

    @inlinable
    public mutating func leaf(_ field: Field, at start: Int, length: Int, value: UInt64, flags: NodeFlags) {
        guard keeps(field) else { return }
        kept.leaf(field, at: start, length: length, value: value, flags: listDepth > 0 ? flags.union(.listed) : flags)
        last = kept.newest
    }

    @inlinable
    public mutating func open(_ field: Field, at start: Int, value: UInt64, flags: NodeFlags) -> Int {
        leaf(field, at: start, length: 0, value: value, flags: flags)
        kept.depth &+= 1
        if listDepth == 0, flags.contains(.listEntry) { listDepth = kept.depth }
        return last
    }

    @inlinable public var newest: Int { kept.newest }

    @inlinable
    public mutating func reopen() -> Int {
        kept.depth &+= 1
        return last
    }

    @inlinable
    public mutating func close(_ mark: Int, at end: Int) {
        if kept.depth == listDepth { listDepth = 0 }
        last = mark
        if mark < 0 { kept.depth &-= 1 } else { kept.close(mark, at: end) }
    }

    @inlinable public mutating func list(after mark: Int) { kept.list(after: mark) }

    @inlinable
    public mutating func generate(_ field: Field, value: UInt64, _ bytes: RawSpan) {
        guard keeps(field) else { return }
        kept.generate(field, value: value, bytes)
        note()
    }

    @inlinable
    public mutating func generate(_ field: Field, writing: (inout TextBuffer) -> Void) {
        guard keeps(field) else { return }
        kept.generate(field, writing: writing)
        note()
    }

    /// A node was made by ``kept`` itself.
    @inlinable
    mutating func note() {
        last = kept.newest
        if listDepth > 0 { kept.tree.nodes[last].flags.insert(.listed) }
    }

    @inlinable
    public mutating func annotate(_ remark: Remark, value: UInt64) {
        let remark = kept.heard(remark)
        guard wantedRemarks.contains(remark) else { return }
        if last >= 0 { kept.tree.nodes[last].flags.insert(.annotated) }
        let node = last >= 0 ? last : max(0, kept.newest)
        kept.tree.annotations.append(
            Annotation(node: UInt32(truncatingIfNeeded: node), remark: remark, value: value))
    }

    @inlinable public mutating func head(_: Int, _: borrowing TextBuffer) {}
    @inlinable public mutating func head(_: Int, writing _: (inout TextBuffer) -> Void) {}
}
