import Glibc

/// Looks whether an interface is still there and up, which libpcap does not tell at once, and of some not at all.
struct InterfaceWatch {
    private let interface: String
    /// A socket to ask by, in the interface's network namespace: libpcap's own.
    private let descriptor: Int32
    /// The kernel's number of it, which a later interface of the same name does not get; nil for what is no interface
    /// of the kernel's, such as `any`.
    private let index: Int32?

    private static let getFlags: UInt = 0x8913  // SIOCGIFFLAGS
    private static let getIndex: UInt = 0x8933  // SIOCGIFINDEX
    private static let getName: UInt = 0x8910  // SIOCGIFNAME
    private static let up: Int32 = 0x1  // IFF_UP

    init(_ interface: String, descriptor: Int32) {
        self.interface = interface
        self.descriptor = descriptor
        index = Self.ask(Self.getIndex, interface, descriptor)
    }

    /// What is wrong now; nil where all is well, or that is not known.
    func problem() -> LiveProblem? {
        guard let index else { return nil }
        guard Self.ask(Self.getIndex, interface, descriptor) == index else {
            // It may only be called otherwise now.
            return exists(index) ? nil : .vanished
        }
        guard let flags = Self.ask(Self.getFlags, interface, descriptor) else { return .vanished }
        return flags & Self.up == 0 ? .wentDown : nil
    }

    /// Asked by our socket: a new one could not be made in a sandbox.
    private func exists(_ index: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 40, alignment: 8) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            buffer.storeBytes(of: index, toByteOffset: 16, as: Int32.self)
            guard let start = buffer.baseAddress else { return false }
            return ioctl(descriptor, Self.getName, start) == 0
        }
    }

    /// A request with a `struct ifreq`: 16 bytes of name, then 24 of which the answer is the first.
    private static func ask(_ request: UInt, _ interface: String, _ descriptor: Int32) -> Int32? {
        let name = Array(interface.utf8)
        guard name.count < 16 else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 40, alignment: 8) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            buffer.copyBytes(from: name)
            guard let start = buffer.baseAddress, ioctl(descriptor, request, start) == 0 else { return nil }
            // Flags are 16 bits, a number is 32.
            return request == getFlags
                ? Int32(buffer.load(fromByteOffset: 16, as: Int16.self))
                : buffer.load(fromByteOffset: 16, as: Int32.self)
        }
    }
}
