/// What a sink makes of the fields that a layout names.
@frozen
public enum SinkMode: Sendable {
    /// Fields are forgotten: the layout only checks bounds and computes.
    case skim
    /// Fields that somebody named become nodes.
    case pick
    /// Every field becomes a node.
    case tree
    /// Nothing is received: the sink gives the bytes that the layout reads. See ``FieldSource``.
    case build

    /// Whether fields become nodes, all or some.
    @inlinable public var makesNodes: Bool { self == .tree || self == .pick }
}

/// Receives what a ``Cursor`` reads. The cursor has checked every range: a sink never looks at bounds.
public protocol FieldSink: FieldSource, ~Copyable {
    static var mode: SinkMode { get }

    /// Text that sums up the message in one line, appended by the layout where ``wantsInfo`` says so.
    var info: TextBuffer { get set }
    var wantsInfo: Bool { get }
    /// That line has hashes with all their digits.
    var wantsWholeHashes: Bool { get }
    /// Something was said that makes receivers refuse the message as malformed; see ``Remark/isMalformation``.
    var isMalformed: Bool { get set }
    /// Whether the field becomes a node.
    func wants(_ field: Field) -> Bool
    /// Whether one of these becomes a node.
    func wantsAny(of fields: borrowing FieldSet) -> Bool
    /// Whether somebody looks at what is said of fields.
    var wantsRemarks: Bool { get }
    /// No more nodes are taken; lists stop.
    var isFull: Bool { get }

    mutating func leaf(_ field: Field, at start: Int, length: Int, value: UInt64, flags: NodeFlags)
    mutating func open(_ field: Field, at start: Int, value: UInt64, flags: NodeFlags) -> Int
    /// Opens the node made last again, so that the next ones become its children.
    mutating func reopen() -> Int
    mutating func close(_ mark: Int, at end: Int)
    /// The mark of the node made last.
    var newest: Int { get }
    /// The nodes made after `mark` are a value of a list without headings.
    mutating func list(after mark: Int)
    /// A node whose bytes are not on the wire.
    mutating func generate(_ field: Field, value: UInt64, _ bytes: RawSpan)
    /// The same with a text that is written where it stays.
    mutating func generate(_ field: Field, writing: (inout TextBuffer) -> Void)
    /// Says something about the newest node that is still open or was made last.
    mutating func annotate(_ remark: Remark, value: UInt64)
    /// Puts `text` after the label of the group `mark`.
    mutating func head(_ mark: Int, _ text: borrowing TextBuffer)
    /// The same with a text that is written where it stays.
    mutating func head(_ mark: Int, writing: (inout TextBuffer) -> Void)
}
