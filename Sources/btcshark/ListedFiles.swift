import ArgumentParser
import Glibc
import System

/// `--files-from`: paths of captures, one a line, each as it would stand after `-r`.
///
/// A path is all of its line, with spaces and all; empty lines are skipped.
struct ListedFiles {
    private(set) var paths: [String] = []
    /// A line names nothing that can be read, which is complained of already.
    private(set) var isIncomplete = false

    /// More bytes are no list.
    private static let limit = 64 << 20

    /// - Throws: Where the list cannot be read, or nothing that it names.
    init(in list: String, _ options: Options) throws {
        if list == "-", options.read.contains("-") {
            throw ValidationError("--files-from -: standard input is the list already, and no capture.")
        }
        let bytes: [UInt8]
        do throws(InputFileError) {
            bytes = try InputFile.read(list, atMost: Self.limit)
        } catch {
            StandardError.complain("--files-from: \(error)")
            throw ExitCode(Status.input.rawValue)
        }
        let name = list == "-" ? "standard input" : list
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            do throws(InputFileError) {
                paths.append(try Self.path(line, isInput: list == "-"))
            } catch {
                StandardError.complain("--files-from: \(name), line \(index + 1): \(error)")
                isIncomplete = true
            }
        }
        if !paths.isEmpty || !options.read.isEmpty { return }
        if isIncomplete { throw ExitCode(Status.input.rawValue) }
        if !options.reallyQuiet { StandardError.complain("--files-from: \(name): no paths in it") }
    }

    /// - Parameter isInput: The line comes from standard input.
    private static func path(_ line: ArraySlice<UInt8>, isInput: Bool) throws(InputFileError) -> String {
        guard !line.contains(0), let path = String(validating: line, as: UTF8.self) else {
            throw InputFileError(description: "no path: it has bytes that are no text")
        }
        if path == "-" {
            if isInput { throw InputFileError(description: "-: standard input is the list already") }
        } else if access(path, R_OK) != 0 {
            throw InputFileError(description: "\(path): \(SystemFailure().message)")
        }
        return path
    }
}
