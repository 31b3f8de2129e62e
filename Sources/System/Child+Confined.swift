import CConfinement
import Glibc

/// What a child is left with that reads what strangers have written.
package struct Confinement: Sendable {
    /// Bytes of data that it may have.
    package var data: UInt
    /// Bytes that it may map in all, also of what it never touches.
    package var addressSpace: UInt
    /// Bytes of each file that it may write; a pipe is none.
    package var fileSize: UInt

    package init(data: UInt, addressSpace: UInt, fileSize: UInt) {
        self.data = data
        self.addressSpace = addressSpace
        self.fileSize = fileSize
    }
}

extension Child {
    /// The user who owns nothing, by number where the system has no such name.
    private static let nobody = User(named: "nobody").map { ($0.userID, $0.groupID) } ?? (65_534, 65_534)

    /// Starts a program, found by its name where that has no slash, that has no rights but any user's, and cannot get more.
    ///
    /// Root becomes nobody, capabilities are given up, and no file's setuid bit gives any. It reads and writes what it is
    /// handed, so it needs no rights to files. Signals and process group are as those of
    /// ``init(_:input:output:errors:hearsEnding:)``.
    ///
    /// - Parameters:
    ///   - arguments: Beginning with the program's name.
    ///   - input: What becomes its standard input, and so on.
    /// - Throws: ENOENT where there is no such program.
    package init(
        confined arguments: [String], to confinement: Confinement, input: borrowing Descriptor,
        output: borrowing Descriptor, errors: borrowing Descriptor
    ) throws(SystemFailure) {
        // Both are looked up before the child is made, in which nothing may be allocated. Nobody may not search all folders
        // that root has in its path, and could not say then that there is no such program.
        guard let program = arguments.first.flatMap(Path.program) else { throw SystemFailure(code: ENOENT) }
        let (user, group) = Self.nobody
        var limits = linux_confinement(
            data: confinement.data, address_space: confinement.addressSpace, file_size: confinement.fileSize,
            user: user, group: group)
        var pid: pid_t = 0
        var words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let code = linux_spawn_confined(&pid, program, &words, input.number, output.number, errors.number, &limits)
        guard code == 0 else { throw SystemFailure(code: code) }
        self.init(pid: pid)
    }
}
