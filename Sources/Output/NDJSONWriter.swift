import Fields
import Records

/// `-T ndjson`: one JSON object a line, for programs.
///
///     {"frame":{"frame.number":419,…},"ip":{…},"tcp":{…},"bitcoin":{"bitcoin.command":"inv",…}}
///
/// The object has a key for each layer. Within a layer or group the keys are full field names, each once, in the order in
/// which they first occur. What holds is stable:
///
/// * Layers and groups are objects.
/// * What may occur several times in its object is always in an array, also if it is alone: entries and values of lists,
///   and fields whose declaration says that they repeat. The array stands in the place of the first occurrence.
/// * Numbers are JSON numbers with all their digits, also above 2⁵³ and also those that text shows as hexadecimal;
///   amounts are in satoshi.
/// * Booleans and flags are `true` and `false`.
/// * An enumeration is its number; `NAME.name` beside it is the value's name, where it has one.
/// * A point in time is a string, ISO 8601 in UTC: `2011-03-28T15:58:57Z`, or with nine decimals where it is known to the
///   nanosecond; `NAME.epoch` beside it is the number of seconds since 1970, in exact decimals. Where the calendar has no
///   such year, the string is the number.
/// * A span of time is a number of seconds with nine decimals.
/// * Hashes are hexadecimal in display order, other bytes in the order of the wire; addresses and texts are strings, and
///   what is no printable UTF-8 in a text is escaped with backslashes as in all output.
/// * A field whose bytes end too early is null; `NAME.truncated` beside it has those that are there, as hexadecimal.
/// * The parts of a field with a value of its own, such as the bits of an integer, stand beside it.
/// * `_ws.expert` of a layer is an array of what is remarked on its fields: `severity`, `group`, `message`, `field`.
///
/// Where a field has an array, so have those of `NAME.name`, `NAME.epoch` and `NAME.truncated` that are there: as long,
/// with null where they say nothing.
///
/// With a budget, a large message has `truncated` after what is cut: an array of objects for lists, see ``CutFields``.
///
/// With columns, the object has exactly their names as keys, in the order they were asked for: null where the message has
/// no such field; an array where it occurs several times or may do so, within a list, or where the name stands for several
/// fields. A group is an object as above. Nothing stands beside a value.
public final class NDJSONWriter: RecordSink {
    private let output: ByteOutput
    /// One value: Swift looks at each access to a variable of an object as the program runs.
    private var object: NDJSONObject
    private let depth: Depth
    public var wants: Wants { object.columns?.wants(depth, withParts: true) ?? Wants(depth) }

    /// - Parameter budget: Nil where every message is written whole.
    public convenience init(_ output: ByteOutput, budget: OutputBudget? = nil) {
        self.init(output, nil, .tree, budget)
    }

    /// - Parameters:
    ///   - columns: Of several of one name the first is taken.
    ///   - depth: How much of the tree holds the fields of all columns.
    public convenience init(_ output: ByteOutput, columns: [FieldColumn], depth: Depth) {
        self.init(output, columns, depth, nil)
    }

    private init(_ output: ByteOutput, _ columns: [FieldColumn]?, _ depth: Depth, _ budget: OutputBudget?) {
        self.output = output
        self.depth = depth
        object = NDJSONObject(of: output, columns, budget)
    }

    public func begin() {}
    public func end() { output.flush() }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        var text = output.take()
        object.append(record, bytes, to: &text)
        text.append("\n")
        output.give(text)
    }
}
