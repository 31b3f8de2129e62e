/// A column, and how its value is taken from what a row is made of: all that is to be said of a column, in one place.
package struct ValuedColumn<Row>: Sendable {
    package let column: Column
    /// Nil where rows of this kind have no such value: data has no member, a table has `-`.
    package let value: @Sendable (Row) -> RowValue?

    /// Declares a column.
    ///
    /// - Parameters:
    ///   - key: The name of its member in a line of data.
    ///   - title: Its name in the table; nil where the table does not have it.
    ///   - meaning: One phrase, without a capital or a full stop.
    ///   - place: Its place in the table, from 0, where that has another order than data, which has the order of the
    ///     declarations. Columns without one are around it in that order.
    ///   - width: In a table of fixed columns, with the space before it.
    ///   - metric: What the values are among metrics, where that does not follow from their unit.
    ///   - importance: Where a table has no room for all; labels of metrics name the row unless it says otherwise.
    package init(
        _ key: StaticString, _ title: StaticString?, _ unit: Column.Unit, _ meaning: StaticString, place: Int? = nil,
        width: Int = 0, metric: Column.Metric? = nil, importance: Column.Importance? = nil,
        _ value: @escaping @Sendable (Row) -> RowValue?
    ) {
        let isLabel = if case .label? = metric { true } else { false }
        column = Column(
            key: key, title: title, unit: unit, meaning: meaning, metric: metric ?? unit.metric, place: place,
            width: width, importance: importance ?? (isLabel ? .name : .usual))
        self.value = value
    }
}
