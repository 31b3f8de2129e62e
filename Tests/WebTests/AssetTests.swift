#if Web
import Foundation
import Testing

@testable import Web

/// The files of the page are in the program.
@Suite struct AssetTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/CWeb/assets")

    @Test func files() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.count + 1 == Assets.all.count)
        for name in names {
            let asset = try #require(Assets.all[name == "app.html" ? "/" : "/" + name], "\(name) is not in files.c")
            #expect(asset.bytes == Array(try Data(contentsOf: Self.folder.appendingPathComponent(name))), "\(name)")
        }
    }
}
#endif
