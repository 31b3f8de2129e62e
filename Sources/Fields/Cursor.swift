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
        self.limit = bytes.byteCount
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
    @inlinable public var keepsFields: Bool { Sink.mode != .skim }
    /// Whether the field is kept: what is computed for it alone need not be computed otherwise.
    @inlinable
    public func wants(_ field: Field) -> Bool { Sink.mode == .tree || Sink.mode == .pick && sink.wants(field) }
    /// Whether one of these is kept.
    @inlinable
    public func wantsAny(of fields: borrowing FieldSet) -> Bool {
        Sink.mode == .tree || Sink.mode == .pick && sink.wantsAny(of: fields)
    }

    /// Claims `count` bytes and answers where they begin.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func take(_ count: Int, _ field: Field) throws(Stop) -> Int {
        guard left >= count, count >= 0 else {
            sink.leaf(field, at: offset, length: left, value: 0, flags: .truncated)
            sink.annotate(.common.truncated, value: 0)
            position = limit
            throw Stop()
        }
        let start = offset
        position &+= count
        return start
    }

    /// A little-endian integer, as nearly all of Bitcoin's.
    @inlinable
    @inline(__always)
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: Field, _: T.Type = T.self
    ) throws(Stop) -> T {
        let start = try take(MemoryLayout<T>.size, field)
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
        let start = try take(MemoryLayout<T>.size, field)
        let value = T(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
        sink.leaf(
            field, at: start, length: MemoryLayout<T>.size, value: UInt64(truncatingIfNeeded: value), flags: [])
        return value
    }

    /// A little-endian integer of `count` bytes, 1 to 8, for widths that no integer type has.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func integer(_ field: Field, bytes count: Int) throws(Stop) -> UInt64 {
        let start = try take(count, field)
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
        let start = try take(count, field)
        sink.leaf(field, at: start, length: count, value: 0, flags: [])
        return start..<start &+ count
    }

    /// Claims `count` bytes for a field whose value was worked out of them, such as some of their bits.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func claim(_ field: Field, _ count: Int, value: UInt64) throws(Stop) {
        let start = try take(count, field)
        sink.leaf(field, at: start, length: count, value: value, flags: [])
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
        if left > 0 {
            sink.leaf(field, at: start, length: left, value: 0, flags: [])
            position = limit
        }
        return start..<end
    }

    /// A CompactSize (protocol.md section 3.1).
    ///
    /// - Parameter most: What receivers accept; more is annotated. The value is clamped to `Int`, never trusted: reads
    ///   and lists check it against the bytes there are.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(_ field: Field, limit most: UInt64 = .max) throws(Stop) -> Int {
        Int(clamping: try compactSize64(field, limit: most))
    }

    /// The same, where more than receivers accept has a remark of its own.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ field: Field, limit most: UInt64, over remark: Remark
    ) throws(Stop) -> Int {
        let value = try compactSize64(field)
        if value > most { sink.annotate(remark, value: most) }
        return Int(clamping: value)
    }

    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize64(_ field: Field, limit most: UInt64 = .max) throws(Stop) -> UInt64 {
        let start = offset
        guard let (value, length) = bytes.compactSize(at: start, before: end) else {
            _ = try take(left &+ 1, field)
            return 0
        }
        position = start &+ length
        sink.leaf(field, at: start, length: length, value: value, flags: [])
        let least: UInt64 = length == 1 ? 0 : length == 3 ? 0xfd : length == 5 ? 0x1_0000 : 0x1_0000_0000
        if value < least { sink.annotate(.common.compactSizeNotMinimal, value: 0) }
        if value > most { sink.annotate(.common.countOverLimit, value: most) }
        return value
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
