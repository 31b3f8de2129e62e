/// The version of Bitcoin Core that a side says it is.
struct ClaimedClient: Sendable {
    /// `28.1.0`; safe to print.
    let text: String
    let version: Version

    /// The first two numbers: `0.21`, `28.1`.
    struct Version: Sendable, Comparable, CustomStringConvertible {
        let major: Int
        let minor: Int

        init(_ major: Int, _ minor: Int = 0) {
            self.major = major
            self.minor = minor
        }

        static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }

        /// Since version 22 the first number is enough.
        var description: String { major == 0 ? "0.\(minor)" : "\(major)" }
    }

    private static let name = Array("/Satoshi:".utf8)
    /// Numbers of a version, and digits of each.
    private static let (numberLimit, digitLimit) = (4, 5)

    /// What a user agent claims; nil where that is not Bitcoin Core.
    init?(_ userAgent: [UInt8]) {
        guard userAgent.starts(with: Self.name) else { return nil }
        let rest = userAgent.dropFirst(Self.name.count).prefix { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2e }
        let after = userAgent.dropFirst(Self.name.count + rest.count).first
        // `/Satoshi:28.1.0/` and `/Satoshi:28.1.0(comment)/`.
        guard after == UInt8(ascii: "/") || after == UInt8(ascii: "(") else { return nil }
        let parts = rest.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count <= Self.numberLimit, parts.allSatisfy({ (1...Self.digitLimit).contains($0.count) }) else {
            return nil
        }
        let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        guard let major = numbers.first else { return nil }
        version = Version(major, numbers.count > 1 ? numbers[1] : 0)
        text = String(decoding: rest, as: UTF8.self)
    }
}
