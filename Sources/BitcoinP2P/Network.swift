import Fields

/// A Bitcoin network, known by the four magic bytes that begin each message (protocol.md section 1).
///
/// It is in every message's header, so it holds no references; what is known of it is looked up.
public struct Network: Hashable, Sendable, BitwiseCopyable {
    /// The magic, read big-endian so that it prints as it stands on the wire.
    public let magic: UInt32
    /// Where it stands in `facts`; nil for a network we don't know.
    private let index: UInt8?

    private struct Facts {
        let magic: UInt32
        let name: String
        let port: UInt16
        var addresses: Addresses?
    }

    private static let facts = [
        Facts(magic: 0xf9be_b4d9, name: "mainnet", port: 8333, addresses: .main),
        Facts(magic: 0x0b11_0907, name: "testnet3", port: 18333, addresses: .test),
        Facts(magic: 0x1c16_3f28, name: "testnet4", port: 48333, addresses: .test),
        Facts(magic: 0x0a03_cf40, name: "signet", port: 38333, addresses: .test),
        Facts(magic: 0xfabf_b5da, name: "regtest", port: 18444, addresses: .regtest),
        Facts(magic: 0x4649_5645, name: "testnet5", port: 18335),
        Facts(magic: 0x161c_1412, name: "simnet", port: 18555),
    ]

    public static let mainnet = Network(magic: 0xf9be_b4d9)

    public static let known = facts.map { Network(magic: $0.magic) }

    /// The network of that magic, known or not.
    public init(magic: UInt32) {
        self.magic = magic
        index = Self.facts.firstIndex { $0.magic == magic }.map { UInt8($0) }
    }

    private var facts: Facts? { index.map { Self.facts[Int($0)] } }

    /// Core's name of the chain; empty for a network we don't know.
    public var name: String { facts?.name ?? "" }
    /// The port its nodes listen on; 0 for a network we don't know.
    public var port: UInt16 { facts?.port ?? 0 }
    /// How its addresses are written; nil where we don't know that.
    public var addresses: Addresses? { facts?.addresses }

    public var isKnown: Bool { index != nil }

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

    /// The network whose magic that may have been meant for: with its bytes in reverse, or one hexadecimal digit of
    /// another value; nil where it is known itself, or like none.
    public static func near(magic: UInt32) -> (network: Network, isReversed: Bool)? {
        guard !isKnown(magic: magic) else { return nil }
        if let network = known.first(where: { $0.magic.byteSwapped == magic }) { return (network, true) }
        let near = known.first { network in
            let differing = network.magic ^ magic
            return stride(from: UInt32(0), to: 32, by: 4).count { differing >> $0 & 0xf != 0 } == 1
        }
        return near.map { ($0, false) }
    }

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
