import CLinux
import Glibc

/// Whether root is able to become others, for long or for a moment.
extension Privileges {
    /// Whether this process may become that user: in a container of a user, or without the capabilities for it, root may
    /// not. Where the system does not tell, it may.
    public static func mayBecome(_ user: User) -> Bool {
        mayChangeUsers && isMapped(user.userID, by: "/proc/self/uid_map")
            && isMapped(user.groupID, by: "/proc/self/gid_map")
    }

    /// Whether this process may become another user at all, and leave its groups.
    static var mayChangeUsers: Bool {
        // CAP_SETGID, CAP_SETUID
        holds(1 << 6 | 1 << 7) && KernelFile.text("/proc/self/setgroups")?.hasPrefix("deny") != true
    }

    /// Whether that user may make files in a folder. Root becomes that user for as long as it looks; so this is asked while
    /// there is one thread.
    public static func mayWrite(_ user: User, in folder: String) -> Bool {
        may(user) { faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 }
    }

    /// Whether that user may read a file, or a folder and what is in it. As ``mayWrite(_:in:)``.
    public static func mayRead(_ user: User, _ path: String) -> Bool {
        may(user) {
            guard faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else { return false }
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return true }
            return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0
        }
    }

    private static func may(_ user: User, _ look: () -> Bool) -> Bool {
        guard mayBecome(user) else { return false }
        var own = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = getgroups(Int32(own.count), &own)
        guard count >= 0, setGroups(of: user), setegid(user.groupID) == 0 else { return false }
        // The order matters: only root may go back.
        defer { _ = setgroups(Int(count), own) }
        defer { _ = setegid(getgid()) }
        guard seteuid(user.userID) == 0 else { return false }
        defer { _ = seteuid(getuid()) }
        return look()
    }

    /// Takes that user's groups. Of one whom the system does not know the name is not to be believed either.
    static func setGroups(of user: User) -> Bool {
        if User(id: user.userID)?.name == user.name { return initgroups(user.name, user.groupID) == 0 }
        var groups = [user.groupID]
        return setgroups(1, &groups) == 0
    }

    /// - Parameter map: Lines of a first number inside, a first number outside, and how many.
    private static func isMapped(_ id: UInt32, by map: String) -> Bool {
        guard let text = KernelFile.text(map) else { return true }
        return text.split(separator: "\n").contains { line in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 3 && numbers[0] <= id && UInt64(id) - numbers[0] < numbers[2]
        }
    }
}
