import CLinux
import Glibc

/// The kernel's Landlock: this process and those that it starts open no file but those of the places named, bind and connect
/// no TCP socket, and reach no process outside. For a thread and those it makes, for good.
enum Landlock {
    /// What may be done below a folder, or with a file.
    enum Access: Hashable {
        case read
        /// Files may be written, made and deleted, too.
        case write
    }

    /// The version that the running kernel has; nil where it has none.
    static var version: Int? {
        // LANDLOCK_CREATE_RULESET_VERSION
        let version = linux_landlock_create_ruleset(nil, 0, 1)
        return version > 0 ? Int(version) : nil
    }

    /// Shuts everything out but these places. One that cannot be found is left out.
    ///
    /// - Parameter allowsNetwork: TCP stays as it is.
    /// - Returns: What the system says where it does not; nil where it does.
    static func restrict(
        to places: [(path: String, access: Access)], allowsNetwork: Bool, version: Int
    ) -> SystemFailure? {
        var attributes = Ruleset()
        attributes.files = Rights.all(version)
        if version >= 4, !allowsNetwork { attributes.network = Rights.network }
        if version >= 6 { attributes.scopes = Rights.scopes }
        let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
        let ruleset = linux_landlock_create_ruleset(&attributes, size, 0)
        guard ruleset >= 0 else { return SystemFailure() }
        defer { close(ruleset) }
        for place in places {
            if let failure = add(place.path, place.access, to: ruleset, version) { return failure }
        }
        guard linux_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0, linux_landlock_restrict_self(ruleset) == 0 else {
            return SystemFailure()
        }
        return nil
    }

    private static func add(_ path: String, _ access: Access, to ruleset: Int32, _ version: Int) -> SystemFailure? {
        let place = open(path, LINUX_O_PATH | O_CLOEXEC)
        guard place >= 0 else { return nil }
        defer { close(place) }
        var status = stat()
        guard fstat(place, &status) == 0 else { return SystemFailure() }
        var rights = access == .read ? Rights.read : Rights.read | Rights.write
        rights &= Rights.all(version)
        if status.st_mode & S_IFMT != S_IFDIR { rights &= Rights.ofFiles }
        // struct landlock_path_beneath_attr is packed: 8 bytes of rights, 4 of the descriptor.
        var rule = [UInt8](repeating: 0, count: 12)
        withUnsafeBytes(of: rights) { rule.replaceSubrange(0..<8, with: $0) }
        withUnsafeBytes(of: place) { rule.replaceSubrange(8..<12, with: $0) }
        // LANDLOCK_RULE_PATH_BENEATH. A pipe has no place of its own, and needs no rule.
        if linux_landlock_add_rule(ruleset, 1, rule) == 0 || errno == EBADFD { return nil }
        return SystemFailure()
    }

    /// struct landlock_ruleset_attr
    private struct Ruleset {
        var files: UInt64 = 0
        var network: UInt64 = 0
        var scopes: UInt64 = 0
    }

    /// Bits of the kernel's interface.
    private enum Rights {
        static let execute: UInt64 = 1 << 0
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readFolder: UInt64 = 1 << 3
        static let removeFile: UInt64 = 1 << 5
        static let makeFile: UInt64 = 1 << 8
        static let truncate: UInt64 = 1 << 14

        static let read = readFile | readFolder
        static let write = writeFile | removeFile | makeFile | truncate
        static let ofFiles = execute | writeFile | readFile | truncate | 1 << 15
        /// Bind and connect of TCP.
        static let network: UInt64 = 3
        /// Abstract sockets, and signals, of processes outside.
        static let scopes: UInt64 = 3

        /// All that a version knows: what is not named then is not allowed.
        static func all(_ version: Int) -> UInt64 {
            let bits: UInt64 = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13
            return 1 << bits - 1
        }
    }
}
