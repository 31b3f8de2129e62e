/// Takes nothing but the summary line, whether the message is malformed, and the rules it breaks: with it a layout is a
/// bounds check.
@frozen
public struct SkimSink: FieldSink, ~Copyable {
    public var info = TextBuffer()
    public var wantsInfo: Bool
    public var wantsWholeHashes = false
    public var isMalformed = false
    /// Remarks that break a rule are kept.
    public var keepsBroken = false
    /// These, each once.
    public private(set) var broken: [Remark] = []
    /// The bytes end where the capture does, not where the message does.
    public var isCut = false

    @inlinable
    public init(wantsInfo: Bool = true) { self.wantsInfo = wantsInfo }

    @inlinable public static var mode: SinkMode { .skim }
    @inlinable public func wants(_: Field) -> Bool { false }
    @inlinable public func wantsAny(of _: borrowing FieldSet) -> Bool { false }
    @inlinable public var wantsRemarks: Bool { keepsBroken }
    @inlinable public var isFull: Bool { false }
    @inlinable public mutating func leaf(_: Field, at _: Int, length _: Int, value _: UInt64, flags _: NodeFlags) {}
    @inlinable public mutating func open(_: Field, at _: Int, value _: UInt64, flags _: NodeFlags) -> Int { 0 }
    @inlinable public mutating func reopen() -> Int { 0 }
    @inlinable public var newest: Int { 0 }
    @inlinable public mutating func close(_: Int, at _: Int) {}
    @inlinable public mutating func list(after _: Int) {}
    @inlinable public mutating func generate(_: Field, value _: UInt64, _: RawSpan) {}
    @inlinable public mutating func generate(_: Field, writing _: (inout TextBuffer) -> Void) {}
    @inlinable
    public mutating func annotate(_ remark: Remark, value _: UInt64) {
        if remark.isMalformation, !isCut || remark != .common.truncated { isMalformed = true }
        if keepsBroken, remark.breaksRule { keep(remark) }
    }

    @usableFromInline mutating func keep(_ remark: Remark) {
        if !broken.contains(remark) { broken.append(remark) }
    }

    /// Forgets the rules of the message before.
    public mutating func removeBroken() { broken.removeAll(keepingCapacity: true) }

    @inlinable public mutating func head(_: Int, _: borrowing TextBuffer) {}
    @inlinable public mutating func head(_: Int, writing _: (inout TextBuffer) -> Void) {}
}
