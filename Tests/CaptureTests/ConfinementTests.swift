import Foundation
import System
import Testing

/// What a child is left with that reads what strangers have written.
@Suite struct ConfinementTests {
    private static let limits = Confinement(data: 100 << 20, addressSpace: 200 << 20, fileSize: 4_096)

    /// Runs a line of shell; answers what it wrote, and how it ended.
    private func run(_ line: String) throws -> (output: String, errors: String, end: Child.End) {
        let input = try Descriptor(opening: "/dev/null")
        let output = try Descriptor(memoryFileNamed: "output")
        let errors = try Descriptor(memoryFileNamed: "errors")
        let child = try Child(
            confined: ["sh", "-c", line], to: Self.limits, input: input, output: output, errors: errors)
        let end = child.wait()
        return (
            String(decoding: output.contents(limit: 10_000), as: UTF8.self),
            String(decoding: errors.contents(limit: 10_000), as: UTF8.self), end
        )
    }

    @Test func rightsAreGivenUp() throws {
        let status = try run("cat /proc/self/status").output
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            #expect(status.contains("\(set):\t0000000000000000"), "\(set)")
        }
        #expect(status.contains("NoNewPrivs:\t1"))
        guard geteuid() == 0 else { return }
        let nobody = try #require(User(named: "nobody"))
        #expect(status.contains("CapBnd:\t0000000000000000"))
        #expect(status.contains("Uid:\t" + Array(repeating: "\(nobody.userID)", count: 4).joined(separator: "\t")))
        #expect(status.contains("Gid:\t" + Array(repeating: "\(nobody.groupID)", count: 4).joined(separator: "\t")))
        #expect(status.contains(try Regex("Groups:\\s*\n")))
        #expect(try run("cat /etc/shadow").errors.contains("Permission denied"))
    }

    @Test func limits() throws {
        let limits = try run("cat /proc/self/limits").output
        for (name, value) in [
            ("Max data size", 100 << 20), ("Max address space", 200 << 20), ("Max file size", 4_096),
            ("Max core file size", 0),
        ] {
            #expect(limits.contains(try Regex("\(name) +\(value) +\(value) ")), "\(limits)")
        }
        // What is written to a file ends it; a pipe has no end.
        let (output, _, _) = try run("head -c 100000 /dev/zero; echo $? >&2")
        #expect(output.utf8.count == 4_096)
        #expect(try run("head -c 100000 /dev/zero | cat | wc -c").output == "100000\n")
    }

    @Test func nothingElseIsInherited() throws {
        let other = try Descriptor(opening: "/dev/null")
        try #require(fcntl(other.number, F_SETFD, 0) == 0)
        let open = try run("ls /proc/self/fd").output.split(separator: "\n").map(String.init)
        // The last is what `ls` itself reads.
        #expect(open.prefix(3) == ["0", "1", "2"] && open.count == 4, "\(open)")
        withExtendedLifetime(other) {}
    }

    @Test func noSuchProgram() throws {
        let none = try Descriptor(opening: "/dev/null")
        for name in ["no-such-program", "/nonexistent/program", ""] {
            do throws(SystemFailure) {
                _ = try Child(confined: [name], to: Self.limits, input: none, output: none, errors: none)
                Issue.record("\(name) was started")
            } catch {
                #expect(error.code == ENOENT, "\(name): \(error.message)")
            }
        }
        // A file that is no program.
        do throws(SystemFailure) {
            _ = try Child(confined: ["/etc/passwd"], to: Self.limits, input: none, output: none, errors: none)
            Issue.record("it was started")
        } catch {
            #expect(error.code == EACCES)
        }
    }
}
