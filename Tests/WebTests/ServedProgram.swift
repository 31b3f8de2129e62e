#if Web
import Foundation
import Support
import Testing

/// `btcshark serve` running in the background, and the address that it has printed.
final class ServedProgram {
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("btcshark")
    /// The package's folder.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func capture(_ name: String) -> String { package.appendingPathComponent("captures/\(name)").path }

    private let process = Process()
    private let folder: Folder
    let port: Int
    let token: String

    /// Starts it and waits for its address.
    ///
    /// - Parameters:
    ///   - input: What it reads from standard input.
    ///   - largestFile: In units of 512 bytes; it cannot make a file larger, as on a disk that is full.
    init(_ arguments: [String], input: URL? = nil, largestFile: Int? = nil) throws {
        folder = try Folder()
        for name in ["out", "err"] { _ = try folder.write([], as: name) }
        process.executableURL = Self.path
        process.arguments = ["serve"] + arguments
        if let largestFile {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script = "trap '' XFSZ; ulimit -f \(largestFile) && exec \"$0\" \"$@\""
            process.arguments = ["-c", script, Self.path.path, "serve"] + arguments
        }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: folder.path + "/out")
        process.standardError = FileHandle(forWritingAtPath: folder.path + "/err")
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            try #require(process.isRunning, "it has ended: \(Self.text(folder, "err"))")
            usleep(10_000)
            line = Self.text(folder, "out")
        }
        let parts = try #require(line.wholeMatch(of: ##/http://127\.0\.0\.1:(\d+)/#token=([\w-]{43})\n/##)).output
        port = try #require(Int(parts.1))
        token = String(parts.2)
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var processID: Int32 { process.processIdentifier }
    var errors: String { Self.text(folder, "err") }

    private static func text(_ folder: Folder, _ name: String) -> String {
        (try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)) ?? ""
    }

    /// Asks as the page does.
    func get(_ address: String) throws -> HTTPAnswer {
        try ask("GET", address, ["Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)"])
    }

    /// Asks until the answer is complete.
    func complete(_ address: String) throws -> [String: Any] {
        for _ in 0..<3_000 {
            let answer = try get(address)
            try #require(answer.status == 200, "\(answer.text)")
            let object = try answer.object()
            if object["complete"] as? Bool == true { return object }
            usleep(20_000)
        }
        throw SupportError("\(address): never complete")
    }

    /// Asks anything.
    func ask(_ method: String, _ address: String, _ fields: [String]) throws -> HTTPAnswer {
        let lines = ["\(method) \(address) HTTP/1.1", "Connection: close"] + fields
        return try HTTPAnswer(try exchange((lines + ["", ""]).joined(separator: "\r\n")))
    }

    /// Sends bytes, and reads until the other side closes.
    func exchange(_ text: String) throws -> [UInt8] {
        let client = try HTTPClient(port: port)
        client.send(Array(text.utf8))
        return client.readToEnd()
    }

    /// How much memory the program has, in bytes.
    var residentBytes: Int {
        let pages = Self.statm(processID).split(separator: " ")
        return (pages.count > 1 ? Int(pages[1]) ?? 0 : 0) * 4096
    }

    private static func statm(_ process: Int32) -> String {
        (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
    }
}
#endif
