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

    @Test func standsInTheDocumentation() throws {
        let example = try String(contentsOf: Self.folder.appending(path: "Example.swift"), encoding: .utf8)
        let page = try String(
            contentsOf: Self.root.appending(path: "Sources/BTCShark/BTCShark.docc/BTCShark.md"), encoding: .utf8)
        #expect(page.contains("```swift\n\(example)```"), "copy Tests/BTCSharkTests/Example.swift to the page")
    }
}
