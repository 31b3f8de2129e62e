/// The bytes of a message while it is built.
///
/// A ``Cursor`` borrows them as a span of their full length, with its limit at the end of what is built so far. Invariant:
/// only the cursor's own ``BuildSink`` writes, and only at or behind that limit; the cursor loads only before it. So no byte
/// changes that somebody may have read. It is the one place where memory is written under a live span.
package struct BuildMemory: ~Copyable {
    let buffer: UnsafeMutableRawBufferPointer

    /// - Parameter capacity: The most bytes that the message may have.
    package init(capacity: Int) {
        buffer = .allocate(byteCount: max(1, capacity), alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// All of the memory; only what was written may be looked at.
    package var span: RawSpan {
        @_lifetime(borrow self)
        get { _overrideLifetime(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)), borrowing: self) }
    }

    /// A copy of the first `count` bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(rebasing: buffer[..<max(0, min(count, buffer.count))]))
    }
}
