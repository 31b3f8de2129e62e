/// A table of which the oldest entries are forgotten where there are more than a limit.
///
/// Peers may choose the keys: the hasher's seed is secret.
struct RecentTable<Key: Hashable, Value> {
    private var values: [Key: Value] = [:]
    /// In the order in which they came, from ``oldest`` on in a ring.
    private var keys: [Key] = []
    private var oldest = 0
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { values.count }

    subscript(key: Key) -> Value? { values[key] }

    /// Keeps a value in place of that which the key has, if it has one; the key does not become newer by that.
    mutating func set(_ value: Value, for key: Key) {
        guard values.updateValue(value, forKey: key) == nil else { return }
        if keys.count < limit {
            keys.append(key)
        } else {
            values[keys[oldest]] = nil
            keys[oldest] = key
            oldest = oldest + 1 == limit ? 0 : oldest + 1
        }
    }
}
