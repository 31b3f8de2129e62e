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

    /// What a user agent claims; nil where that is not Bitcoin Core.
    init?(_ userAgent: [UInt8]) {
        guard userAgent.starts(with: Self.name) else { return nil }
        let rest = userAgent.dropFirst(Self.name.count)
        var numbers: [Int] = []
        var end = rest.startIndex
        var place = rest.startIndex
        while let (number, after) = Self.number(in: rest, at: place) {
            numbers.append(number)
            end = after
            guard after < rest.endIndex, rest[after] == UInt8(ascii: ".") else { break }
            place = after + 1
        }
        guard numbers.count >= 2 else { return nil }
        version = Version(numbers[0], numbers[1])
        text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
    }

    /// The digits at a place as a number, and where they end; nil where there are none.
    private static func number(in text: ArraySlice<UInt8>, at start: Int) -> (Int, Int)? {
        var (number, place) = (0, start)
        while place < text.endIndex, text[place] >= 0x30, text[place] <= 0x39 {
            // Whatever is greater is later than any version.
            number = min(number * 10 + Int(text[place] - 0x30), 1_000_000)
            place += 1
        }
        return place > start ? (number, place) : nil
    }
}
