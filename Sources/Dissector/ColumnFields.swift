import Fields

/// The columns of the summary line as fields, named as Wireshark names them.
struct ColumnFields: Sendable {
    let layer = Field("_ws.col", "Columns", .layer, "the columns of the summary line, as text")
    let number = Field("_ws.col.number", "No.", .text, "the frame that completed the message")
    let time = Field("_ws.col.time", "Time", .text, "when it was captured, as -t shows it")
    let source = Field("_ws.col.source", "Source", .text, "address and port of the sender")
    let destination = Field("_ws.col.destination", "Destination", .text, "address and port of the receiver")
    let protocolName = Field("_ws.col.protocol", "Protocol", .text, "Bitcoin, or BitcoinV2")
    let length = Field("_ws.col.length", "Length", .text, "bytes of header and payload")
    let info = Field("_ws.col.info", "Info", .text, "what the message says, in a line")

    /// What only a look at the payload can tell.
    var late: Set<Field> { [info] }
    var all: Set<Field> { late.union([layer, number, time, source, destination, protocolName, length]) }
}
