import Output

/// How long something took: the columns of the least, the median, the 95th percentile and the greatest time, and of the
/// histogram that metrics have in place of them.
struct SpreadColumns<Row> {
    /// Of the columns, in this order; the last is the histogram's.
    let keys: (StaticString, StaticString, StaticString, StaticString, StaticString)
    /// In the table; nil where it does not have the column.
    let titles: (StaticString?, StaticString?, StaticString?, StaticString?)
    /// Of the first column, which says what took so long; and of the histogram.
    let meanings: (least: StaticString, all: StaticString)
    let decimals: @Sendable (Row) -> Int
    /// Of the greatest time, where a table has no room for all.
    var greatestImportance: Column.Importance?
    /// Nil where the row has none.
    let samples: @Sendable (Row) -> Samples?

    var columns: [ValuedColumn<Row>] {
        [
            time(keys.0, titles.0, meanings.least) { $0.least },
            time(keys.1, titles.1, "half of them took no longer; null of fewer than five") { $0.percentile(50) },
            time(keys.2, titles.2, "95 of 100 took no longer; null of fewer than five") { $0.percentile(95) },
            time(keys.3, titles.3, "the greatest of these", greatestImportance) { $0.greatest },
            .init(keys.4, nil, .samples, meanings.all) { [samples, decimals] row in
                .distribution((samples(row) ?? Samples()).distribution(decimals: decimals(row)))
            },
        ]
    }

    private func time(
        _ key: StaticString, _ title: StaticString?, _ meaning: StaticString, _ importance: Column.Importance? = nil,
        _ value: @escaping @Sendable (Samples) -> Int64?
    ) -> ValuedColumn<Row> {
        .init(key, title, .duration, meaning, metric: .absent, importance: importance) { [samples, decimals] row in
            .nanoseconds(samples(row).flatMap(value), decimals: decimals(row))
        }
    }
}
