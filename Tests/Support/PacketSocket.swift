import Foundation

/// Sends whole Ethernet frames on an interface, byte for byte.
public struct PacketSocket: ~Copyable {
    private let descriptor: Int32

    /// To be made inside the namespace of the interface.
    public init(_ interface: String) throws {
        descriptor = socket(17, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)  // AF_PACKET
        try require(descriptor >= 0, "a packet socket")
        // struct sockaddr_ll: family, protocol, interface; the rest does not matter here.
        var address = [UInt8](repeating: 0, count: 20)
        let index = if_nametoindex(interface)
        try require(index > 0, interface)
        withUnsafeBytes(of: UInt16(17)) { address.replaceSubrange(0..<2, with: $0) }
        withUnsafeBytes(of: index) { address.replaceSubrange(4..<8, with: $0) }
        let result = address.withUnsafeBytes {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), 20)
        }
        try require(result == 0, "bind to \(interface)")
    }

    deinit { close(descriptor) }

    public borrowing func send(_ frame: [UInt8]) throws {
        let count = frame.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        try require(count == frame.count, "a frame of \(frame.count) bytes")
    }
}
