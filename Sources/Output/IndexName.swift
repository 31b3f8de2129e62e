import Fields
import Records

/// Elasticsearch's index of a record, one a day in UTC: `packets-2011-03-28`; `packets-undated` where its time is unknown.
struct IndexName {
    private var time = TimeText(.utc)

    mutating func append(_ record: borrowing Record, to text: inout TextBuffer) {
        text.append("packets-")
        guard record.hasTime else {
            text.append("undated")
            return
        }
        let start = text.count
        guard time.append(seconds: TimeText.split(record.time).seconds, date: true, to: &text) else { return }
        // The clock after the date.
        text.bytes.removeLast(max(0, text.count - start - "2011-03-28".utf8.count))
    }
}
