import Foundation

/// Two programs that speak over TCP: here, two ends of a connection.
public struct TCPPeers: ~Copyable {
    public let client: Int32
    public let server: Int32

    /// Connects from one place to another.
    ///
    /// - Parameters:
    ///   - listening: Where the server is; the client, too, where `connecting` is nil.
    ///   - address: The server's.
    public init(
        _ address: String = "127.0.0.1", port: UInt16, in listening: NetworkNamespace,
        from connecting: NetworkNamespace? = nil
    ) throws {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = inet_addr(address)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let listener = try listening.inside { socket(AF_INET, type, 0) }
        defer { close(listener) }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        try require(
            listener >= 0 && withAddress(place) { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0,
            "listen on \(port)")
        let client = try (connecting ?? listening).inside { socket(AF_INET, type, 0) }
        try require(client >= 0 && withAddress(place) { connect(client, $0, $1) } == 0, "connect to \(address)")
        let server = accept(listener, nil, nil)
        try require(server >= 0, "accept")
        _ = fcntl(server, F_SETFD, FD_CLOEXEC)
        // Each message at once, as nodes do.
        for end in [client, server] { setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4) }
        self.client = client
        self.server = server
    }

    deinit {
        for end in [client, server] { close(end) }
    }

    /// Sends from one end to the other, and waits until all of it has arrived.
    public borrowing func send(_ bytes: [UInt8], fromServer: Bool = false) throws {
        let (from, to) = fromServer ? (server, client) : (client, server)
        let thread = Thread { _ = sendAll(bytes, from) }
        thread.start()
        var received = [UInt8](repeating: 0, count: bytes.count)
        let count = received.withUnsafeMutableBytes { recv(to, $0.baseAddress, $0.count, Int32(MSG_WAITALL)) }
        try require(count == bytes.count && received == bytes, "\(bytes.count) bytes")
    }
}

/// Sends all of it; false where the connection is over.
func sendAll(_ bytes: [UInt8], _ socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
            Glibc.send(socket, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        sent += count
    }
    return true
}

private func withAddress(_ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafeBytes(of: address) { bytes in
        guard let start = bytes.baseAddress else { return -1 }
        return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
}
