import Fields

/// A message that only other implementations speak, known by its name: its payload is shown as bytes
/// (protocol.md section 6.21).
struct Foreign: Payload {
    let message: Field
    let data = Field("bitcoin.foreign.data", "Data", .bytes, "the payload of a message that Bitcoin Core never spoke")

    /// - Parameters:
    ///   - name: The command, in lower case as field names are.
    ///   - meaning: One phrase of what the message is for.
    init(_ name: String, _ meaning: String) {
        message = Field("bitcoin.\(name)", "\(name.prefix(1).uppercased())\(name.dropFirst()) message", .group, meaning)
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(c.left, "byte", "bytes")
        c.rest(data)
    }
}
