import Foundation
import Support
import System
import Testing

/// How many processors this process may run on.
@Suite struct ProcessorsTests {
    /// The numbers of those that the kernel names: `0-3,8`.
    private static func allowed() throws -> [Int] {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
        return try line.drop { !$0.isNumber }.split(separator: ",").flatMap { range in
            let ends = try range.split(separator: "-").map { try #require(Int($0)) }
            return Array(ends[0]...ends[ends.count - 1])
        }
    }

    @Test func likeTheKernel() throws { #expect(Processors.allowed == (try Self.allowed().count)) }

    /// `taskset` allows fewer than there are.
    @Test func fewerAllowed() async {
        await #expect(processExitsWith: .success) {
            let allowed = try Self.allowed()
            let first = try #require(allowed.first)
            let taskset = try Process.run(
                URL(fileURLWithPath: "/usr/bin/taskset"), arguments: ["-apc", "\(first)", "\(getpid())"])
            taskset.waitUntilExit()
            #expect(taskset.terminationStatus == 0)
            #expect(Processors.allowed == 1 && Processors.count() == 1)
        }
    }
}
