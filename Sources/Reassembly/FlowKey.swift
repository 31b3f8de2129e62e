/// The two endpoints of a connection in canonical order, so that both directions have the same key.
@frozen public struct FlowKey: Hashable, Sendable {
    /// The endpoint that comes first in the canonical order, which says nothing of client and server.
    public let first: Endpoint
    public let second: Endpoint

    @inlinable public init(_ one: Endpoint, _ other: Endpoint) {
        if other.precedes(one) {
            first = other
            second = one
        } else {
            first = one
            second = other
        }
    }

    @inlinable public static func == (left: FlowKey, right: FlowKey) -> Bool {
        left.first == right.first && left.second == right.second
    }

    /// Feeds three words for IPv4 and five for IPv6. The hasher's seed is secret, so that nobody who writes
    /// packets can make keys collide.
    public func hash(into hasher: inout Hasher) {
        let ports = UInt64(first.port) << 16 | UInt64(second.port)
        let families = UInt64(first.family.rawValue) << 33 | UInt64(second.family.rawValue) << 32
        hasher.combine(ports | families)
        hasher.combine(first.low)
        hasher.combine(second.low)
        if first.family != .ipv4 || second.family != .ipv4 {
            hasher.combine(first.high)
            hasher.combine(second.high)
        }
    }
}
