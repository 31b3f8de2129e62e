import BitcoinP2P
import Foundation
import Testing

/// The seeds of the payload fuzzer: one file a sample, the 12 bytes of the command before the payload.
///
/// `UPDATE=1 Tests/run.sh --build BitcoinP2PTests.Corpus` writes them.
struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpus/fuzz-payload")

    private static var seeds: [(name: String, bytes: [UInt8])] {
        var counts: [String: Int] = [:]
        return Sample.all.map { sample in
            counts[sample.command, default: 0] += 1
            let command = Array(sample.command.utf8) + Array(repeating: 0, count: 12 - sample.command.utf8.count)
            return ("\(sample.command)-\(counts[sample.command, default: 0])", command + sample.bytes)
        }
    }

    @Test
    func `every sample is a seed`() throws {
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for seed in Self.seeds { try Data(seed.bytes).write(to: Self.folder.appendingPathComponent(seed.name)) }
        }
        for seed in Self.seeds {
            let file = try? Data(contentsOf: Self.folder.appendingPathComponent(seed.name))
            let isSame = file.map(Array.init) == seed.bytes
            #expect(isSame, "\(seed.name): run UPDATE=1 Tests/run.sh --build BitcoinP2PTests.Corpus")
        }
    }

    @Test
    func `every type has a seed`() {
        let names = Set(Sample.all.map(\.command))
        for type in MessageTypes.standard.types {
            #expect(names.contains { type.isPrefix ? $0.hasPrefix(type.command.name) : $0 == type.command.name })
        }
    }
}
