/// Somebody to call: a host and a port.
public struct Target: Hashable, Sendable {
    public enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// A name that a resolver or a proxy knows, in lower case.
        case name(String)
    }

    public let host: Host
    public let port: UInt16

    public init(_ host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `192.0.2.1`, `192.0.2.1:8333`, `2001:db8::1`, `[2001:db8::1]:8333`, `name:8333` or `….onion`.
    ///
    /// - Parameter defaultPort: Where the text names none.
    /// - Returns: Nil where the text is none of these.
    public init?(_ text: some StringProtocol, defaultPort: UInt16) {
        let text = String(text)
        if let address = IPAddress(text) {
            self.init(.address(address), port: defaultPort)
        } else if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            guard let address = IPAddress(text[text.index(after: text.startIndex)..<end]),
                let port = Self.port(rest, defaultPort)
            else { return nil }
            self.init(.address(address), port: port)
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            guard let port = Self.port(text[end...], defaultPort) else { return nil }
            let host = text[..<end]
            if let address = IPAddress(host) {
                self.init(.address(address), port: port)
            } else if Self.isName(host) {
                self.init(.name(host.lowercased()), port: port)
            } else {
                return nil
            }
        }
    }

    /// - Parameter text: Empty, or a colon and a number from 1 to 65,535.
    private static func port(_ text: some StringProtocol, _ defaultPort: UInt16) -> UInt16? {
        if text.isEmpty { return defaultPort }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits),
            port > 0
        else { return nil }
        return port
    }

    /// Letters, digits, hyphens and dots, with a letter: what names of the DNS and of Tor and I2P have.
    private static func isName(_ text: some StringProtocol) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253 && labels.allSatisfy { (1...63).contains($0.utf8.count) }
            && text.utf8.allSatisfy { isNameByte($0) } && text.utf8.contains { isLetter($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x2e
    }

    /// As it is written: the same for two targets that are the same.
    public var text: String {
        switch host {
        case .address(let address): address.isIPv4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)"
        case .name(let name): "\(name):\(port)"
        }
    }

    /// Where it is; a name may be anywhere on the Internet.
    public var range: AddressRange {
        switch host {
        case .address(let address): address.range
        case .name: .public
        }
    }

    /// Only a proxy reaches it.
    public var needsProxy: Bool {
        if case .name(let name) = host { return name.hasSuffix(".onion") || name.hasSuffix(".i2p") }
        return false
    }
}
