import Fields

/// Bytes or text after a CompactSize that says how many: `var_bytes` and `var_str` (protocol.md section 3).
struct VarBytes: Sendable {
    let length: Field
    let value: Field
    private let limit: UInt64

    init(_ name: String, _ label: String, _ kind: Kind, limit: UInt64 = Limits.size, _ meaning: String) {
        self.limit = limit
        length = Field(
            "\(name).length", "\(label) length", .count,
            limit < Limits.size ? "how many bytes follow, at most \(limit)" : "how many bytes follow")
        value = Field(name, label, kind, meaning)
    }

    /// Reads both, and answers where the bytes are.
    @discardableResult
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Range<Int> {
        let size = try c.compactSize(length, bytesOf: value, limit: limit)
        return try c.bytes(value, size)
    }
}
