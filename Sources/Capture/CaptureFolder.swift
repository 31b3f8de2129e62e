import Glibc
import System

/// What a folder holds, for a reader of all captures in it. Folders in it are not looked into.
///
/// No file is waited for: a FIFO is not opened. What is a capture is known by its content, not by its name.
public struct CaptureFolder: Sendable {
    public let path: String
    /// Captures of packets, by name. So is a file that cannot be opened: who reads it will say why.
    public private(set) var captures: [String] = []
    /// Files that are none, by name.
    public private(set) var others: [String] = []
    /// How many folders there are in it.
    public private(set) var folders: UInt64 = 0
    /// Files whose names begin with a dot, which the shell does not give for `*` either.
    private var hidden: UInt64 = 0
    /// FIFOs, sockets and devices.
    private var special: UInt64 = 0
    private var brokenLinks: UInt64 = 0
    /// Further names of files that are read anyway.
    private var repeated: UInt64 = 0
    /// Files and folders that no text can name.
    private var unnamable: UInt64 = 0
    private var isWritten = false

    /// - Parameters:
    ///   - output: A file that will be written: what it holds from before is no input.
    ///   - named: Paths that are read beside the folder.
    /// - Throws: Where the folder cannot be read.
    public init(_ path: String, writing output: String? = nil, beside named: [String] = []) throws(CaptureError) {
        self.path = path
        let written = output.flatMap { $0 == "-" ? nil : FileIdentity(of: $0) }
        var known = Set(named.compactMap { $0 == "-" ? nil : FileIdentity(of: $0) })
        let found = try FolderNames(of: path)
        unnamable = found.unnamable
        for name in found.names.sorted() {
            let path = path.hasSuffix("/") ? path + name : path + "/" + name
            var status = stat()
            guard stat(path, &status) == 0 else {
                // Of a loop of links nobody can say what it leads to.
                if errno == ENOENT || errno == ELOOP { brokenLinks += 1 } else { captures.append(path) }
                continue
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                folders += 1
            } else if name.hasPrefix(".") {
                hidden += 1
            } else if let identity = FileIdentity(status) {
                if identity == written {
                    isWritten = true
                } else if known.insert(identity).inserted {
                    if Self.isCapture(path) { captures.append(path) } else { others.append(path) }
                } else {
                    repeated += 1
                }
            } else {
                special += 1
            }
        }
    }

    /// What is ignored, in words; nil where that is nothing.
    ///
    /// - Parameters:
    ///   - others: Files that are no captures of any kind.
    ///   - looksIntoFolders: The folders in it are not ignored.
    ///   - unnamableBelow: What no text can name in the folders in it.
    public func ignored(others: [String], looksIntoFolders: Bool, unnamableBelow: UInt64 = 0) -> String? {
        func some(_ count: UInt64, _ one: String, _ many: String) -> String? {
            count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
        }
        let shown = others.prefix(3).map { String($0[Path.nameStart($0)...]) }.joined(separator: ", ")
        let names = others.count > 3 ? "\(shown), …" : shown
        let parts = [
            some(UInt64(others.count), "file that is no capture", "files that are no captures").map {
                "\($0) (\(names))"
            },
            looksIntoFolders ? nil : some(folders, "folder", "folders"),
            some(hidden, "hidden file", "hidden files"),
            some(special, "FIFO, socket or device", "FIFOs, sockets or devices"),
            some(brokenLinks, "link that leads nowhere", "links that lead nowhere"),
            some(repeated, "further name of a file that is read", "further names of files that are read"),
            some(unnamable + unnamableBelow, "file whose name is not UTF-8", "files whose names are not UTF-8"),
            isWritten ? "the file that -w writes" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Whether a file begins as a capture does, once decompressed; also where that cannot be looked at.
    private static func isCapture(_ path: String) -> Bool {
        // Without waiting, should it have become a FIFO meanwhile.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return true }
        defer { close(number) }
        var start = [UInt8](repeating: 0, count: Compression.longestMagic)
        let count = pread(number, &start, start.count, 0)
        guard count >= 0 else { return true }
        start.removeLast(start.count - count)
        guard OfflineCapture.isRecognised(in: start) else { return false }
        guard Compression.recognised(in: start) != nil else { return true }
        do throws(CaptureError) {
            _ = try OfflineCapture(path: path, file: 0, notes: nil)
            return true
        } catch {
            switch error.problem {
            case .notACapture, .empty: return false
            // Too short for a file header.
            case .cutShort: return error.frame != nil
            default: return true
            }
        }
    }
}
