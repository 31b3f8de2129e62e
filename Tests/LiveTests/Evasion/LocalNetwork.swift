import Support

/// Two namespaces and the wire between them. The kernel has the reader's address; the evader's belongs to no interface,
/// so that no kernel answers for it.
struct LocalNetwork {
    static let port: UInt16 = 8333
    static let readerAddress: [UInt8] = [192, 0, 2, 1]
    static let evaderAddress: [UInt8] = [192, 0, 2, 2]
    static let readerMAC: [UInt8] = [2, 0, 0, 0, 0, 1]
    static let evaderMAC: [UInt8] = [2, 0, 0, 0, 0, 2]

    /// Where the reader is, on the interface `here`.
    let space: NetworkNamespace
    /// Where the evader is, on the interface `there`.
    let other: NetworkNamespace

    init() throws {
        space = try NetworkNamespace()
        other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("link", "set", "here", "address", "02:00:00:00:00:01")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try space.ip("neighbour", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev", "here", "nud", "permanent")
    }
}
