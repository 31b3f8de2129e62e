#if Web
import Glibc
import System

/// A socket that is bound, so that its owner need not be allowed to make one.
public struct ListeningSocket: ~Copyable {
    private let descriptor: Descriptor
    /// The number of the port.
    public let port: Int
    /// What browsers call the address: in its shortest form, of IPv6 in brackets.
    public let name: String

    /// Binds one to an address of this host.
    ///
    /// - Parameters:
    ///   - address: Of IPv4 or IPv6, in digits.
    ///   - port: 0 for a free one.
    public init(_ address: String, port: Int) throws(Failure) {
        do throws(SystemFailure) {
            self = try Self(boundTo: address, port)
        } catch {
            throw Failure(address: address, port: port, failure: error)
        }
    }

    private init(boundTo address: String, _ port: Int) throws(SystemFailure) {
        let isIPv6 = address.contains(":")
        let name = try Self.name(of: address, isIPv6)
        let number = socket(
            isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemFailure() }
        let descriptor = try Descriptor(owning: number)
        let size = socklen_t(MemoryLayout<Int32>.size)
        var yes: Int32 = 1
        setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if isIPv6 { setsockopt(descriptor.number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        let bound =
            try isIPv6
            ? Self.bindIPv6(descriptor.number, address, port) : Self.bindIPv4(descriptor.number, address, port)
        // Who hears of the address may call at once.
        guard listen(descriptor.number, 64) == 0 else { throw SystemFailure() }
        self.name = name
        self.port = bound
        self.descriptor = descriptor
    }

    /// - Throws: `EINVAL` where it is no address; `EADDRNOTAVAIL` where it stands for all of them, since a request that
    ///   names one of those would look like one that a stranger's page has caused.
    private static func name(of address: String, _ isIPv6: Bool) throws(SystemFailure) -> String {
        let family = isIPv6 ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(family, address, &bytes) == 1 else { throw SystemFailure(code: EINVAL) }
        guard bytes.contains(where: { $0 != 0 }) else { throw SystemFailure(code: EADDRNOTAVAIL) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { throw SystemFailure() }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return isIPv6 ? "[\(name)]" : name
    }

    /// Its number, which the caller closes.
    public consuming func release() -> Int32 { descriptor.release() }

    private static func bindIPv4(_ number: Int32, _ address: String, _ port: Int) throws(SystemFailure) -> Int {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(clamping: port).bigEndian
        guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else { throw SystemFailure(code: EINVAL) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, size) == 0 && getsockname(number, $0, &size) == 0
            }
        }
        guard isBound else { throw SystemFailure() }
        return Int(UInt16(bigEndian: name.sin_port))
    }

    private static func bindIPv6(_ number: Int32, _ address: String, _ port: Int) throws(SystemFailure) -> Int {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = UInt16(clamping: port).bigEndian
        guard inet_pton(AF_INET6, address, &name.sin6_addr) == 1 else { throw SystemFailure(code: EINVAL) }
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, size) == 0 && getsockname(number, $0, &size) == 0
            }
        }
        guard isBound else { throw SystemFailure() }
        return Int(UInt16(bigEndian: name.sin6_port))
    }

    /// Why nothing can listen there.
    public struct Failure: Error, CustomStringConvertible {
        let address: String
        let port: Int
        let failure: SystemFailure

        public var description: String {
            let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
            switch failure.code {
            case EADDRINUSE: return "\(place): another program listens there; --port names another port, 0 a free one"
            case EADDRNOTAVAIL: return "\(place): this host has no such address, or it stands for all: name one"
            case EINVAL: return "'\(address.singleLine)' is no address of IPv4 or IPv6 in digits"
            default: return "\(place): \(failure.message)"
            }
        }
    }
}
#endif
