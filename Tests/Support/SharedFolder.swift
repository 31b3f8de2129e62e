import Foundation

/// A folder of third parties' files, which are never committed: in the folder that BTCSHARK_SHARED names, or in `shared`
/// beside the package or above it. Tests over them are skipped where it is missing.
public func sharedFolder(_ name: String) -> URL? {
    var candidates: [URL] = []
    if let named = ProcessInfo.processInfo.environment["BTCSHARK_SHARED"] {
        candidates.append(URL(fileURLWithPath: named).appendingPathComponent(name))
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        candidates.append(folder.appendingPathComponent("shared/" + name))
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0.path) }
}
