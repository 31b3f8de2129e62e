import Foundation

/// An answer of a server.
public struct HTTPAnswer {
    public let status: Int
    /// Names in small letters.
    public let fields: [String: String]
    public let body: [UInt8]

    /// - Parameter bytes: All that has come.
    public init(_ bytes: [UInt8]) throws {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
            throw SupportError("no head: \(String(decoding: bytes, as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw SupportError("no status: \(lines[0])") }
        self.status = status
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            fields[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        self.fields = fields
        body = Array(bytes[(end + 4)...])
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    public func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
            throw SupportError("no object: \(text)")
        }
        return object
    }

    /// Of an error.
    public func code() throws -> String {
        guard let code = (try object()["error"] as? [String: Any])?["code"] as? String else {
            throw SupportError("no error: \(text)")
        }
        return code
    }
}

/// A connection to a server on this host.
public final class HTTPClient {
    private let number: Int32

    public init(port: Int) throws {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SupportError("no socket") }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(port).bigEndian
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SupportError("nobody listens") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(number) }

    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends nothing more; answers can still come.
    public func closeSending() { shutdown(number, Int32(SHUT_WR)) }

    /// What comes next; empty at the end.
    public func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(number, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    public func readToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = read()
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    /// Reads until a text has come.
    public func read(until text: String) -> String {
        var bytes: [UInt8] = []
        while true {
            let part = read()
            bytes += part
            let all = String(decoding: bytes, as: UTF8.self)
            if part.isEmpty || all.contains(text) { return all }
        }
    }
}
