#if Peer
import Foundation
import Support
import Testing

/// Peers on loopback that behave as their address says, well or badly, in a process of their own; and a SOCKS5 proxy.
final class ScriptedPeers: Sendable {
    /// In the order of `KINDS` in `Scripted/peers.py`.
    enum Kind: Int, CaseIterable {
        case honest, silent, half, halfclose, drip, magic, network, long, reset, endless, http
        case badsum, noverack, closeafter, short, echo, garbage, wrongpong, nopong, old, escapes, fuzz
        case flood, chatty
    }

    /// For tests that need none of their own; gone with the process.
    static func shared() throws -> ScriptedPeers { try common.get() }
    private static let common = Result { try ScriptedPeers() }

    let port: Int
    let proxyPort: Int
    private let process = Process()
    private let input = Pipe()

    /// - Parameters:
    ///   - log: A file for what each connection received.
    ///   - seed: Of what is random.
    init(log: String? = nil, seed: String = "1") throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Scripted/peers.py")
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, "--seed", seed] + (log.map { ["--log", $0] } ?? [])
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let part = output.fileHandleForReading.availableData
            if part.isEmpty { break }
            line += String(decoding: part, as: UTF8.self)
        }
        let ports = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(ports.count == 2, "the scripted peers did not begin: \(line)")
        (port, proxyPort) = (ports[0], ports[1])
    }

    deinit {
        try? input.fileHandleForWriting.close()
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// One of the 65,000 peers of a kind.
    func address(_ kind: Kind, _ number: Int = 1) -> String {
        "127.\(kind.rawValue).\(number / 250).\(1 + number % 250)"
    }

    func target(_ kind: Kind, _ number: Int = 1) -> String { "\(address(kind, number)):\(port)" }

    /// Nobody listens there.
    func refused(_ number: Int = 1) -> String { "\(address(.honest, number)):1" }
}

/// What a peer received, as the scripted peers log it.
struct Received: Decodable {
    let called: String
    let kind: String
    /// Command and payload, as hexadecimal.
    let received: [[String]]

    static func read(_ path: String) throws -> [Received] {
        try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0a).map {
            try JSONDecoder().decode(Received.self, from: $0)
        }
    }
}
#endif
