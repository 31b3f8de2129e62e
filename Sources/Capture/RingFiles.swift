import Glibc
import System

/// The files of a ring in their folder, those of earlier runs, too: their names, oldest first.
struct RingFiles {
    private(set) var names: [String]
    /// The highest number of any, 0 where there is none: the next file has another name than all that are there.
    private(set) var number: UInt64
    /// Those of earlier runs. One of them may be another's that has been begun since.
    private var found: Set<String>

    /// Lists the files that count as the ring's: regular files, no links to others, of its pattern and owner. One that
    /// somebody writes is not the ring's.
    ///
    /// - Parameters:
    ///   - pattern: Of the names.
    ///   - folder: Is read from its beginning, and stays open.
    ///   - owner: The user whose files they are.
    init(_ pattern: RingFileName, in folder: borrowing Descriptor, owner: UInt32) throws(SystemFailure) {
        let number = try Descriptor(copying: folder.number).release()
        guard let stream = fdopendir(number) else {
            let failure = SystemFailure()
            close(number)
            throw failure
        }
        defer { closedir(stream) }
        // The copy shares its place with all who have read the folder before.
        rewinddir(stream)
        var found: [(name: String, number: UInt64, changed: timespec)] = []
        while let entry = readdir(stream) {
            let place = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self))
            var status = stat()
            guard let number = pattern.number(in: name),
                fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_nlink == 1, status.st_uid == owner
            else { continue }
            found.append((name, number, status.st_mtim))
        }
        // By the numbers, since clocks are set back. Where numbers come twice, as of rings that began again at 1, by when
        // the files were written.
        let areNumbered = Set(found.map(\.number)).count == found.count
        found.sort { first, second in
            if areNumbered { return first.number < second.number }
            return (first.changed.tv_sec, first.changed.tv_nsec, first.number)
                < (second.changed.tv_sec, second.changed.tv_nsec, second.number)
        }
        self.number = found.map(\.number).max() ?? 0
        names = found.map(\.name).filter { !WrittenMark.isSet($0, in: folder.number) }
        self.found = Set(names)
    }

    /// Adds a file that was made now.
    mutating func add(_ name: String, number: UInt64) {
        names.removeAll { $0 == name }
        found.remove(name)
        names.append(name)
        self.number = number
    }

    /// Deletes the oldest, until no more than `bound` are left. One that somebody else has deleted is no harm; one that
    /// somebody else writes is left to them.
    ///
    /// - Returns: The name that could not be deleted, and why; nil where all is well.
    mutating func delete(downTo bound: UInt64, in folder: borrowing Descriptor) -> (name: String, SystemFailure)? {
        while UInt64(names.count) > bound, let oldest = names.first {
            let isOthers = found.contains(oldest) && WrittenMark.isSet(oldest, in: folder.number)
            if !isOthers, unlinkat(folder.number, oldest, 0) != 0, errno != ENOENT { return (oldest, SystemFailure()) }
            names.removeFirst()
            found.remove(oldest)
        }
        return nil
    }
}

extension Descriptor {
    /// Opens the folder of a file, of which only the path is known.
    init(folderOf path: String) throws(SystemFailure) {
        let folder = path[..<Path.nameStart(path)]
        let number = open(folder.isEmpty ? "." : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemFailure() }
        try self.init(owning: number)
    }
}
