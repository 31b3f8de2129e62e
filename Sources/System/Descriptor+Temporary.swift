import Glibc

extension Descriptor {
    /// Makes a file to be written and read that has lost its name: it goes with its descriptor.
    ///
    /// - Parameter folder: Where it takes room.
    package init(temporaryIn folder: String) throws(SystemFailure) {
        var name = Array((folder + "/btcshark-XXXXXX").utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw SystemFailure() }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        unlink(name)
        try self.init(owning: number)
    }
}
