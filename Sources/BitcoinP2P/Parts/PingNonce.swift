import Fields

/// The number by which a `pong` is known to answer a `ping` (protocol.md section 6.7).
public struct PingNonce: Sendable {
    public let nonce: Field

    init(_ name: String, _ meaning: String) { nonce = Field(name, "Random nonce", .hexadecimal(bits: 64), meaning) }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let value = try c.integer(nonce, UInt64.self)
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" ")
        c.sink.info.append(hexadecimal: value, digits: 16)
    }

    /// The number in a payload, or nil where not all of it is there.
    public func value(in payload: RawSpan) -> UInt64? {
        var c = Cursor(payload, SkimSink(wantsInfo: false))
        return try? c.integer(nonce, UInt64.self)
    }
}
