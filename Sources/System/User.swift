import Glibc

/// A user of this system, as far as needed to become that user.
public struct User: Hashable, Sendable {
    public let name: String
    public let userID: UInt32
    /// The user's first group.
    public let groupID: UInt32

    /// The user of that name; nil where there is none.
    public init?(named name: String) {
        self.init { getpwnam_r(name, $0, $1, $2, $3) }
    }

    /// The user who called `sudo`, which puts it into the environment; nil where it was not `sudo`, or root called it.
    ///
    /// Believed only where root itself has started us: else anybody could have written it.
    public static var sudoCaller: User? {
        guard getuid() == 0, let text = getenv("SUDO_UID"), let id = UInt32(String(cString: text)), id != 0 else {
            return nil
        }
        if let user = User(id: id) { return user }
        // One of whom the system knows no more than the number.
        guard let group = getenv("SUDO_GID"), let groupID = UInt32(String(cString: group)) else { return nil }
        return User(name: getenv("SUDO_USER").map { String(cString: $0).singleLine } ?? "\(id)", id, groupID)
    }

    /// Who this process is.
    package static var current: User { User(userID: geteuid(), groupID: getegid()) }

    /// The user of that number; nil where there is none.
    public init?(id: UInt32) {
        self.init { getpwuid_r(id, $0, $1, $2, $3) }
    }

    /// The names of all users that the system lists, in its order.
    public static var allNames: [String] {
        var names: [String] = []
        setpwent()
        while let entry = getpwent() { names.append(String(cString: entry.pointee.pw_name).singleLine) }
        endpwent()
        return names
    }

    /// One of whom no name is needed.
    package init(userID: UInt32, groupID: UInt32) {
        self = User(id: userID) ?? User(name: "", userID, groupID)
    }

    private init(name: String, _ userID: UInt32, _ groupID: UInt32) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
    }

    private typealias Query = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private init?(_ query: Query) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // Names and paths only.
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let user: User? = buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, query(&entry, start, buffer.count, &found) == 0, found != nil else {
                return nil
            }
            return User(name: String(cString: entry.pw_name).singleLine, entry.pw_uid, entry.pw_gid)
        }
        guard let user else { return nil }
        self = user
    }
}
