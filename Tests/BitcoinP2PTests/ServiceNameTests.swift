import BitcoinP2P
import Testing

/// What a node serves, as people write it.
@Suite struct ServiceNameTests {
    @Test(
        arguments: [
            ("NODE_NETWORK", 0x1), ("node_network", 0x1), ("network", 0x1), ("NODE_NETWORK|NODE_WITNESS", 0x9),
            ("NODE_NETWORK, NODE_P2P_V2", 0x801), ("n", 0x1), ("nbwcl2", 0xc4d), ("nbw", 0xd), ("nothing", nil),
            ("", nil),
            ("2", nil), ("nu", nil), ("NODE_", nil),
        ] as [(String, UInt64?)])
    func names(_ text: String, _ value: UInt64?) {
        #expect(ServiceNames.value(of: text) == value)
    }

    @Test func lettersAreReadAgain() {
        for bits in [0x1, 0x9, 0x409, 0xc4d] as [UInt64] {
            #expect(ServiceNames.value(of: ServiceNames.letters(of: bits)) == bits)
        }
        #expect(ServiceNames.letters(of: 0x1000_0001) == "nu" && ServiceNames.letters(of: 0) == "")
    }

    @Test(
        arguments: [
            (0xf9be_b4d9, nil, false), (0xd9b4_bef9, "mainnet", true), (0xf9be_b4d8, "mainnet", false),
            (0x0709_110b, "testnet3", true), (0xf9be_b4c8, nil, false), (0xe3e1_f3e8, nil, false),
        ] as [(UInt32, String?, Bool)])
    func magicsLikeThoseOfNetworks(_ magic: UInt32, _ name: String?, _ isReversed: Bool) {
        let near = Network.near(magic: magic)
        #expect(near?.network.name == name && near?.isReversed ?? false == isReversed)
    }
}
