import Capture
import System

/// How this program was built, for `--version`; what is inside of it is asked of the loader.
enum BuildDescription {
    /// `Release build for Linux on x86_64. Inside: Swift 6.3, libpcap. Commands: build, connect, report, survey.`
    static var text: String {
        // The library does not know of patch releases.
        let version = "\(_SwiftStdlibVersion.current)".split(separator: ".").prefix(2).joined(separator: ".")
        let parts = [("Swift \(version)", swift), ("libpcap", Libpcap.object)]
        let inside = parts.filter { $0.1?.isProgram == true }.map(\.0)
        let shared = parts.compactMap { part in part.1.flatMap { $0.isProgram ? nil : "\(part.0) (\($0.path))" } }
        var sentences = ["\(configuration) build for Linux on \(processor)."]
        if !inside.isEmpty { sentences.append("Inside: \(inside.joined(separator: ", ")).") }
        if !shared.isEmpty { sentences.append("Shared: \(shared.joined(separator: ", ")).") }
        sentences.append("Commands: \(Subcommand.names).")
        return sentences.joined(separator: " ")
    }

    /// What holds Swift's standard library: it has the metadata of its types.
    private static var swift: LoadedObject? {
        LoadedObject(at: unsafeBitCast(Int.self as Any.Type, to: UnsafeRawPointer.self))
    }

    private static var configuration: String {
        #if DEBUG
        // The optimiser leaves assertions out.
        var isOptimised = true
        assert({ isOptimised = false }() == ())
        return isOptimised ? "Optimised debug" : "Debug"
        #else
        return "Release"
        #endif
    }

    private static var processor: String {
        #if arch(x86_64)
        return "x86_64"
        #elseif arch(arm64)
        return "aarch64"
        #else
        return "another processor"
        #endif
    }
}
