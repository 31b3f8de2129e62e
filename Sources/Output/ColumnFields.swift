import Fields

/// The columns of the summary line as fields, named as Wireshark names them.
public struct ColumnFields: Sendable {
    static let standard = ColumnFields()

    public let layer = Field("_ws.col", "Columns", .layer, "the columns of the summary line, as text")
    public let number = Field("_ws.col.number", "No.", .text, "the frame that completed the message")
    public let time = Field("_ws.col.time", "Time", .text, "when it was captured, as -t shows it")
    public let source = Field("_ws.col.source", "Source", .text, "address of the sender, without the port")
    public let destination = Field(
        "_ws.col.destination", "Destination", .text, "address of the receiver, without the port")
    public let protocolName = Field("_ws.col.protocol", "Protocol", .text, "Bitcoin, or BitcoinV2")
    public let length = Field("_ws.col.length", "Length", .text, "bytes of header and payload")
    public let info = Field("_ws.col.info", "Info", .text, "what the message says, in a line")

    public init() {}

    /// What only a look at the payload can show.
    public var late: Set<Field> { [info] }
    public var all: Set<Field> { late.union([layer, number, time, source, destination, protocolName, length]) }
}
