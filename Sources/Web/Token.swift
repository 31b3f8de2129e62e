#if Web
import Fields
import Glibc
import Report
import System

/// What whoever may look at the capture says with each request: 256 random bits.
public struct Token: Sendable {
    /// As base64url without padding: 43 characters.
    public let text: String

    /// A new one.
    public init() throws {
        var bytes = [UInt8](repeating: 0, count: 32)
        // So few come at once, or not at all.
        let count = bytes.withUnsafeMutableBytes { getrandom($0.baseAddress, $0.count, 0) }
        guard count == bytes.count else { throw SystemFailure(code: count < 0 ? errno : EIO) }
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

    /// Whether a header names it; the time it takes does not tell how much of it is right.
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
