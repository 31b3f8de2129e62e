import ArgumentParser
import Capture
import Dissector
import Glibc

/// What is to be read, by the words of the command line: words that are files, and what folders hold.
struct InputList {
    private(set) var paths: [String] = []
    /// Something that was named cannot be read, which is complained of already.
    private(set) var isIncomplete = false
    private let options: Options

    /// - Throws: Where nothing is left to read, or cannot be read as one.
    private init(_ options: Options) throws {
        self.options = options
        for path in options.read {
            if path != "-", FileTree.entry(at: path) == .folder {
                try add(folder: path)
            } else {
                paths.append(path)
            }
        }
        // An empty list of `--files-from` is no mistake.
        if paths.isEmpty, !options.read.isEmpty { throw ExitCode(Status.input.rawValue) }
    }

    /// Has `read` be all that is read, and `arguments` the display filter. Does nothing where no file is read.
    ///
    /// - Returns: Whether something that was named cannot be read.
    static func resolve(_ options: inout Options) throws -> Bool {
        guard !options.read.isEmpty || options.filesFrom != nil, options.interface == nil, options.decode == nil else {
            return false
        }
        let listed = try options.filesFrom.map { try ListedFiles(in: $0, options) }
        let words = InputWords(options.arguments, hasFilter: options.displayFilter != nil)
        options.read += (listed?.paths ?? []) + words.files
        options.arguments = words.filter
        if !options.reallyQuiet {
            for name in words.hidden {
                StandardError.complain(
                    "'\(name)' is taken for a display filter; the file of this name is \("./\(name)".quotedForShell)")
            }
        }
        // Before anything is said of folders.
        _ = try Plan.filter(options)
        let list = try InputList(options)
        if !options.reallyQuiet, let twice = list.givenTwice {
            StandardError.complain(twice)
        }
        options.read = list.paths
        return list.isIncomplete || listed?.isIncomplete == true
    }

    private mutating func add(folder path: String) throws {
        do {
            let files = options.read.filter { FileTree.entry(at: $0) == .file }
            let folder = try CaptureFolder(path, writing: options.write, beside: files)
            let messageCaptures = folder.others.filter(MessageCaptures.recognises)
            if !folder.captures.isEmpty {
                guard messageCaptures.isEmpty else {
                    throw ValidationError(
                        "\(path): holds captures of packets and Bitcoin Core's message captures, which cannot be read as "
                            + "one: name those that are to be read.")
                }
                paths += folder.captures
                report(folder, folder.others, looksIntoFolders: false)
            } else {
                let areBelow = try MessageCaptures.areBelow(path)
                guard areBelow || !messageCaptures.isEmpty else {
                    return miss("\(path): \(Self.nothing(in: folder))")
                }
                if areBelow { paths.append(path) }
                // Symbolic links, which are not followed below, are among these; no file is read twice.
                paths += messageCaptures
                let named = Set(messageCaptures)
                report(folder, folder.others.filter { !named.contains($0) }, looksIntoFolders: true)
            }
        } catch let error as CaptureError {
            miss("\(error)")
        } catch let error as MessageCaptureError {
            miss("\(error)")
        }
    }

    private static func nothing(in folder: CaptureFolder) -> String {
        let start =
            "holds no capture of packets, and no msgs_recv.dat or msgs_sent.dat, as a node writes them with "
            + "-capturemessages"
        guard folder.folders > 0 else { return start }
        return start + ". Captures of packets are not looked for in the folders in it: name those folders"
    }

    private func report(_ folder: CaptureFolder, _ others: [String], looksIntoFolders: Bool) {
        guard !options.reallyQuiet else { return }
        // What cannot be read there was complained of when the files were looked for.
        let unnamable = looksIntoFolders ? (try? MessageCaptures.unnamable(below: folder.path)) ?? 0 : 0
        guard
            let ignored = folder.ignored(
                others: others, looksIntoFolders: looksIntoFolders, unnamableBelow: unnamable)
        else { return }
        StandardError.complain("\(folder.path): ignored: \(ignored)")
    }

    /// What is wrong where a file is there twice, whatever it is called: its packets look as if they were sent again.
    private var givenTwice: String? {
        struct Identity: Hashable {
            let device: dev_t
            let number: ino_t
        }
        var (names, repeated): ([Identity: String], [(path: String, first: String)]) = ([:], [])
        for path in paths where path != "-" {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let identity = Identity(device: status.st_dev, number: status.st_ino)
            if let first = names[identity] { repeated.append((path, first)) } else { names[identity] = path }
        }
        guard let (path, first) = repeated.first, !MessageCaptures.recognises(path) else { return nil }
        let what = path == first ? "is given twice" : "is the same file as \(first)"
        let more = repeated.count > 1 ? ", and so with \(repeated.count - 1) more" : ""
        return "\(path): \(what)\(more): the same packets stand in two files, and count as sent again"
    }

    private mutating func miss(_ reason: String) {
        StandardError.complain(reason)
        isIncomplete = true
    }
}
