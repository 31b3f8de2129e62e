import Foundation

@testable import Output

/// Records of `-T ndjson` of all kinds: of all captures, in several ways, and of each sample of a message.
struct WrittenRecords {
    /// Each command's arguments, and its records.
    let runs: [(arguments: [String], records: [JSON])]

    static let all = Result { try WrittenRecords() }

    private init() throws {
        var runs: [(arguments: [String], records: [JSON])] = []
        func run(_ arguments: [String], input: Data = Data()) throws {
            let output = try Program.run(arguments + ["-T", "ndjson"], input: input).output
            let lines = [UInt8](output).split(separator: 0x0a)
            runs.append((arguments, try lines.map { try JSONReader.read($0) }))
        }
        // One run reads many, since each takes its time to begin.
        let captures = try Self.captures().flatMap { ["-r", $0] }
        try run(captures)
        try run(captures + ["-2", "--relations"])
        for path in try Self.inputs() { try run(["-r", path]) }
        try run(["-r", "captures/message-capture"])
        let encrypted = ["-r", "captures/relay-v2-encrypted.pcap", "--encrypted"]
        try run(encrypted)
        try run(encrypted + ["--keylog", "captures/relay-v2-encrypted.keys", "-2", "--relations"])
        try run(["--decode", "-"], input: Data(Self.samples().joined(separator: "\n").utf8))
        self.runs = runs
    }

    private static func files(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { $0.contains(".pcap") }
    }

    /// Of the package, and of all encapsulations.
    private static func captures() throws -> [String] {
        let encapsulations = Program.root.appendingPathComponent("Tests/GoldenTests/Encapsulations")
        return try files(Program.root.appendingPathComponent("captures")).map { "captures/\($0)" }
            + files(encapsulations).map { encapsulations.path + "/" + $0 }
    }

    /// Of transcripts: damaged ones, too.
    private static func inputs() throws -> [String] {
        try files(Program.workspace.appendingPathComponent("Inputs")).map { "Inputs/\($0)" }
    }

    /// Messages with their headers, in hexadecimal.
    private static func samples() throws -> [String] {
        try ["messages", "more-messages"].flatMap { name in
            let file = Program.root.appendingPathComponent("Tests/BitcoinP2PTests/Samples/\(name).json")
            return try JSONReader.read([UInt8](try Data(contentsOf: file))[...]).elements.map { sample in
                guard let command = sample["command"]?.string, let checksum = sample["checksum"]?.string,
                    let payload = sample["payload"]?.string
                else { return "" }
                let name = Array(command.utf8) + [UInt8](repeating: 0, count: max(0, 12 - command.utf8.count))
                let length = withUnsafeBytes(of: UInt32(payload.utf8.count / 2).littleEndian) { Array($0) }
                let digits = (name + length).map { String(format: "%02x", $0) }.joined()
                return "f9beb4d9" + digits + checksum + payload
            }
        }
    }
}
