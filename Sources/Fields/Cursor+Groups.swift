extension Cursor where Sink: ~Copyable {
    /// Fields under a heading.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func group(_ field: Field, _ body: (inout Self) throws(Stop) -> Void) throws(Stop) {
        let mark = sink.open(field, at: offset, value: 0, flags: [])
        do throws(Stop) {
            try body(&self)
            sink.close(mark, at: offset)
        } catch {
            sink.close(mark, at: offset)
            throw error
        }
    }

    /// `count` entries, each of at least `minimum` bytes.
    ///
    /// The count is clamped to what the remaining bytes can hold, plus one entry that shows where they ended, so that a
    /// count of 2⁶⁴ costs nothing.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func list(
        of entry: Field, _ count: Int, minimum: Int, _ body: (inout Self, Int) throws(Stop) -> Void
    ) throws(Stop) {
        let possible = possible(count, minimum)
        var index = 0
        while index < possible {
            try requireRoom()
            let mark = sink.open(entry, at: offset, value: UInt64(truncatingIfNeeded: index), flags: .listEntry)
            do throws(Stop) {
                try body(&self, index)
                sink.close(mark, at: offset)
            } catch {
                sink.close(mark, at: offset)
                throw error
            }
            index &+= 1
        }
    }

    /// `count` entries of exactly `stride` bytes: one comparison for a sink that keeps nothing, so `body` must do
    /// nothing but read fields.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func list(
        of entry: Field, _ count: Int, stride: Int, _ body: (inout Self, Int) throws(Stop) -> Void
    ) throws(Stop) {
        if Sink.mode == .skim { return try pass(count, stride: stride) }
        try list(of: entry, count, minimum: stride, body)
    }

    /// `count` values of exactly `stride` bytes without a heading each, such as hashes.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func values(
        _ count: Int, stride: Int, _ body: (inout Self, Int) throws(Stop) -> Void
    ) throws(Stop) {
        if Sink.mode == .skim { return try pass(count, stride: stride) }
        try values(count, minimum: stride, body)
    }

    /// `count` values of at least `minimum` bytes without a heading each.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func values(
        _ count: Int, minimum: Int, _ body: (inout Self, Int) throws(Stop) -> Void
    ) throws(Stop) {
        let possible = possible(count, minimum)
        var index = 0
        while index < possible {
            try requireRoom()
            // A second one shows itself that this is a list.
            if index == 0 {
                let mark = sink.newest
                defer { sink.list(after: mark) }
                try body(&self, index)
            } else {
                try body(&self, index)
            }
            index &+= 1
        }
    }

    /// How many entries of at least `minimum` bytes are tried: what is left, or, building, what there are values for,
    /// tells the end.
    @inlinable
    @inline(__always)
    func possible(_ count: Int, _ minimum: Int) -> Int {
        Sink.mode == .build ? count : min(count, left / max(1, minimum) &+ 1)
    }

    /// Skips `count` pieces of `stride` bytes, of which nothing is shown: one comparison.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func pass(_ count: Int, stride: Int) throws(Stop) {
        guard count <= left / max(1, stride) else {
            sink.annotate(.common.truncated, value: 0)
            position = limit
            throw Stop()
        }
        position &+= max(0, count) &* stride
    }

    /// Stops, and says so, where the sink takes no more.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func requireRoom() throws(Stop) {
        guard sink.isFull else { return }
        sink.annotate(.common.treeLimit, value: 0)
        position = limit
        throw Stop()
    }

    /// The next `count` bytes as a layout of their own that cannot read further.
    ///
    /// What the inner layout leaves is shown as `remainder`; where it stops early, the outer one continues after it.
    ///
    /// - Returns: Whether the inner layout could be read to its end; an outer one that goes on throws at its own end
    ///   where not.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func within(
        _ count: Int, remainder: Field, _ body: (inout Self) throws(Stop) -> Void
    ) throws(Stop) -> Bool {
        if Sink.mode == .build { return try buildWithin(remainder, body) }
        let outer = limit
        let isWhole = count >= 0 && count <= left
        if isWhole { limit = offset &+ count }
        var isComplete = true
        do throws(Stop) { try body(&self) } catch { isComplete = false }
        if !isWhole {
            // Where the inner fields were all there, the cut is in what follows them.
            if isComplete { throw cut(remainder) }
            throw Stop()
        }
        rest(remainder)
        limit = outer
        return isComplete
    }

    /// The same where the message is built: the inner layout's length follows from what it takes.
    @inlinable
    @_lifetime(self: copy self)
    mutating func buildWithin(
        _ remainder: Field, _ body: (inout Self) throws(Stop) -> Void
    ) throws(Stop) -> Bool {
        let start = offset
        try body(&self)
        rest(remainder)
        sink.learn(extent: start..<offset)
        return true
    }

    /// Fields that belong under the one just read: the bits of an integer, what was computed from it.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    public mutating func parts(_ body: (inout Self) -> Void) {
        if !Sink.mode.makesNodes { return }
        let mark = sink.reopen()
        body(&self)
        sink.close(mark, at: offset)
    }

    /// A piece of the field just read, with `body`'s fields under it: for use within ``parts(_:)``. `range` counts from
    /// the first byte of ``bytes``.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func part(
        _ field: Field, _ range: Range<Int>, value: UInt64 = 0, _ body: (inout Self) -> Void
    ) {
        if !Sink.mode.makesNodes { return }
        let piece = range.clamped(to: 0..<bytes.byteCount)
        let mark = sink.open(field, at: piece.lowerBound, value: value, flags: .partOfParent)
        body(&self)
        sink.close(mark, at: piece.upperBound)
    }

    /// A piece of the field just read, with nothing under it.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func part(_ field: Field, _ range: Range<Int>, value: UInt64 = 0) {
        if !Sink.mode.makesNodes { return }
        let piece = range.clamped(to: 0..<bytes.byteCount)
        sink.leaf(field, at: piece.lowerBound, length: piece.count, value: value, flags: .partOfParent)
    }

    /// A piece of the field just read that is an entry of a list, with `body`'s fields under it: for use within
    /// ``parts(_:)``. `range` counts from the first byte of ``bytes``.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func entry(_ field: Field, _ index: Int, _ range: Range<Int>, _ body: (inout Self) -> Void) {
        if !Sink.mode.makesNodes { return }
        let piece = range.clamped(to: 0..<bytes.byteCount)
        let mark = sink.open(
            field, at: piece.lowerBound, value: UInt64(truncatingIfNeeded: index),
            flags: [.partOfParent, .listEntry])
        body(&self)
        sink.close(mark, at: piece.upperBound)
    }

    /// The group or list entry whose body has just begun; ``head(_:_:)`` takes it.
    @inlinable public var mark: Int { sink.newest }

    /// Puts `text` after the label of the group `mark`.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func head(_ mark: Int, _ text: borrowing TextBuffer) {
        if !Sink.mode.makesNodes { return }
        sink.head(mark, text)
    }

    /// Puts what `writing` appends after the label of the group `mark`; what stands before in the text is not its.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func head(_ mark: Int, writing: (inout TextBuffer) -> Void) {
        if !Sink.mode.makesNodes { return }
        sink.head(mark, writing: writing)
    }

    /// A text that `writing` appends to those generated before: nothing is copied.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, writing: (inout TextBuffer) -> Void) {
        if !Sink.mode.makesNodes { return }
        sink.generate(field, writing: writing)
    }

    /// A text that was computed.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, _ text: borrowing TextBuffer) {
        if !Sink.mode.makesNodes { return }
        sink.generate(field, value: 0, text.bytes.span.bytes)
    }

    /// The bits of an integer just read, each as a field of kind ``Kind/flag(mask:bits:)``.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func flags(_ fields: [(field: Field, mask: UInt64)], of value: UInt64, bytes count: Int) {
        if !Sink.mode.makesNodes { return }
        for (field, mask) in fields {
            sink.leaf(
                field, at: offset &- count, length: count, value: value & mask == 0 ? 0 : 1, flags: .partOfParent)
        }
    }

    /// A number that was computed.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, _ value: UInt64) {
        if !Sink.mode.makesNodes { return }
        sink.generate(field, value: value, RawSpan())
    }

    /// A number with a fraction that was computed, for a field of kind ``Kind/decimal``; `text` shows it.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, _ number: Double, shownAs text: borrowing TextBuffer) {
        if !Sink.mode.makesNodes { return }
        sink.generate(field, value: number.bitPattern, text.bytes.span.bytes)
    }

    /// A span of time that was computed, in nanoseconds.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, nanoseconds: Int128) {
        if !Sink.mode.makesNodes { return }
        if let value = Int64(exactly: nanoseconds) {
            return sink.generate(field, value: UInt64(bitPattern: value), RawSpan())
        }
        let bytes = InlineArray<2, UInt64> { UInt64(truncatingIfNeeded: nanoseconds >> Int128(64 * $0)).littleEndian }
        sink.generate(field, value: UInt64(bitPattern: Int64(clamping: nanoseconds)), bytes.span.bytes)
    }

    /// Bytes that were computed: a hash, a text.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func generate(_ field: Field, _ bytes: RawSpan) {
        if !Sink.mode.makesNodes { return }
        sink.generate(field, value: 0, bytes)
    }

    /// Says something about the field just read.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func annotate(_ remark: Remark, _ value: UInt64 = 0) {
        sink.annotate(remark, value: value)
    }
}
