import Foundation

/// A capture that the program under test serves, until this is released.
final class Served {
    private let process = Process()
    private let words = Pipe()
    /// With the token, as it was printed.
    let address: URL
    let port: UInt16
    let token: String

    /// - Parameters:
    ///   - capture: Its path; `-` is `input`.
    ///   - input: What the program reads from standard input.
    convenience init(_ capture: String, arguments: [String] = [], input: Pipe? = nil) throws {
        try self.init(arguments: ["-r", capture] + arguments, input: input)
    }

    /// - Parameter arguments: What follows `serve`.
    init(arguments: [String], input: Pipe? = nil) throws {
        process.executableURL = Reports.program
        process.arguments = ["serve"] + arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TZ": "UTC"]
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = words
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = try Self.firstLine(of: words.fileHandleForReading)
        guard let match = line.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)\/#token=([A-Za-z0-9_-]{43})/),
            let port = UInt16(match.1), let address = URL(string: String(match.0))
        else {
            kill(process.processIdentifier, SIGKILL)
            throw Chromium.Failure(description: "btcshark serve says: \(line)")
        }
        (self.address, self.port, token) = (address, port, String(match.2))
    }

    deinit { stop() }

    /// Ends the program.
    func stop() {
        // Threads of tests block other signals, and what they start does so, too.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private static func firstLine(of words: FileHandle) throws -> String {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            var state = pollfd(fd: words.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&state, 1, 60_000) > 0 else { break }
            let byte = words.readData(ofLength: 1)
            guard !byte.isEmpty else { break }
            line += byte
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// The page's address with what it shall show, such as `message=3&view=ladder`.
    func address(showing state: String) -> URL {
        URL(string: address.absoluteString + (state.isEmpty ? "" : "&" + state)) ?? address
    }

    var origin: String { "http://127.0.0.1:\(port)" }

    // MARK: Requests

    struct Answer {
        let status: Int
        /// Their names in lower case.
        let headers: [String: String]
        let body: [UInt8]
    }

    /// Sends one request as it is written here, so that its headers may be anything, and reads to the end of the answer.
    ///
    /// - Parameters:
    ///   - headers: More than Host, which is right unless it is among them, and Connection.
    ///   - limit: Bytes after which the answer is not read on.
    func request(
        _ target: String, method: String = "GET", headers: [String: String] = [:], limit: Int = .max
    ) throws -> Answer {
        let all = ["Host": "127.0.0.1:\(port)", "Connection": "close"].merging(headers) { $1 }
        let head = ["\(method) \(target) HTTP/1.1"] + all.map { "\($0): \($1)" }.sorted() + ["", ""]
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafeBytes(of: place) { bytes in
            bytes.baseAddress.map {
                connect(socket, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
            } ?? false
        }
        let bytes = Array(head.joined(separator: "\r\n").utf8)
        guard isConnected, send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Chromium.Failure(description: "No connection to \(port)")
        }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while answer.count < limit {
            let count = recv(socket, &part, part.count, 0)
            guard count > 0 else { break }
            answer += part[..<count]
        }
        return try Self.read(answer)
    }

    /// As the page does, with its token.
    func get(_ target: String) throws -> Answer {
        try request(target, headers: ["Authorization": "Bearer \(token)"])
    }

    private static func read(_ bytes: [UInt8]) throws -> Answer {
        guard let end = bytes.indices.dropLast(3).first(where: { bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) })
        else {
            throw Chromium.Failure(description: "No answer: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let headers = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
        let pairs = headers.filter { $0.count == 2 }.map {
            ($0[0].lowercased(), $0[1].trimmingCharacters(in: .whitespaces))
        }
        return Answer(
            status: lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0,
            headers: Dictionary(pairs) { $1 }, body: Array(bytes[(end + 4)...]))
    }
}
