import Foundation
import Testing

/// termshark shows a capture with us as its tshark.
@Suite(.enabled(if: Program.isInstalled("termshark"), "termshark is not installed"))
struct TermsharkTests {
    @Test func aCaptureIsShown() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("termshark-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("tshark"),
            withDestinationURL: Program.folder.appendingPathComponent("btcshark"))
        let outcome = try Program.other([
            "python3", Program.root.appendingPathComponent("Tests/GoldenTests/Termshark/open.py").path, folder.path,
            Program.root.appendingPathComponent("captures/handshake.pcap").path, "wtxidrelay",
        ])
        try #require(outcome.status == 0, "\(outcome.errorText)")
        // Of the list, whose lines tshark has not; and columns that it asks us for.
        for text in ["wtxidrelay", "10.20.0.2", "/Satoshi:28.1.0(lab)/ height 0"] {
            #expect(outcome.outputText.contains(text), "\(text): \(outcome.outputText.suffix(2000))")
        }
    }
}
