import Foundation
import Support
import System
import Testing

/// Limits of processor time, as the kernel shows them to a container.
@Suite struct ProcessorQuotaTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// - Parameters:
    ///   - list: What `/proc/self/cgroup` says.
    ///   - files: By path below `/sys/fs/cgroup`.
    private func processors(_ list: String, _ files: [String: String]) throws -> Int? {
        try quota(list, files).processors
    }

    private func quota(_ list: String, _ files: [String: String]) throws -> ProcessorQuota {
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(folder.path)/groups/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return ProcessorQuota(list: try folder.write(list.utf8, as: "list"), root: folder.path + "/groups")
    }

    /// The least of both limits holds.
    @Test func fewerThanAllowed() throws {
        #expect(try Processors.count(quota("0::/\n", ["cpu.max": "100000 100000\n"])) == 1)
        #expect(try Processors.count(quota("0::/\n", ["cpu.max": "999900000 100000\n"])) == Processors.allowed)
    }

    @Test(
        arguments: [
            ("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000\n", 1), ("max 100000\n", nil), ("", nil),
            ("0 100000\n", nil), ("100000 0\n", nil), ("9223372036854775807 1\n", .max),
            ("99999999999999999999 1\n", nil),
        ] as [(String, Int?)])
    func versionTwo(limit: String, expected: Int?) throws {
        #expect(try processors("0::/\n", ["cpu.max": limit]) == expected)
    }

    /// That of a folder above holds as well.
    @Test func leastOfAllAbove() throws {
        let files = [
            "system.slice/a:b.service/cpu.max": "400000 100000\n", "system.slice/cpu.max": "300000 100000\n",
            "cpu.max": "max 100000\n",
        ]
        #expect(try processors("0::/system.slice/a:b.service\n", files) == 3)
    }

    @Test(arguments: [("250000", "100000", 3), ("-1", "100000", nil), ("50000", "", nil)] as [(String, String, Int?)])
    func versionOne(quota: String, period: String, expected: Int?) throws {
        let list = "5:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f\n0::/\n"
        let group = "cpu/docker/1f/"
        let files = [group + "cpu.cfs_quota_us": quota + "\n", group + "cpu.cfs_period_us": period + "\n"]
        #expect(try processors(list, files) == expected)
    }

    /// In a container the path may be that of the host, of which only the group itself is there.
    @Test(arguments: ["/docker/1f", "/../1f"])
    func pathOfTheHost(_ path: String) throws {
        let files = ["cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "50000\n"]
        #expect(try processors("4:cpu,cpuacct:\(path)\n", files) == 2)
    }

    @Test(arguments: ["", "nonsense\n", "0:\n", "0::", "::::\n"])
    func nothingKnown(list: String) throws {
        #expect(try processors(list, [:]) == nil)
        #expect(ProcessorQuota(list: folder.path + "/none", root: folder.path).processors == nil)
    }
}
