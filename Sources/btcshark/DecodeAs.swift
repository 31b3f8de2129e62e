import ArgumentParser

/// tshark's `-d`.
enum DecodeAs {
    /// The ports of `tcp.port==N,bitcoin`, of a range `N-M`, or of `N:COUNT`, COUNT ports from N on.
    static func ports(_ text: String) throws -> ClosedRange<UInt16> {
        let wrong = ValidationError(
            "-d: '\(text)' is not of the form tcp.port==N,bitcoin with N from 1 to 65535; ports from N to M are N-M.")
        guard text.hasPrefix("tcp.port=="), text.hasSuffix(",bitcoin") else { throw wrong }
        let selector = text.dropFirst(10).dropLast(8)
        if let port = number(selector) { return port...port }
        if let (first, last) = parts(selector, "-"), first <= last { return first...last }
        if let (first, count) = parts(selector, ":"), let last = UInt16(exactly: Int(first) + Int(count) - 1) {
            return first...last
        }
        throw wrong
    }

    private static func parts(_ text: Substring, _ separator: Character) -> (UInt16, UInt16)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = number(parts[0]), let second = number(parts[1]) else { return nil }
        return (first, second)
    }

    private static func number(_ text: Substring) -> UInt16? {
        guard !text.isEmpty, text.allSatisfy({ ("0"..."9").contains($0) }), let number = UInt16(text), number > 0
        else { return nil }
        return number
    }
}
