import BitcoinP2P
import Fields
import Glibc
import Reassembly
import Records

/// A peer whose messages a node has captured itself, in a folder named after it.
struct CapturedPeer {
    /// Addresses in its messages are written for it.
    let network: Network
    var hasReceived = false
    var hasSent = false
    /// Part of a file cannot be read.
    var isDamaged = false
    private let received: Ends
    private let sent: Ends
    private var versionsReceived = 0
    private var versionsSent = 0

    /// What the node is called: its files do not name its address.
    static let node = Array("node".utf8)

    init(folder: String, network: Network) {
        let (endpoint, text) = Self.endpoint(folder)
        received = Ends(from: endpoint, text, to: nil, Self.node)
        sent = Ends(from: nil, Self.node, to: endpoint, text)
        self.network = network
    }

    /// One of which only a file is known, and not which way its messages went: the file's name stands for the sender.
    init(file name: String, network: Network) {
        var text = TextBuffer()
        text.append(wire: Array(name.utf8).span.bytes)
        received = Ends(from: nil, text.bytes, to: nil, Array("unknown".utf8))
        sent = received
        self.network = network
    }

    /// The side that the next message comes from.
    func sender(isReceived: Bool) -> StreamSender {
        // The files go on from connection to connection, and do not say where one ends.
        let isWhole = hasReceived && hasSent && !isDamaged && max(versionsReceived, versionsSent) <= 1
        return StreamSender(
            ends: isReceived ? received : sent, role: .unknown, side: isReceived ? .forward : .backward,
            seen: isWhole ? .both : .part, firstSequence: 0)
    }

    /// Notes the next message: another `version` begins another connection, unless the other side's has already begun it.
    ///
    /// - Returns: Whether the connection before has ended.
    mutating func note(_ command: Command, isReceived: Bool) -> Bool {
        guard Conduct.isVersion(command) else { return false }
        let own = isReceived ? versionsReceived : versionsSent
        let last = max(versionsReceived, versionsSent)
        let count = own == last ? last + 1 : last
        if isReceived { versionsReceived = count } else { versionsSent = count }
        return own == last && last > 0
    }

    /// The end that a folder is named after: the address and port, with `_` for each `:` (protocol.md section 12).
    ///
    /// - Returns: No endpoint where the address is none of IP; the text is safe to print.
    static func endpoint(_ folder: String) -> (Endpoint?, [UInt8]) {
        var text = TextBuffer()
        guard let place = folder.lastIndex(of: "_"), let port = UInt16(folder[folder.index(after: place)...]) else {
            text.append(wire: Array(folder.utf8).span.bytes)
            return (nil, text.bytes)
        }
        var host = String(folder[..<place])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast().map { $0 == "_" ? ":" : $0 })
            if let endpoint = endpoint(ipv6: host, port) { return (endpoint, endpoint.text) }
            host = "[\(host)]"
        } else if let endpoint = endpoint(ipv4: host, port) {
            return (endpoint, endpoint.text)
        }
        text.append(wire: Array(host.utf8).span.bytes)
        text.append(":")
        text.append(decimal: UInt64(port))
        return (nil, text.bytes)
    }

    private static func endpoint(ipv4 text: String, _ port: UInt16) -> Endpoint? {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return Endpoint(ipv4: UInt32(bigEndian: address.s_addr), port: port)
    }

    private static func endpoint(ipv6 text: String, _ port: UInt16) -> Endpoint? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let (high, low) = withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return Endpoint(family: .ipv6, high: high, low: low, port: port)
    }
}
