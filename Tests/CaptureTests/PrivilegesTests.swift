import Foundation
import System
import Testing

@testable import Capture

/// All in processes of their own, since what is given up does not come back.
@Suite struct PrivilegesTests {
    @Test(.enabled(if: geteuid() == 0, "needs root, to give it up"))
    func rootBecomesAUserForGood() async {
        await #expect(processExitsWith: .success) {
            #expect(Privileges.isRoot && Privileges.hasCapabilities)
            let nobody = try #require(User(named: "nobody"))
            try Privileges.drop(to: nobody)
            #expect(!Privileges.isRoot && !Privileges.hasCapabilities)
            #expect(getuid() == nobody.userID && geteuid() == nobody.userID && getegid() == nobody.groupID)
            #expect(setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0)
            var groups = [gid_t](repeating: 0, count: 100)
            let count = getgroups(100, &groups)
            #expect(!groups.prefix(Int(max(0, count))).contains(0))
            #expect(open("/etc/shadow", O_RDONLY) < 0)
            // What the system says itself, of this thread.
            let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
                #expect(status.contains("\(set):\t0000000000000000"), "\(set)")
            }
            #expect(status.contains("NoNewPrivs:\t1"))
        }
    }

    /// As a program with capabilities of its file: no root, and nothing is left.
    @Test(.enabled(if: geteuid() == 0, "needs root, to give it up"))
    func capabilitiesAlone() async {
        await #expect(processExitsWith: .success) {
            try Privileges.dropCapabilities()
            #expect(Privileges.isRoot && !Privileges.hasCapabilities)
            let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            #expect(status.contains("CapEff:\t0000000000000000") && status.contains("NoNewPrivs:\t1"))
            try Privileges.dropCapabilities()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to give it up"))
    func aUserCannotBecomeAnother() async {
        await #expect(processExitsWith: .success) {
            try Privileges.drop(to: try #require(User(named: "nobody")))
            do {
                try Privileges.drop(to: try #require(User(named: "daemon")))
                Issue.record("it could")
            } catch let error as PrivilegesError {
                #expect(error.description == "privileges cannot be dropped: setgroups: Operation not permitted")
            }
        }
    }

    @Test func users() throws {
        let root = try #require(User(named: "root"))
        #expect(root.userID == 0 && root.groupID == 0)
        #expect(User(id: 0) == root)
        #expect(User(named: "no such user") == nil)
    }

    @Test func whoCalledSudo() async {
        await #expect(processExitsWith: .success) {
            for name in ["SUDO_UID", "SUDO_GID", "SUDO_USER"] { unsetenv(name) }
            #expect(User.sudoCaller == nil)
            let nobody = try #require(User(named: "nobody"))
            setenv("SUDO_UID", "\(nobody.userID)", 1)
            #expect(User.sudoCaller == nobody)
            setenv("SUDO_UID", "0", 1)
            #expect(User.sudoCaller == nil, "root called it")
            setenv("SUDO_UID", "4000000000", 1)
            #expect(User.sudoCaller == nil)
            setenv("SUDO_GID", "4000000001", 1)
            setenv("SUDO_USER", "far\u{1b}away", 1)
            #expect(User.sudoCaller?.name == "far away" && User.sudoCaller?.groupID == 4_000_000_001)
            setenv("SUDO_UID", "x", 1)
            #expect(User.sudoCaller == nil)
        }
    }
}
