import Fields

/// An address as `version` and `addr` carry it, without time: services, 16 bytes of address, port
/// (protocol.md section 4.1).
struct NetworkAddress: Sendable {
    let services = Field(
        "bitcoin.address.services", "Node services", .hexadecimal(bits: 64),
        "what the node at this address is said to serve, one bit each")
    let address = Field(
        "bitcoin.address.address", "Node address", .ipv6,
        "an IPv6 address, or one of another network mapped into a range of its own")
    let text = Field(
        "bitcoin.address.text", "Address", .text, "the address as it is written in the network it belongs to")
    let port = Field("bitcoin.address.port", "Node port", .unsigned(bits: 16), "the TCP port, big-endian on the wire")
    let bits = Services()

    static var byteCount: Int { 26 }

    /// Reads 26 bytes; `mark` is the group around them, which is headed by the address.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, in mark: Int) throws(Stop) {
        let flags = try c.integer(services, UInt64.self)
        bits.layout(&c, of: flags, bytes: 8)
        let range = try c.bytes(address, 16)
        guard c.wants(text) else {
            try c.bigEndian(port, UInt16.self)
            return
        }
        let bytes = c.bytes.extracting(range)
        let (form, part) = AddressForm.version1(bytes)
        var written = TextBuffer()
        form.append(bytes.extracting(part), to: &written)
        c.generate(text, written)
        let number = try c.bigEndian(port, UInt16.self)
        written.removeAll()
        form.append(bytes.extracting(part), port: number, to: &written)
        c.head(mark, written)
    }

    /// Adds the address that begins with its services at `start` to the summary line; nothing where it is cut.
    func appendInfo(_ c: inout Cursor<some FieldSink & ~Copyable>, at start: Int) {
        guard start >= 0, start <= c.end - Self.byteCount, let port = c.load(littleEndian: UInt16.self, at: start + 24)
        else { return }
        let bytes = c.bytes.extracting(start + 8..<start + 24)
        let (form, part) = AddressForm.version1(bytes)
        c.sink.info.append(ascii: 0x20)
        form.append(bytes.extracting(part), port: port.byteSwapped, to: &c.sink.info)
    }
}
