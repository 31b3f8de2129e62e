import Foundation
import Testing

@testable import Keys

@Suite struct KeyProbeTests {
    @Test func program() throws {
        let text = try KeyProbe.text(for: "/usr/bin/bitcoind")
        #expect(text.contains("\nuprobe:\"/usr/bin/bitcoind\":secp256k1_ellswift_xdh {\n"))
        #expect(text.contains("\nuretprobe:\"/usr/bin/bitcoind\":secp256k1_ellswift_xdh /@output[tid]/ {\n"))
        // Every byte once, the first of each word on top.
        for index in 0..<64 { #expect(text.contains("(uint8*)($key + \(index)) << \(56 - index % 8 * 8))")) }
        for index in 0..<32 { #expect(text.contains("(uint8*)($output + \(index)) << \(56 - index % 8 * 8))")) }
        #expect(text.components(separatedBy: "%016lx").count == 13)
        #expect(text.components(separatedBy: "BIP324_SHARED_SECRET").count == 2)
        #expect(!text.contains(KeyProbe.watching))
        // What must be known before it is run.
        for words in [
            "sudo bpftrace -q", "--keylog", "symbols", "debug file", "bpftrace -l", "opens the one connection",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let lines = text.split(separator: "\n").prefix { $0.hasPrefix("#!") || $0.hasPrefix("//") }
        #expect(lines.count > 10)
        let watcher = try KeyProbe.watcher(of: ProbePlace(path: "/usr/bin/bitcoind"), process: 123)
        #expect(watcher.contains(KeyProbe.watching))
        #expect(watcher.contains("uprobe:\"/usr/bin/bitcoind\":secp256k1_ellswift_xdh /pid == 123/ {\n"))
        // Where it has no name there.
        let place = ProbePlace(path: "/usr/bin/bitcoind", number: 0xa6f460)
        let stripped = try KeyProbe.watcher(of: place, process: nil)
        #expect(stripped.contains("uprobe:\"/usr/bin/bitcoind\":0xa6f460 {\n"))
        #expect(stripped.contains("uretprobe:\"/usr/bin/bitcoind\":0xa6f460 /@output[tid]/ {\n"))
        #expect(place.options == ["--unsafe"])
        for place in [place, ProbePlace(path: place.path)] {
            #expect(ProbePlace(path: place.path, argument: place.argument) == place)
        }
        for wrong in ["", "12", "0x", "0xg", "0x10000000000000000", "secp256k1_ellswift_xdh"] {
            #expect(ProbePlace(path: place.path, argument: wrong) == nil)
        }
    }

    @Test(arguments: ["/a\"b", "/a\\b", "/a*", "/a?", "/[a]", "/a\nb", "/a\u{1b}[2J", "/a\u{85}b", "/a\u{7f}"])
    func refusedName(_ path: String) throws {
        #expect(throws: NodeKeysError.unusableName(path)) { try KeyProbe.text(for: path) }
        #expect(throws: NodeKeysError.unusableName(path)) {
            try KeyProbe.watcher(of: ProbePlace(path: path), process: nil)
        }
        let text = NodeKeysError.unusableName(path).description
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test(arguments: ["bitcoind", "./bitcoind", "", "~/bitcoind"])
    func wholePath(_ path: String) {
        #expect(throws: NodeKeysError.notAbsolute(path)) { try KeyProbe.text(for: path) }
    }

    @Test(arguments: ["/home/jürgen/bitcoin 28/bitcoind", "/opt/{x}/$HOME/%s/'a'/bitcoind;:,"])
    func oddNames(_ path: String) throws {
        #expect(try KeyProbe.text(for: path).contains("uprobe:\"\(path)\":secp"))
    }

    @Test func printedLines() {
        var output = ProbeOutput()
        func take(_ text: String) { output.take(Array(text.utf8)[...]) }
        take("Attaching 3 probes...\n\nBIP324_SHARED_SECRET ab")
        #expect(!output.isWatching)
        #expect(output.takeKeys() == [])
        take(" cd\nLost 3 events\n# watch")
        take("ing\nLost 2 events\nBIP324_SHARED_SECRETS\n" + String(repeating: "x", count: 100_000))
        take("\nBIP324_SHARED_SECRET " + String(repeating: "0", count: 2000) + "\nBIP324_SHARED_SECRET 2\n")
        #expect(output.isWatching)
        #expect(output.takeLost() == 5)
        #expect(output.takeLost() == 0)
        let keys = output.takeKeys().map { String(decoding: $0, as: UTF8.self) }
        #expect(keys == ["BIP324_SHARED_SECRET ab cd", "BIP324_SHARED_SECRET 2"])
    }
}
