import Foundation
import Support
import Testing

/// The example of the library's documentation.
@Suite struct LibraryExampleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    @Test func findsTheNonces() throws {
        let nonces = try pingNonces(of: Self.root.appending(path: "captures/relay.pcap").path)
        #expect(nonces.count == 4)
    }

    @Test func buildsAVersion() throws {
        let message = try builtVersion(calling: "/example/", nonce: 7)
        // Magic, command, length, checksum; 70016; …; the nonce, the length of the name, the name, height and relay.
        #expect(message.count == 24 + 86 + 9)
        #expect(message.starts(with: [0xf9, 0xbe, 0xb4, 0xd9] + Array("version".utf8) + [0, 0, 0, 0, 0, 95, 0, 0, 0]))
        #expect(message[24..<28] == [0x80, 0x11, 0x01, 0x00])
        #expect(message[44 + 8..<44 + 26] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1, 0x20, 0x8d])
        #expect(message.suffix(23) == [7, 0, 0, 0, 0, 0, 0, 0, 9] + Array("/example/".utf8) + [0, 0, 0, 0, 0])
    }

    @Test(arguments: ["Example", "BuildExample"])
    func standsInTheDocumentation(_ name: String) throws {
        let example = try String(contentsOf: Self.folder.appending(path: "\(name).swift"), encoding: .utf8)
        let page = try String(
            contentsOf: Self.root.appending(path: "Sources/BTCShark/BTCShark.docc/BTCShark.md"), encoding: .utf8)
        #expect(page.contains("```swift\n\(example)```"), "copy Tests/BTCSharkTests/\(name).swift to the page")
    }
}
