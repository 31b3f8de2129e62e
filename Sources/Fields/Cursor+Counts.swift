/// Numbers that say how much follows. Each says of what: then it follows from that when a message is built.
extension Cursor where Sink: ~Copyable {
    /// A CompactSize (protocol.md section 3.1) that is how many entries, or values, of `entry` follow.
    ///
    /// - Parameter most: What receivers accept; more is annotated. The value is clamped to `Int`, never trusted: reads
    ///   and lists check it against the bytes there are.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ count: Field, of entry: Field, limit most: UInt64 = .max
    ) throws(Stop) -> Int {
        if Sink.mode == .build { try request(count, WireForm(.compactSize, .count(of: entry))) }
        return try readCount(count, limit: most)
    }

    /// The same, where more than receivers accept has a remark of its own.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ count: Field, of entry: Field, limit most: UInt64, over remark: Remark
    ) throws(Stop) -> Int {
        let value = try compactSize(count, of: entry)
        if value > most { sink.annotate(remark, value: most) }
        return value
    }

    /// A CompactSize that is how many bytes `value` has, or one of the others, whichever follows; `otherwise` are those of
    /// fields with fixed widths in its stead.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ length: Field, bytesOf value: Field, _ second: Field? = nil, _ third: Field? = nil, otherwise: Int = 0,
        limit most: UInt64 = .max
    ) throws(Stop) -> Int {
        if Sink.mode == .build {
            try request(length, WireForm(.compactSize, .length(of: value, second, third, otherwise: otherwise)))
        }
        return try readCount(length, limit: most)
    }

    /// The same, where more than receivers accept has a remark of its own.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ length: Field, bytesOf value: Field, limit most: UInt64, over remark: Remark
    ) throws(Stop) -> Int {
        let count = try compactSize(length, bytesOf: value)
        if count > most { sink.annotate(remark, value: most) }
        return count
    }

    /// A CompactSize that is how many bytes ``within(_:remainder:_:)`` then lays out.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(extent: Field, limit most: UInt64 = .max) throws(Stop) -> Int {
        if Sink.mode == .build { try request(extent, WireForm(.compactSize, .extent)) }
        return Int(clamping: try readCompactSize(extent, limit: most))
    }

    /// A CompactSize that counts nothing in this message: a number of its own.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func compactSize(number field: Field, limit most: UInt64 = .max) throws(Stop) -> UInt64 {
        if Sink.mode == .build { try request(field, WireForm(.compactSize)) }
        return try readCompactSize(field, limit: most)
    }

    /// A CompactSize that always is this number, and is not looked at.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func compactSize(
        _ field: Field, constant number: UInt64, limit most: UInt64 = .max
    ) throws(Stop) {
        if Sink.mode == .build { try request(field, WireForm(.compactSize, .constant(number))) }
        _ = try readCompactSize(field, limit: most)
    }

    /// A byte that is how many entries of `entry` follow.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func byte(_ count: Field, of entry: Field) throws(Stop) -> Int {
        try readByte(count, WireForm(.little(1), .count(of: entry)))
    }

    /// A byte that is how many bytes `value` has.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func byte(_ length: Field, bytesOf value: Field) throws(Stop) -> Int {
        try readByte(length, WireForm(.little(1), .length(of: value, nil, nil, otherwise: 0)))
    }

    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func readByte(_ field: Field, _ form: WireForm) throws(Stop) -> Int {
        let start = try take(1, field, form)
        let value = bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        sink.leaf(field, at: start, length: 1, value: UInt64(value), flags: [])
        return Int(value)
    }

    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func request(_ field: Field, _ form: WireForm) throws(Stop) {
        limit = try sink.supply(field, form, at: position)
    }

    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func readCount(_ field: Field, limit most: UInt64) throws(Stop) -> Int {
        // Nearly all have one byte, of which a skim keeps nothing.
        if Sink.mode == .skim, position < limit {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            if byte < 0xfd, UInt64(byte) <= most {
                position &+= 1
                return Int(byte)
            }
        }
        return Int(clamping: try readCompactSize(field, limit: most))
    }

    // Reading is apart from asking: a form given to a function that is not inlined costs decoding.
    @inlinable
    @_lifetime(self: copy self)
    mutating func readCompactSize(_ field: Field, limit most: UInt64) throws(Stop) -> UInt64 {
        let start = offset
        guard let (value, length) = bytes.compactSize(at: start, before: end) else { throw cut(field) }
        position = start &+ length
        sink.leaf(field, at: start, length: length, value: value, flags: [])
        let least: UInt64 = length == 1 ? 0 : length == 3 ? 0xfd : length == 5 ? 0x1_0000 : 0x1_0000_0000
        if value < least { sink.annotate(.common.compactSizeNotMinimal, value: 0) }
        if value > most { sink.annotate(.common.countOverLimit, value: most) }
        return value
    }
}

/// What the bytes decide when a message is read, and the values that are given when it is built.
extension Cursor where Sink: ~Copyable {
    /// Whether the message goes on with these fields: bytes are left; building, one of them is given, or values are made
    /// up.
    @inlinable
    @inline(__always)
    public func goesOn(with fields: @autoclosure () -> [Field]) -> Bool {
        if Sink.mode != .build { return left > 0 }
        return sink.fillsIn || sink.isLacking || fields().contains { sink.isGiven($0, in: nil) }
    }

    /// Whether that field comes next: reading, what the bytes ahead say; building, whether it is given.
    ///
    /// - Parameters:
    ///   - entry: The field is looked for in the next entry of that name.
    ///   - made: Whether it comes where values are made up.
    @inlinable
    @inline(__always)
    public func comes(
        _ field: Field, in entry: Field? = nil, made: Bool = false, whereRead isSeen: @autoclosure () -> Bool
    ) -> Bool {
        if Sink.mode != .build { return isSeen() }
        return sink.fillsIn && made || sink.isGiven(field, in: entry)
    }
}
