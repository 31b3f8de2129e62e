import Glibc
import System

/// The names in a folder, without those of the folder itself and of the one above it.
struct FolderNames {
    private(set) var names: [String] = []
    /// How many there are beside them that no text can be.
    private(set) var unnamable: UInt64 = 0

    /// - Throws: Where the folder cannot be opened or read to its end.
    init(of folder: String) throws(CaptureError) {
        guard let stream = opendir(folder) else { throw Self.failure(.cannotOpen, folder) }
        defer { closedir(stream) }
        while true {
            // The end and a failure differ in this alone.
            errno = 0
            guard let entry = readdir(stream) else { break }
            // The name is as long as it is, not as long as its declaration.
            let place = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let start = UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self)
            guard let name = String(validatingCString: start) else {
                unnamable += 1
                continue
            }
            if name != ".", name != ".." { names.append(name) }
        }
        if errno != 0 { throw Self.failure(.readFailed, folder) }
    }

    private static func failure(_ problem: CaptureError.Problem, _ folder: String) -> CaptureError {
        let failure = SystemFailure()
        return CaptureError(
            failure.code == EACCES ? .permissionDenied : problem, path: folder, detail: failure.message)
    }
}
