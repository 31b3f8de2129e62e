import Fields

/// One hash that commits to many (protocol.md section 9).
enum MerkleTree {
    /// The root over `row`, whose memory the rows above it are computed in.
    ///
    /// - Parameter isMutated: Set where two neighbours are equal, so that the root would be the same without the second
    ///   (CVE-2012-2459). The copy that fills up an odd row does not count.
    static func root(_ row: inout ContiguousArray<Hash256>, isMutated: inout Bool) -> Hash256 {
        var count = row.count
        while count > 1 {
            for parent in 0..<(count &+ 1) / 2 {
                let left = parent &* 2
                if left &+ 1 < count {
                    if row[left] == row[left &+ 1] { isMutated = true }
                    // Neighbours lie together: 64 bytes from the left one on.
                    row[parent] = DoubleSHA256.hash(row.span.bytes.extracting(left &* 32..<left &* 32 &+ 64))
                } else {
                    row[parent] = node(row[left], row[left])
                }
            }
            count = (count &+ 1) / 2
        }
        return row.first ?? .zero
    }

    /// The hash of two.
    static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
        var hasher = DoubleSHA256()
        hasher.update(left.bytes)
        hasher.update(right.bytes)
        return hasher.finalize()
    }
}
