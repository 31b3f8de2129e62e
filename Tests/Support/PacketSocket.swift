import Foundation

/// Sends whole Ethernet frames on an interface, byte for byte, that arrive in this order, and may receive those of IPv4.
public struct PacketSocket: ~Copyable {
    private let descriptor: Int32

    /// To be made inside the namespace of the interface.
    public init(_ interface: String, receives: Bool = false) throws {
        descriptor = socket(17, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)  // AF_PACKET
        try require(descriptor >= 0, "a packet socket")
        // struct sockaddr_ll: family, protocol, interface; the rest does not matter here.
        var address = [UInt8](repeating: 0, count: 20)
        let index = if_nametoindex(interface)
        try require(index > 0, interface)
        withUnsafeBytes(of: UInt16(17)) { address.replaceSubrange(0..<2, with: $0) }
        withUnsafeBytes(of: index) { address.replaceSubrange(4..<8, with: $0) }
        if receives {
            address.replaceSubrange(2..<4, with: [0x08, 0x00])
            var yes: Int32 = 1
            // SOL_PACKET, PACKET_IGNORE_OUTGOING
            try require(setsockopt(descriptor, 263, 23, &yes, 4) == 0, "only what comes in")
        }
        let result = address.withUnsafeBytes {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), 20)
        }
        try require(result == 0, "bind to \(interface)")
    }

    deinit { close(descriptor) }

    public borrowing func send(_ frame: [UInt8]) throws {
        // What a processor has sent is received on it; between two of them there is no order.
        let before = try Self.processors()
        try Self.run(on: Self.first(of: before))
        let count = frame.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        try Self.run(on: before)
        try require(count == frame.count, "a frame of \(frame.count) bytes")
    }

    /// The next frame, if one comes within so many milliseconds.
    public borrowing func receive(within milliseconds: Int32) -> [UInt8]? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) == 1 else { return nil }
        var frame = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &frame, frame.count, 0)
        return count > 0 ? Array(frame.prefix(count)) : nil
    }

    // MARK: Processors

    /// A bit for each processor, the lowest of the first byte for the first.
    private typealias Processors = [UInt8]
    private typealias Function = @convention(c) (pid_t, Int, UnsafeMutableRawPointer?) -> Int32

    /// Those the calling thread may run on.
    private static func processors() throws -> Processors {
        var set = Processors(repeating: 0, count: MemoryLayout<cpu_set_t>.size)
        let function = try hiddenFunction("sched_getaffinity", as: Function.self)
        try require(function(0, set.count, &set) == 0, "sched_getaffinity")
        return set
    }

    private static func run(on processors: Processors) throws {
        var set = processors
        let function = try hiddenFunction("sched_setaffinity", as: Function.self)
        try require(function(0, set.count, &set) == 0, "sched_setaffinity")
    }

    private static func first(of processors: Processors) -> Processors {
        var one = Processors(repeating: 0, count: processors.count)
        guard let place = processors.firstIndex(where: { $0 != 0 }) else { return processors }
        one[place] = processors[place] & (~processors[place] &+ 1)
        return one
    }
}
