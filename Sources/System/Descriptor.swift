import CLinux
import Glibc

/// A failed system call's `errno`.
package struct SystemFailure: Error {
    package let code: Int32

    package init(code: Int32 = errno) {
        self.code = code
    }

    package var message: String { String(cString: strerror(code)) }
}

/// An open file descriptor, closed when its owner goes. Never inherited by a child, and never 0, 1 or 2, so that it
/// can be moved to one of these in a child.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes over `number`.
    package init(owning number: Int32) throws(SystemFailure) {
        if number >= 3 {
            self.number = number
        } else {
            // Standard input, output or error was closed when we were started.
            self.number = fcntl(number, F_DUPFD_CLOEXEC, 3)
            let failure = SystemFailure()
            close(number)
            guard self.number >= 0 else { throw failure }
        }
    }

    /// Opens a file for reading, or for `-` shares standard input. Waits for a writer where the file is a FIFO.
    package init(opening path: String) throws(SystemFailure) {
        if path == "-" { try self.init(copying: STDIN_FILENO) } else { try self.init(file: path) }
    }

    /// Opens a file for reading. Waits for a writer where it is a FIFO, but with `O_NONBLOCK`.
    package init(file path: String, flags: Int32 = 0) throws(SystemFailure) {
        let number = open(path, O_RDONLY | O_CLOEXEC | flags)
        guard number >= 0 else { throw SystemFailure() }
        try self.init(owning: number)
    }

    /// Shares the open file that has this number.
    package init(copying number: Int32) throws(SystemFailure) {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SystemFailure() }
        try self.init(owning: copy)
    }

    /// Makes a file without a name, in memory.
    package init(memoryFileNamed name: String) throws(SystemFailure) {
        let number = memfd_create(name, LINUX_MFD_CLOEXEC)
        guard number >= 0 else { throw SystemFailure() }
        try self.init(owning: number)
    }

    deinit {
        close(number)
    }

    /// Gives the descriptor away: the caller closes it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// The file's type: `S_IFREG`, `S_IFDIR` and so on.
    package var type: mode_t {
        var status = stat()
        return fstat(number, &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// Where the next read is, in bytes from the start, over all who share this open file; nil for a pipe.
    package var position: UInt64? {
        UInt64(exactly: lseek(number, 0, SEEK_CUR))
    }

    /// Writes all of it.
    package func write(all bytes: RawSpan) throws(SystemFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            guard written > 0 || written < 0 && errno == EINTR else {
                throw SystemFailure(code: written == 0 ? EIO : errno)
            }
            rest = rest.extracting(droppingFirst: max(0, written))
        }
    }

    /// What a regular file holds, from its start, cut to `limit` bytes.
    package func contents(limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            // A file of /proc gives a page at once.
            while count < limit, let start = buffer.baseAddress {
                let read = pread(number, start + count, limit - count, off_t(count))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { break }
                count += read
            }
        }
    }
}

/// The two ends of a pipe.
package struct Pipe: ~Copyable {
    package var readEnd: Descriptor
    package var writeEnd: Descriptor

    /// - Parameter capacity: In bytes; what is usual where nil, or where that is refused.
    package init(capacity: Int32? = nil) throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemFailure() }
        let first: Descriptor
        do throws(SystemFailure) {
            first = try Descriptor(owning: ends[0])
        } catch {
            close(ends[1])
            throw error
        }
        let second = try Descriptor(owning: ends[1])
        readEnd = first
        writeEnd = second
        if let capacity { _ = fcntl(writeEnd.number, LINUX_F_SETPIPE_SZ, capacity) }
    }

    /// Closes the other end.
    package consuming func keepReadEnd() -> Descriptor { readEnd }

    /// Closes the other end.
    package consuming func keepWriteEnd() -> Descriptor { writeEnd }
}
