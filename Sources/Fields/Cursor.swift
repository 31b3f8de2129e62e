/// Reads a message's bytes in order and tells the sink what each of them is.
///
/// Every read checks its bounds here, whatever the sink: one that does not fit gives its node the bytes that are left,
/// flagged truncated, and throws ``Stop``. The caller owns the bytes; the cursor borrows them.
///
/// Everything is inlinable: across a module boundary a layout is several times slower without it.
@frozen
public struct Cursor<Sink: FieldSink & ~Copyable>: ~Copyable, ~Escapable {
    public let bytes: RawSpan
    // Invariant: 0 <= position <= limit <= bytes.byteCount; the unchecked loads rest on it.
    @usableFromInline var position: Int
    @usableFromInline var limit: Int
    public var sink: Sink

    /// Reads `bytes` from `offset` on; nodes' ranges count from the first byte of `bytes`.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, from offset: Int = 0, _ sink: consuming Sink) {
        self.bytes = bytes
        self.position = min(max(0, offset), bytes.byteCount)
        self.limit = Sink.mode == .build ? self.position : bytes.byteCount
        self.sink = sink
    }

    /// Gives the sink back.
    @inlinable
    public consuming func finish() -> Sink { sink }

    /// Where the next read begins, from the first byte of ``bytes``.
    @inlinable public var offset: Int { position }
    /// Where reading stops.
    @inlinable public var end: Int { limit }
    /// Bytes not yet read.
    @inlinable public var left: Int { limit &- position }
    /// Whether fields are kept, all or some: what only they show need not be computed for a skim.
    @inlinable public var keepsFields: Bool { Sink.mode.makesNodes }
    /// Whether the field is kept: what is computed for it alone need not be computed otherwise.
    @inlinable
    public func wants(_ field: Field) -> Bool { Sink.mode == .tree || Sink.mode == .pick && sink.wants(field) }
    /// Whether one of these is kept.
    @inlinable
    public func wantsAny(of fields: borrowing FieldSet) -> Bool {
        Sink.mode == .tree || Sink.mode == .pick && sink.wantsAny(of: fields)
    }
    /// Whether one of these is kept, or what is said of fields: what only they and remarks need must be computed.
    @inlinable
    public func explains(_ fields: borrowing FieldSet) -> Bool {
        Sink.mode == .tree || Sink.mode == .pick && (sink.wantsRemarks || sink.wantsAny(of: fields))
    }

    /// Claims `count` bytes and answers where they begin.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func take(_ count: Int, _ field: Field, _ form: WireForm) throws(Stop) -> Int {
        if Sink.mode == .build { try request(field, form) }
        guard left >= count, count >= 0 else { throw cut(field) }
        let start = offset
        position &+= count
        return start
    }

    /// The bytes end within `field`, which gets those that are left.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func cut(_ field: Field) -> Stop {
        sink.leaf(field, at: offset, length: left, value: 0, flags: .truncated)
        sink.annotate(.common.truncated, value: 0)
        position = limit
        return Stop()
    }

    /// A little-endian integer, as nearly all of Bitcoin's.
    @inlinable
    @inline(__always)
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: Field, _: T.Type = T.self
    ) throws(Stop) -> T {
        let start = try take(MemoryLayout<T>.size, field, WireForm(.little(MemoryLayout<T>.size)))
        let value = T(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
        sink.leaf(
            field, at: start, length: MemoryLayout<T>.size, value: UInt64(truncatingIfNeeded: value), flags: [])
        return value
    }

    /// A big-endian integer: ports, and everything below TCP.
    @inlinable
    @inline(__always)
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: Field, _: T.Type = T.self
    ) throws(Stop) -> T {
        let start = try take(MemoryLayout<T>.size, field, WireForm(.big(MemoryLayout<T>.size)))
        let value = T(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
        sink.leaf(
            field, at: start, length: MemoryLayout<T>.size, value: UInt64(truncatingIfNeeded: value), flags: .bigEndian)
        return value
    }

    /// A little-endian integer of `count` bytes, 1 to 8, for widths that no integer type has.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func integer(_ field: Field, bytes count: Int) throws(Stop) -> UInt64 {
        let start = try take(count, field, WireForm(.little(count)))
        var value: UInt64 = 0
        var at = start &+ count
        while at > start {
            at &-= 1
            value = value << 8 | UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
        }
        sink.leaf(field, at: start, length: count, value: value, flags: [])
        return value
    }

    /// `count` bytes as they are: hashes, addresses, scripts, text. Answers where they are in ``bytes``.
    @inlinable
    @inline(__always)
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func bytes(_ field: Field, _ count: Int) throws(Stop) -> Range<Int> {
        let start = try take(count, field, WireForm(.bytes(count)))
        sink.leaf(field, at: start, length: count, value: 0, flags: [])
        return start..<start &+ count
    }

    /// The same of bytes that are always those of `number`, little-endian: a message that is built has them unless others
    /// are told.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func bytes(_ field: Field, _ count: Int, constant number: UInt64) throws(Stop) -> Range<Int> {
        let start = try take(count, field, WireForm(.bytes(count), .constant(number)))
        sink.leaf(field, at: start, length: count, value: 0, flags: [])
        return start..<start &+ count
    }

    /// Claims `count` bytes for a field whose value was worked out of them, such as some of their bits.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func claim(_ field: Field, _ count: Int, value: UInt64) throws(Stop) {
        let start = try take(count, field, WireForm(.bytes(count)))
        sink.leaf(field, at: start, length: count, value: value, flags: [])
    }

    /// A byte of which the field's value is only what `mask` has; answers the whole byte.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func byte(_ field: Field, mask: UInt8) throws(Stop) -> UInt8 {
        let start = try take(1, field, WireForm(.little(1), mask: UInt64(mask)))
        let byte = bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        sink.leaf(field, at: start, length: 1, value: UInt64(byte & mask), flags: [])
        return byte
    }

    /// Lets nothing be read from `end` on, counted from the first byte of ``bytes``; it never moves outwards.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func narrow(to end: Int) {
        if end < limit, end >= position { limit = end }
    }

    /// All that is left, if anything is.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func rest(_ field: Field) -> Range<Int> {
        let start = offset
        if Sink.mode == .build, let end = try? sink.supply(field, WireForm(.rest), at: start) { limit = end }
        if left > 0 {
            sink.leaf(field, at: start, length: left, value: 0, flags: [])
            position = limit
        }
        return start..<end
    }

    /// The byte `ahead` of the next one, without claiming it.
    @inlinable
    public func peek(_ ahead: Int = 0) -> UInt8? {
        ahead >= 0 && ahead < left ? bytes.unsafeLoad(fromUncheckedByteOffset: offset &+ ahead, as: UInt8.self) : nil
    }

    /// An integer that was read before, or lies ahead: `at` counts from the first byte of ``bytes``.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(littleEndian _: T.Type, at: Int) -> T? {
        guard at >= 0, at <= bytes.byteCount &- MemoryLayout<T>.size else { return nil }
        return T(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: T.self))
    }
}
