import BTCShark

/// A `version` of somebody who has no blocks, header and payload, as it goes on the wire.
func builtVersion(calling name: String, nonce: UInt64) throws -> [UInt8] {
    guard let type = MessageType.named("version") else { return [] }
    var values = BuildValues()
    values.add(.written("version.version"), number: 70016)
    values.add(.written("user_agent"), bytes: name.utf8)
    values.add(.written("nonce"), number: nonce)
    values.group(.written("addr_you")) { address in
        address.add(.written("address.address"), text: "192.0.2.1".utf8)
        address.add(.written("port"), number: 8333)
    }
    let builder = MessageBuilder(network: .mainnet, fill: .zero)
    return try builder.build(type, values).bytes
}
