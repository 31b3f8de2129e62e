import Fields

/// What the record of a connection's end tells.
struct CloseFields: Sendable {
    let close = Field(
        "bitcoin.close", "Connection closed", .group,
        "a side has closed the connection; this record is not a message, and comes with -z, --relations or its own name"
    )
    let how = Field("bitcoin.close.how", "How", .enumeration(Self.names, bits: 8), "by which flag of TCP")
    let after = Field(
        "bitcoin.close.after", "Last message", .paddedText,
        "the command of the last message of either side before the end")
    let time = Field(
        "bitcoin.close.time", "Time since the last message", .duration, "from the end of that message to this one")

    var all: Set<Field> { [close, how, after, time] }

    private static let names = ValueNames(
        (0, "FIN", "the sender will send nothing more"),
        (1, "RST", "the sender has given the connection up"))
}
