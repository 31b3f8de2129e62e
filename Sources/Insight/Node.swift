import Glibc
import Reassembly

/// The node that a capture is of: questions tell what it sent from what it received.
public struct Node: Sendable, Equatable {
    /// How it is known.
    public enum Source: String, Sendable {
        case option
        case interface
        /// The capture itself says so.
        case capture
        /// It is at one end of every connection.
        case address
        case endpoint
    }

    /// Addresses, `192.0.2.1` or `2001:db8::1`, and endpoints, `192.0.2.1:8333`.
    public let names: [String]
    public let source: Source

    public init(_ names: [String], _ source: Source) {
        self.names = names
        self.source = source
    }

    /// Whether it is an address, or an address and a port.
    public static func isName(_ text: String) -> Bool { canonical(address: split(text).address) != nil }

    /// The name as connections have it: `2001:DB8:0::1` is `2001:db8::1`. What is no name stays as it is.
    public static func canonical(_ text: String) -> String {
        let (address, port) = split(text)
        guard let host = canonical(address: address) else { return text }
        guard let port else { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func split(_ text: String) -> (address: String, port: UInt16?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()) else { return ("", nil) }
            return (host, port)
        }
        guard let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon else { return (text, nil) }
        guard let port = UInt16(text[text.index(after: colon)...]) else { return ("", nil) }
        return (String(text[..<colon]), port)
    }

    private static func canonical(address: String) -> String? {
        var (four, six) = (in_addr(), in6_addr())
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if inet_pton(AF_INET, address, &four) == 1 { return address }
        guard inet_pton(AF_INET6, address, &six) == 1,
            inet_ntop(AF_INET6, &six, &text, socklen_t(text.count)) != nil
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var text: String { names.joined(separator: ",") }

    /// Whether an end of a connection is the node's.
    func isAt(_ end: End) -> Bool { names.contains(end.address) || names.contains(end.endpoint) }

    /// The side of a connection that is the node's; nil where none is, or both.
    func side(_ forward: End, _ backward: End) -> Direction? {
        switch (isAt(forward), isAt(backward)) {
        case (true, false): .forward
        case (false, true): .backward
        default: nil
        }
    }
}

/// One end of a connection, as text.
struct End: Hashable {
    let address: String
    /// `address:port`.
    let endpoint: String

    /// - Parameter text: `address:port`, an address of IPv6 in brackets; of another text the whole is the address.
    init(_ text: [UInt8]) {
        let text = String(decoding: text, as: UTF8.self)
        endpoint = text
        guard let colon = text.lastIndex(of: ":") else {
            address = text
            return
        }
        let host = text[..<colon]
        address = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}

/// Finds the node where nobody has named it: known only at the end, when all connections are.
struct NodeFinder {
    /// Both ends of every Bitcoin connection.
    let connections: [(End, End)]
    let localAddresses: Set<String>

    func find() -> Node? {
        if !localAddresses.isEmpty {
            let names = localAddresses.filter { name in
                connections.contains { $0.0.address == name || $0.1.address == name }
            }
            if !names.isEmpty { return Node(names.sorted(), .capture) }
        }
        guard let first = connections.first else { return nil }
        if !connections.contains(where: { $0.0.address == $0.1.address }),
            let name = common([first.0.address, first.1.address], { [$0.0.address, $0.1.address] })
        {
            return Node([name], .address)
        }
        if connections.count > 1,
            let name = common([first.0.endpoint, first.1.endpoint], { [$0.0.endpoint, $0.1.endpoint] })
        {
            return Node([name], .endpoint)
        }
        return nil
    }

    /// The one name that every connection has.
    private func common(_ names: Set<String>, _ ofConnection: ((End, End)) -> Set<String>) -> String? {
        var names = names
        for connection in connections {
            names.formIntersection(ofConnection(connection))
            if names.isEmpty { return nil }
        }
        return names.count == 1 ? names.first : nil
    }
}

extension Node {
    /// The nodes that a capture may be of whose first connection has these ends, `address:port`: one of the two addresses,
    /// where they differ, or one of the two ends.
    package static func candidates(_ one: [UInt8], _ other: [UInt8]) -> [Node] {
        let (first, second) = (End(one), End(other))
        let ends = [Node([first.endpoint], .endpoint), Node([second.endpoint], .endpoint)]
        if first.address == second.address { return ends }
        return [Node([first.address], .address), Node([second.address], .address)] + ends
    }

    /// Whether it is at the initiator's end of a connection; nil where it is at none, or at both.
    package func isInitiator(_ initiator: [UInt8], _ responder: [UInt8]) -> Bool? {
        side(End(initiator), End(responder)).map { $0 == .forward }
    }

    package var label: String { text }
}
