#if Web
import Fields
import Report

/// The secret that each request for data has: 256 random bits.
public struct Token: Sendable {
    /// As base64url without padding: 43 characters.
    public let text: String

    /// A new one.
    public init() {
        // On Linux it asks the kernel for each number.
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...UInt8.max, using: &generator) }
        var digits = TextBuffer()
        digits.append(base64: bytes)
        text = String(
            digits.string.compactMap { digit -> Character? in
                switch digit {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: digit
                }
            })
    }

    /// Whether a header names it; the time it takes does not depend on how much of it is right.
    func isNamed(by header: String?) -> Bool {
        guard let header, header.utf8.count == Self.scheme.utf8.count + text.utf8.count, header.hasPrefix(Self.scheme)
        else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(header.utf8.dropFirst(Self.scheme.utf8.count), text.utf8) { difference |= one ^ other }
        return difference == 0
    }

    private static let scheme = "Bearer "
}
#endif
