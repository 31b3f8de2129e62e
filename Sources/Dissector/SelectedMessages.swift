import Records

/// What messages say, summed up for each two ends that talk to each other: so that it can be proved that a reader of some of
/// the frames finds the same messages.
///
/// Ends share one of ``bucketCount`` buckets with others, so that what is kept is bounded.
public struct SelectedMessages: Sendable {
    private struct Sum: Equatable {
        var digest: UInt64 = 0
        var count: UInt64 = 0
        /// Of the last message, and how often it was another than that of the message before: numbers themselves differ where
        /// connections are left out.
        var stream: UInt64 = 0
        var turns: UInt64 = 0

        static func == (left: Sum, right: Sum) -> Bool { left.digest == right.digest && left.count == right.count }
    }

    static let bucketCount: UInt64 = 1 << 20

    private var sums: [UInt32: Sum] = [:]

    /// Adds a message. Of other records nothing is noted: frames that are left out have gaps.
    mutating func note(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isMessage || record.ending == .packet else { return }
        let bucket = Self.bucket(record.source, record.destination)
        var sum = sums[bucket] ?? Sum()
        if sum.count == 0 || sum.stream != record.stream { sum.turns &+= 1 }
        sum.stream = record.stream
        sum.count &+= 1
        // Peers choose messages: the hasher's seed is secret.
        var hasher = Hasher()
        hasher.combine(sum.turns)
        hasher.combine(record.time)
        hasher.combine(record.source)
        hasher.combine(record.destination)
        hasher.combine(record.command)
        hasher.combine(record.length)
        hasher.combine(record.ending)
        hasher.combine(record.doubts)
        hasher.combine(record.lostWithin)
        hasher.combine(record.faults.contains(.checksumBad))
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        sum.digest &+= UInt64(bitPattern: Int64(hasher.finalize()))
        sums[bucket] = sum
    }

    var isEmpty: Bool { sums.isEmpty }

    /// The buckets of ends whose messages are not the same.
    func differing(from other: SelectedMessages) -> Set<UInt32> {
        var found: Set<UInt32> = []
        for (bucket, sum) in sums where other.sums[bucket] != sum { found.insert(bucket) }
        for bucket in other.sums.keys where sums[bucket] == nil { found.insert(bucket) }
        return found
    }

    /// The bucket of two ends, whichever of them sends.
    static func bucket(_ one: [UInt8], _ other: [UInt8]) -> UInt32 {
        let sum = UInt64(bitPattern: Int64(one.hashValue)) &+ UInt64(bitPattern: Int64(other.hashValue))
        return UInt32(truncatingIfNeeded: sum % bucketCount)
    }
}
