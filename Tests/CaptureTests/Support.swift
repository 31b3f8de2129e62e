import Capture
import Foundation
import Support
import Testing

/// A frame with its bytes copied.
struct Recorded: Equatable {
    var header: FrameHeader
    var bytes: [UInt8]
}

/// All frames of a source up to its end or its first error.
func record(_ source: inout some PacketSource & ~Copyable) -> (frames: [Recorded], error: CaptureError?) {
    var frames: [Recorded] = []
    do throws(CaptureError) {
        while try source.next({ header, bytes in
            frames.append(Recorded(header: header, bytes: bytes.withUnsafeBytes { Array($0) }))
        }) {}
        return (frames, nil)
    } catch {
        return (frames, error)
    }
}

/// All frames of one file, and the error it ends with.
func record(_ path: String) -> (frames: [Recorded], error: CaptureError?) {
    do throws(CaptureError) {
        var capture = try OfflineCapture(path: path)
        return record(&capture)
    } catch {
        return ([], error)
    }
}

extension Folder {
    /// Compresses a file with `command` and returns the new file's path; nil where the program is not installed.
    func compress(_ file: String, with command: String) throws -> String? {
        let output = file + "." + command.filter(\.isLetter)
        try Data().write(to: URL(fileURLWithPath: output))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.split(separator: " ").map(String.init) + ["-c", file]
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : nil
    }
}

/// A recorded capture of the package's `captures` folder.
func sample(_ name: String) -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return root.deletingLastPathComponent().appendingPathComponent("captures/\(name)").path
}

func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
