import BTCShark

/// Collects the nonces of all pings.
final class PingNonces: RecordSink {
    let wants = Wants(.fields, fields: Set([PingNonces.nonce].compactMap(\.self)))
    private(set) var nonces: [UInt64] = []
    private static let nonce = Field.named("bitcoin.ping.nonce")

    func begin() {}
    func end() {}

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        for node in record.tree.nodes where node.field == Self.nonce { nonces.append(node.value) }
    }
}

func pingNonces(of path: String) throws -> [UInt64] {
    let pings = PingNonces()
    let counts = try dissect([path], into: pings)
    print("\(counts.messages) messages, \(pings.nonces.count) pings")
    return pings.nonces
}
