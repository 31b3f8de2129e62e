import BitcoinP2P
import Fields
import Foundation
import Support

/// Files that tests read.
enum Files {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// Files of our own, beside the tests.
    static func sample(_ name: String) throws -> Data {
        try Data(contentsOf: tests.appendingPathComponent("Samples/\(name)"))
    }

    static func package(_ name: String) throws -> Data {
        let package = tests.deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: package.appendingPathComponent(name))
    }

    /// The folder of third parties' vectors: in the folder BTCSHARK_SHARED names, or in `shared` beside the package or
    /// above it. Tests over them are skipped where it is missing.
    static let reference: URL? = {
        var candidates: [URL] = []
        if let named = ProcessInfo.processInfo.environment["BTCSHARK_SHARED"] {
            candidates.append(URL(fileURLWithPath: named).appendingPathComponent("reference"))
        }
        var folder = tests
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            candidates.append(folder.appendingPathComponent("shared/reference"))
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("vectors").path) }
    }()

    static var hasVectors: Bool { reference != nil }

    static func vector(_ name: String) throws -> Data {
        guard let reference else { throw CocoaError(.fileNoSuchFile) }
        return try Data(contentsOf: reference.appendingPathComponent("vectors/\(name)"))
    }
}

/// A payload that is known to be sound.
struct Sample: Decodable, Sendable, CustomStringConvertible {
    let command: String
    let length: Int
    let checksum: String
    let payload: String
    /// Where it comes from, for those of more-messages.json.
    let note: String?

    var bytes: [UInt8] { Array(hex: payload) }
    var description: String { "\(command) of \(length) bytes" }

    /// All of messages.json, then all of more-messages.json: those that had to be built by hand.
    static let all: [Sample] = ["messages.json", "more-messages.json"].flatMap { name in
        do {
            return try JSONDecoder().decode([Sample].self, from: Files.sample(name))
        } catch {
            preconditionFailure("\(name): \(error)")
        }
    }

    /// The samples of one command, in the order of the files.
    static func of(_ command: String) -> [[UInt8]] { all.filter { $0.command == command }.map(\.bytes) }
}

extension MessageType {
    static func named(_ command: String) -> MessageType? {
        let padded = Array(command.utf8) + Array(repeating: 0, count: max(0, 12 - command.utf8.count))
        return padded.count == 12 ? Command(padded.span.bytes, at: 0).flatMap { MessageTypes.standard[$0] } : nil
    }
}
