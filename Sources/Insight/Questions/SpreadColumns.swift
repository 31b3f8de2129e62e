import Output

/// How long something took: the columns of the least, the median, the 95th percentile and the greatest time, and of the
/// histogram that metrics have in place of them.
struct SpreadColumns<Row> {
    /// Of the columns, in this order; the last is the histogram's.
    let keys: (StaticString, StaticString, StaticString, StaticString, StaticString)
    /// In the table; nil where it does not have the column.
    let titles: (StaticString?, StaticString?, StaticString?, StaticString?)
    /// What took so long, for the histogram.
    let meaning: StaticString
    let decimals: @Sendable (Row) -> Int
    /// Nil where the row has none.
    let samples: @Sendable (Row) -> Samples?

    var columns: [ValuedColumn<Row>] {
        [
            time(keys.0, titles.0, "the least of these") { $0.least },
            time(keys.1, titles.1, "half of them took no longer; null of fewer than five") { $0.percentile(50) },
            time(keys.2, titles.2, "95 of 100 took no longer; null of fewer than five") { $0.percentile(95) },
            time(keys.3, titles.3, "the greatest of these") { $0.greatest },
            .init(keys.4, nil, .samples, meaning) { [samples, decimals] row in
                .distribution((samples(row) ?? Samples()).distribution(decimals: decimals(row)))
            },
        ]
    }

    private func time(
        _ key: StaticString, _ title: StaticString?, _ meaning: StaticString,
        _ value: @escaping @Sendable (Samples) -> Int64?
    ) -> ValuedColumn<Row> {
        .init(key, title, .duration, meaning, metric: .absent) { [samples, decimals] row in
            .nanoseconds(samples(row).flatMap(value), decimals: decimals(row))
        }
    }
}
