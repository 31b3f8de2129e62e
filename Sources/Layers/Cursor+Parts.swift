public import Fields

// What headers below TCP need and Bitcoin does not: several fields in one integer, addresses.
extension Cursor where Sink: ~Copyable {
    /// The big-endian integer that lies ahead, without claiming it, for fields that share its bytes.
    ///
    /// Where it is cut short, `field` takes the bytes there are and ``Stop`` is thrown.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func ahead<T: FixedWidthInteger & BitwiseCopyable>(_ field: Field, _: T.Type) throws(Stop) -> T {
        guard left >= MemoryLayout<T>.size, let value = load(littleEndian: T.self, at: offset) else {
            return try bigEndian(field, T.self)
        }
        return value.byteSwapped
    }

    /// Whether what lies ahead begins as an IP packet does, or was not captured.
    @inlinable
    @inline(__always)
    var beginsAsIP: Bool {
        switch peek().map({ $0 >> 4 }) {
        case 4, 6, nil: true
        default: false
        }
    }

    /// A field that shares its bytes with the one that claims them, beginning `ahead` bytes from here.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func part(_ field: Field, _ value: UInt64, at ahead: Int = 0, _ count: Int) {
        if Sink.mode == .skim { return }
        sink.leaf(field, at: offset &+ ahead, length: count, value: value, flags: .partOfParent)
    }

    /// The four bytes of an IPv4 address.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func address4(_ field: Field) throws(Stop) -> IPAddress {
        IPAddress(v4: try bigEndian(field, UInt32.self))
    }

    /// The sixteen bytes of an IPv6 address.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func address6(_ field: Field) throws(Stop) -> IPAddress {
        let range = try bytes(field, 16)
        guard let high = load(littleEndian: UInt64.self, at: range.lowerBound),
            let low = load(littleEndian: UInt64.self, at: range.lowerBound &+ 8)
        else { throw Stop() }
        return IPAddress(high: high.byteSwapped, low: low.byteSwapped)
    }
}
