import Foundation
import Support

/// Captures of real traffic.
enum Recorded {
    /// Where a file is: of the package, or shared; nil where it is in neither.
    static func path(_ name: String) -> String? {
        let own = Program.root.appendingPathComponent("captures/" + name)
        if FileManager.default.fileExists(atPath: own.path) { return own.path }
        let shared = sharedFolder("captures").map { $0.appendingPathComponent(name) }
        return shared.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0.path : nil }
    }
}
