import CLinux
import Glibc

/// Why privileges could not be given up. The process must not go on with them.
public struct PrivilegesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for the user.
    public let description: String

    init(_ step: String) {
        description = "privileges cannot be dropped: \(step): \(SystemFailure().message)"
    }

    init(stillThere remains: String) {
        description = "privileges cannot be dropped: \(remains)"
    }
}

/// The rights of this process that go beyond those of any user: needed to open an interface, and dangerous while packets
/// of strangers are parsed.
///
/// Linux keeps capabilities for each thread. So they are given up before any other thread is made.
public enum Privileges {
    /// Whether we are root, or are able to become it again.
    public static var isRoot: Bool { users.contains(0) }

    /// Whether we are another user or group than the one who called us, as a program is that was installed setuid or
    /// setgid.
    public static var areOfProgramFile: Bool { getuid() != geteuid() || getgid() != getegid() }

    /// Whether this thread holds any capability.
    public static var hasCapabilities: Bool { capabilities.contains { $0.permitted != 0 || $0.effective != 0 } }

    /// Becomes a user, for good: with that user's groups, without any capability and without a way to get one.
    ///
    /// - Parameter user: As a rule not root; then only the capabilities are given up.
    /// - Throws: `PrivilegesError` where anything remains; the process is then neither one nor the other.
    public static func drop(to user: User) throws(PrivilegesError) {
        let (userID, groupID) = (user.userID, user.groupID)
        // Root that may not change its groups, as in a container of a user, is root of no more than that.
        if userID == 0, users == [0], groups == [groupID], !mayChangeUsers { return try dropCapabilities() }
        forgetInheritance()
        guard setGroups(of: user) else { throw PrivilegesError("setgroups") }
        guard setresgid(groupID, groupID, groupID) == 0 else { throw PrivilegesError("setresgid") }
        guard setresuid(userID, userID, userID) == 0 else { throw PrivilegesError("setresuid") }
        try dropCapabilities()
        guard users == [userID], Self.groups == [groupID] else {
            throw PrivilegesError(stillThere: "some identity remains")
        }
        if userID != 0, setuid(0) == 0 || seteuid(0) == 0 { throw PrivilegesError(stillThere: "root can be regained") }
    }

    /// Gives up all capabilities of this thread, for good, and stays the user it is: for a program that has them from
    /// its file (`setcap`).
    public static func dropCapabilities() throws(PrivilegesError) {
        try keep([])
    }

    /// What a process may keep that makes files for others.
    package enum Capability: UInt32 {
        /// Files are given to others.
        case changeOwner = 0
        /// Folders of others are written to.
        case overridePermissions = 1
        /// Files of others are read.
        case readOthers = 2
        /// The modes of files of others are changed.
        case overrideOwner = 3
        /// Interfaces are captured from.
        case rawPackets = 13
    }

    /// Keeps these capabilities of this thread and no others, for good.
    package static func keep(_ kept: [Capability]) throws(PrivilegesError) {
        forgetInheritance()
        var header = header
        let bits = kept.reduce(0 as UInt32) { $0 | 1 << $1.rawValue }
        let held = capabilities[0].permitted & bits
        var sets = [__user_cap_data_struct](repeating: __user_cap_data_struct(), count: 2)
        sets[0].permitted = held
        sets[0].effective = held
        guard capset(&header, &sets) == 0 else { throw PrivilegesError("capset") }
        // No program that is started from here gets more than we have, whatever its file says.
        guard linux_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0 else { throw PrivilegesError("prctl") }
        let now = capabilities
        guard now[0].permitted == held, now[0].effective == held, now[1].permitted == 0, now[1].effective == 0 else {
            throw PrivilegesError(stillThere: "some capability remains")
        }
    }

    /// Takes away what a later program could get back. Only with the right capability, or not needed; so nothing here
    /// may fail the rest, which is looked at afterwards.
    private static func forgetInheritance() {
        _ = prctlClearAmbient()
        for capability in 0..<64 as Range<UInt> { _ = linux_prctl(PR_CAPBSET_DROP, capability) }
    }

    private static func prctlClearAmbient() -> Int32 {
        linux_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL))
    }

    // MARK: Looking

    /// Whether this thread can use all of these, of the first 32.
    static func holds(_ bits: UInt32) -> Bool { capabilities[0].effective & bits == bits }

    private static var users: Set<UInt32> {
        var ids: (UInt32, UInt32, UInt32) = (0, 0, 0)
        _ = getresuid(&ids.0, &ids.1, &ids.2)
        return [ids.0, ids.1, ids.2]
    }

    private static var groups: Set<UInt32> {
        var ids: (UInt32, UInt32, UInt32) = (0, 0, 0)
        _ = getresgid(&ids.0, &ids.1, &ids.2)
        return [ids.0, ids.1, ids.2]
    }

    private static var header: __user_cap_header_struct {
        __user_cap_header_struct(version: LINUX_CAPABILITY_VERSION, pid: 0)
    }

    /// The 64 bits of this thread's sets, in two halves.
    private static var capabilities: [__user_cap_data_struct] {
        var header = header
        var data = [__user_cap_data_struct](repeating: __user_cap_data_struct(), count: 2)
        _ = capget(&header, &data)
        return data
    }
}
