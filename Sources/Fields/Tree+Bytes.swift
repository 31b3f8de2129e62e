extension Tree {
    /// The bytes of a node: of the message, or generated. Where the message has fewer, those that are there.
    @_lifetime(borrow self, copy message)
    public func bytes(of node: Node, in message: RawSpan) -> RawSpan {
        let source = node.flags.contains(.generated) ? generated.span.bytes : message
        let start = min(Int(node.start), source.byteCount)
        return source.extracting(start..<min(start + Int(node.length), source.byteCount))
    }
}

extension RawSpan {
    /// Without the NUL bytes at the end: the value of a ``Kind/paddedText``.
    public var withoutPadding: RawSpan {
        @_lifetime(copy self)
        get {
            var length = byteCount
            while length > 0, unsafeLoad(fromUncheckedByteOffset: length - 1, as: UInt8.self) == 0 { length -= 1 }
            return extracting(first: length)
        }
    }
}
