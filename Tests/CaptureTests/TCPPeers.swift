import Foundation
import Testing

/// Two programs that speak over TCP: here, two ends of a connection.
struct TCPPeers: ~Copyable {
    let client: Int32
    let server: Int32

    /// Connects from one place to another; `listening` and `connecting` call their argument inside a namespace.
    init(
        _ address: String, port: UInt16, listening: (() throws -> Int32) throws -> Int32,
        connecting: (() throws -> Int32) throws -> Int32
    ) throws {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = inet_addr(address)
        let listener = try listening { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        defer { close(listener) }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        try #require(listener >= 0 && withAddress(place) { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
        let client = try connecting { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        try #require(client >= 0 && withAddress(place) { connect(client, $0, $1) } == 0)
        let server = accept(listener, nil, nil)
        try #require(server >= 0)
        self.client = client
        self.server = server
    }

    deinit {
        for end in [client, server] { close(end) }
    }

    /// Sends from the client to the server, and waits until all of it has arrived.
    borrowing func send(_ bytes: [UInt8]) throws {
        let client = client
        let thread = Thread {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(client, $0.baseAddress?.advanced(by: sent), $0.count - sent, 0)
                }
                guard count > 0 else { return }
                sent += count
            }
        }
        thread.start()
        var received = [UInt8](repeating: 0, count: bytes.count)
        let count = received.withUnsafeMutableBytes { recv(server, $0.baseAddress, $0.count, Int32(MSG_WAITALL)) }
        try #require(count == bytes.count && received == bytes)
    }
}

private func withAddress(_ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafeBytes(of: address) { bytes in
        guard let start = bytes.baseAddress else { return -1 }
        return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
}

/// A TCP segment over IPv4, as far as needed to put a stream together.
struct SampleSegment {
    let sourcePort: UInt16
    let destinationPort: UInt16
    let sequence: UInt32
    let payload: ArraySlice<UInt8>

    /// - Parameter start: Where the IPv4 header begins: 14 on Ethernet, 20 on Linux cooked v2.
    init?(_ frame: [UInt8], start: Int) {
        func number(_ offset: Int, _ count: Int) -> UInt32 {
            frame[offset..<offset + count].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard frame.count >= start + 40, frame[start] >> 4 == 4, frame[start + 9] == 6 else { return nil }
        let tcp = start + Int(frame[start] & 15) * 4
        sourcePort = UInt16(number(tcp, 2))
        destinationPort = UInt16(number(tcp + 2, 2))
        sequence = number(tcp + 4, 4)
        payload = frame[(tcp + Int(frame[tcp + 12] >> 4) * 4)..<(start + Int(number(start + 2, 2)))]
    }
}

/// What went to a port, put together in the order of capture: bytes sent again are left out, and a hole ends it.
func stream(to port: UInt16, in frames: [Recorded], start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var next: UInt32?
    for segment in frames.compactMap({ SampleSegment($0.bytes, start: start) })
    where segment.destinationPort == port && !segment.payload.isEmpty {
        guard segment.sequence == next ?? segment.sequence else { continue }
        bytes += segment.payload
        next = segment.sequence &+ UInt32(segment.payload.count)
    }
    return bytes
}
