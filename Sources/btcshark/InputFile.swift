import Fields
import Glibc
import System

/// Why a file that was named could not be read.
struct InputFileError: Error, CustomStringConvertible {
    let description: String
}

/// Reads a small file as a whole.
enum InputFile {
    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - limit: More bytes than this are refused.
    static func read(_ path: String, atMost limit: Int) throws(InputFileError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputFileError(description: "\(path): \(SystemFailure().message)") }
        defer { if path != "-" { close(descriptor) } }
        return try read(descriptor, of: path, atMost: limit)
    }

    /// Reads a file that is open, from where it stands.
    static func read(_ descriptor: Int32, of path: String, atMost limit: Int) throws(InputFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count > 0 {
                bytes += block.prefix(count)
                guard bytes.count <= limit else {
                    throw InputFileError(description: "\(path): more than \(limit >> 20) MiB")
                }
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw InputFileError(description: "\(path): \(SystemFailure().message)")
            }
        }
    }
}
