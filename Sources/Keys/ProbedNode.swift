import Glibc
import System

/// The node whose connections' secrets are wanted.
public struct ProbedNode: Equatable, Sendable {
    /// Its program, as bpftrace is given it.
    public let path: String
    /// Nil for all processes that run the program, also those that are started later.
    public let process: Int32?

    /// Finds the program, and looks whether it is one.
    ///
    /// - Parameter text: A path, or a process's number: digits only.
    public init(_ text: String) throws(NodeKeysError) {
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let process = Int32(text), process > 0 else { throw .noSuchProcess(text) }
            path = try Self.program(of: process)
            self.process = process
        } else {
            do throws(SystemFailure) {
                path = try Path.resolved(text)
            } catch {
                throw .noSuchFile(text, reason: error.message)
            }
            process = nil
        }
        guard KeyProbe.isUsable(path) else { throw .unusableName(path) }
        try Self.check(path)
    }

    /// The file of a running program: by the name that it has here, or, where the process lives in another file system
    /// (a container), by the way through that process; a debug file is looked for in the same folder. One that has been
    /// deleted or replaced has no name any more.
    private static func program(of process: Int32) throws(NodeKeysError) -> String {
        let link = "/proc/\(process)/exe"
        guard access("/proc/\(process)", F_OK) == 0 else { throw .noSuchProcess("\(process)") }
        guard let path = target(ofLink: link) else {
            throw errno == EACCES || errno == EPERM ? .notRoot : .noProgram(process: process)
        }
        return [path, "/proc/\(process)/root\(path)"].first { KeyProbe.isUsable($0) && isSame($0, link) } ?? link
    }

    static func isSame(_ path: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    private static func check(_ path: String) throws(NodeKeysError) {
        let beginning: [UInt8]
        do throws(SystemFailure) {
            let file = try Descriptor(opening: path)
            guard file.type == S_IFREG, access(path, X_OK) == 0 else { throw SystemFailure(code: EISDIR) }
            beginning = file.contents(limit: 4)
        } catch {
            if error.code == EISDIR { throw .notExecutable(path) }
            throw .noSuchFile(path, reason: error.message)
        }
        guard beginning == [0x7f] + Array("ELF".utf8) else { throw .notELF(path) }
    }
}

/// What a symbolic link leads to, as it says; nil with `errno` where it cannot be read.
func target(ofLink path: String) -> String? {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &name, name.count)
    guard count >= 0 else { return nil }
    return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
