import Fields

/// What a record is made of, beside its bytes.
enum RecordSource {
    case message(Finding)
    case event(StreamEvent)
}
