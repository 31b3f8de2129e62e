import BitcoinP2P
import Fields

/// A colour of the page, by day and by night.
struct ColourToken: Sendable {
    enum Use: Sendable {
        /// Text: 6 to 1 at least.
        case text
        /// What is drawn: 3 to 1 at least.
        case drawing
        /// It carries nothing: a ground, a faint line.
        case ground
    }

    let name: StaticString
    let light: UInt32
    let dark: UInt32
    let use: Use

    init(_ name: StaticString, _ light: UInt32, _ dark: UInt32, _ use: Use) {
        self.name = name
        self.light = light
        self.dark = dark
        self.use = use
    }

    /// All of them. The families differ from each other by a ΔE of 22 or more (CIE 76), for those who cannot tell red from
    /// green, too.
    static let all: [ColourToken] = [
        .init("ground", 0xfcfbf9, 0x141517, .ground), .init("ink", 0x1c1b19, 0xecebe8, .text),
        .init("faint", 0x5c5954, 0xb2afa9, .text), .init("hair", 0xe4e1da, 0x2e3034, .ground),
        .init("line", 0x8a867e, 0x7c7f86, .drawing), .init("accent", 0x0b5cad, 0x7ab8f5, .text),
        .init("good", 0x1d6b3a, 0x74c891, .text), .init("warn", 0x9a4a00, 0xeba45c, .text),
        .init("bad", 0xb3261e, 0xf2857d, .text), .init("block", 0x2e56c3, 0x326ccc, .drawing),
        .init("header", 0x3392d3, 0x86d9df, .drawing), .init("tx", 0xbf8011, 0xe68867, .drawing),
        .init("ask", 0x603468, 0xa2beff, .drawing), .init("addr", 0x3b9b55, 0x4de7b1, .drawing),
        .init("filter", 0x525800, 0xcfb03c, .drawing), .init("talk", 0x5f5d57, 0x788078, .drawing),
        .init("other", 0xd96696, 0xb270b1, .drawing),
    ]

    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, 1.4.3).
    static func contrast(_ one: UInt32, _ other: UInt32) -> Double {
        let (first, second) = (luminance(one), luminance(other))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    private static func luminance(_ colour: UInt32) -> Double {
        func part(_ shift: UInt32) -> Double {
            let value = Double(colour >> shift & 0xff) / 255
            return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055)
        }
        return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    /// To the 2.4th: the 12th power of the fifth root.
    private static func power(_ value: Double) -> Double {
        var root = value
        for _ in 0..<60 where root > 0 {
            let fourth = root * root * root * root
            root -= (fourth * root - value) / (5 * fourth)
        }
        let square = root * root
        let fourth = square * square
        return fourth * fourth * fourth
    }
}

/// What a bar of the page is of: a family of messages, bytes of v2 between messages, or bytes that cannot be read.
enum Traffic: Int, CaseIterable, Sendable {
    case block, header, tx, ask, addr, filter, talk, other, between, encrypted

    init(_ family: MessageFamily) {
        switch family {
        case .block: self = .block
        case .header: self = .header
        case .tx: self = .tx
        case .ask: self = .ask
        case .addr: self = .addr
        case .filter: self = .filter
        case .talk: self = .talk
        case .other: self = .other
        }
    }

    /// The class that colours it.
    var style: StaticString {
        switch self {
        case .block: "f-block"
        case .header: "f-header"
        case .tx: "f-tx"
        case .ask: "f-ask"
        case .addr: "f-addr"
        case .filter: "f-filter"
        case .talk: "f-talk"
        case .other: "f-other"
        // The colour of lines: it is of no family.
        case .between: "f-line"
        case .encrypted: "f-encrypted"
        }
    }

    var label: StaticString {
        switch self {
        case .block: "Blocks"
        case .header: "Headers"
        case .tx: "Transactions"
        case .ask: "Announce and ask"
        case .addr: "Addresses"
        case .filter: "Filters"
        case .talk: "Handshake, pings"
        case .other: "Other"
        case .between: "Keys, garbage, decoys"
        case .encrypted: "Encrypted"
        }
    }
}
