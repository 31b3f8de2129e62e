import Fields

/// A count, and as many hashes of 32 bytes.
struct HashList: Sendable {
    let count: Field
    let hash: Field
    private let limit: UInt64

    /// - Parameter kind: `.hash` for what Bitcoin shows reversed, `.bytes` for the others.
    init(
        _ name: String, _ label: String, _ kind: Kind = .hash, many: String, limit: UInt64 = Limits.size,
        _ meaning: String
    ) {
        self.limit = limit
        count = Field(
            "\(name)_length", "Number of \(many)", .count,
            limit < Limits.size ? "how many follow, at most \(limit)" : "how many follow")
        hash = Field(name, label, kind, meaning)
    }

    /// Reads the list, and answers how many hashes its count promised.
    @discardableResult
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Int {
        let hashes = try c.compactSize(count, of: hash, limit: limit)
        try c.values(hashes, stride: 32) { (c, _) throws(Stop) in try c.bytes(hash, 32) }
        return hashes
    }
}
