/// What control groups grant of the processors' time, as containers and services with `CPUQuota=` have it: cgroups(7).
package struct ProcessorQuota {
    /// The kernel's list of the groups that this process is in.
    private let list: String
    /// Where the groups are.
    private let root: String

    package init(list: String = "/proc/self/cgroup", root: String = "/sys/fs/cgroup") {
        self.list = list
        self.root = root
    }

    /// How many processors that is at most, rounded up; nil where nothing limits it, or that cannot be read.
    package var processors: Int? {
        var least: Int?
        for line in KernelFile.text(list)?.split(separator: "\n") ?? [] {
            // Number, controllers and path: `4:cpu,cpuacct:/docker/1f`, or `0::/user.slice` in version 2.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isVersionTwo = parts[1].isEmpty
            guard isVersionTwo || parts[1].split(separator: ",").contains("cpu") else { continue }
            for folder in Self.folders(isVersionTwo ? root : "\(root)/cpu", parts[2]) {
                let granted = isVersionTwo ? Self.versionTwo(folder) : Self.versionOne(folder)
                if let granted { least = min(least ?? granted, granted) }
            }
        }
        return least
    }

    /// A group's folder and those above it, whose limits hold, too. In a container a path may be that of the host: then
    /// only the highest folder is there.
    private static func folders(_ root: String, _ path: Substring) -> [String] {
        let names = path.split(separator: "/")
        guard !names.contains("..") else { return [root] }
        return (0...names.count).map { ([root] + names.prefix($0).map(String.init)).joined(separator: "/") }
    }

    /// Version 2 has both in one file: `200000 100000`, or `max 100000`, in microseconds.
    private static func versionTwo(_ folder: String) -> Int? {
        let words = KernelFile.text("\(folder)/cpu.max")?.split { $0 == " " || $0 == "\n" } ?? []
        return words.count == 2 ? processors(Int(words[0]), Int(words[1])) : nil
    }

    /// Version 1 has quota and period in a file each; -1 is no limit.
    private static func versionOne(_ folder: String) -> Int? {
        processors(number("\(folder)/cpu.cfs_quota_us"), number("\(folder)/cpu.cfs_period_us"))
    }

    private static func number(_ path: String) -> Int? {
        KernelFile.text(path).flatMap { Int($0.filter { $0 != "\n" }) }
    }

    private static func processors(_ quota: Int?, _ period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return (quota - 1) / period + 1
    }
}
