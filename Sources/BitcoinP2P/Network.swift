import Dissection

/// A Bitcoin network, told by the four magic bytes that begin each message (protocol.md section 1).
public struct Network: Hashable, Sendable {
    /// The magic, read big-endian so that it prints as it stands on the wire.
    public let magic: UInt32
    /// Core's name of the chain; empty for a network we don't know.
    public let name: String
    /// The port its nodes listen on; 0 for a network we don't know.
    public let port: UInt16
    /// How its addresses are written; nil where we don't know that.
    public let addresses: Addresses?

    public static let known = [
        Network(magic: 0xf9be_b4d9, name: "mainnet", port: 8333, addresses: .main),
        Network(magic: 0x0b11_0907, name: "testnet3", port: 18333, addresses: .test),
        Network(magic: 0x1c16_3f28, name: "testnet4", port: 48333, addresses: .test),
        Network(magic: 0x0a03_cf40, name: "signet", port: 38333, addresses: .test),
        Network(magic: 0xfabf_b5da, name: "regtest", port: 18444, addresses: .regtest),
        Network(magic: 0x4649_5645, name: "testnet5", port: 18335),
        Network(magic: 0x161c_1412, name: "simnet", port: 18555),
    ]

    /// The network of that magic, known or not.
    public init(magic: UInt32) {
        if let index = Self.known.firstIndex(where: { $0.magic == magic }) {
            self = Self.known[index]
        } else {
            self.init(magic: magic, name: "", port: 0)
        }
    }

    private init(magic: UInt32, name: String, port: UInt16, addresses: Addresses? = nil) {
        self.magic = magic
        self.name = name
        self.port = port
        self.addresses = addresses
    }

    public var isKnown: Bool { !name.isEmpty }

    /// What it is called on the screen: `mainnet`, or `unknown network 0x7ec653a5`.
    public var title: String {
        if isKnown { return name }
        var text = TextBuffer()
        text.append("unknown network 0x")
        text.append(hexadecimal: UInt64(magic), digits: 8)
        return text.string
    }

    /// Ports on which a stream is taken for Bitcoin's whatever it begins with.
    public static let ports: Set<UInt16> = [8333, 18333, 18444, 38333, 48333]

    static let knownMagics: [UInt32] = known.map(\.magic)

    static func isKnown(magic: UInt32) -> Bool { knownMagics.contains(magic) }
}

extension Network {
    /// What tells the addresses of one network from those of another (protocol.md section 8.3).
    public enum Addresses: Hashable, Sendable {
        case main, test, regtest

        /// The version byte of a P2PKH address.
        var pubkeyHash: UInt8 { self == .main ? 0x00 : 0x6f }
        /// The version byte of a P2SH address.
        var scriptHash: UInt8 { self == .main ? 0x05 : 0xc4 }
        /// The human-readable part of a bech32 address.
        var prefix: StaticString {
            switch self {
            case .main: "bc"
            case .test: "tb"
            case .regtest: "bcrt"
            }
        }
    }

    /// From this height on each coinbase begins with the block's height (BIP 34): at once on all but the oldest.
    var coinbaseHeightFrom: UInt64 {
        switch magic {
        case 0xf9be_b4d9: 227_931
        case 0x0b11_0907: 21_111
        default: 1
        }
    }
}
