/// What a side was given unasked, the newest of it: a request that is captured later may have been sent before.
struct EarlyAnswers {
    private static let limit = 16

    /// Digests of what they answer, with a random seed.
    private var digests: [UInt64] = []
    private var next = 0

    mutating func note(_ digest: UInt64) {
        if digests.count < Self.limit {
            digests.append(digest)
        } else {
            digests[next] = digest
            next = (next + 1) % Self.limit
        }
    }

    func has(_ key: RequestKey) -> Bool { !digests.isEmpty && digests.contains(key.digest) }
}
