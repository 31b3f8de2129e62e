import Foundation

/// A folder for a test's files, removed when the test is over.
public final class Folder {
    public let path: String

    public init() throws {
        path = NSTemporaryDirectory() + "btcshark-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    public func write(_ bytes: some Sequence<UInt8>, as name: String = "capture.pcap") throws -> String {
        let path = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The names of the files in it, in order.
    public func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
