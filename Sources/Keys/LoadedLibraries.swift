import Glibc
import System

/// The libraries that running processes have loaded.
enum LoadedLibraries {
    /// The files whose names begin so, of the node's process, or of all that run its program: each by a name that it has
    /// here. In no order.
    static func paths(named name: String, by node: ProbedNode) -> [String] {
        var found: [String] = []
        for process in node.process.map({ [$0] }) ?? processes(of: node.path) {
            for path in paths(named: name, process) where !found.contains(where: { ProbedNode.isSame($0, path) }) {
                found.append(path)
            }
        }
        return found
    }

    private static func processes(of path: String) -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var processes: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let process = Int32(name), ProbedNode.isSame("/proc/\(process)/exe", path) { processes.append(process) }
        }
        return processes
    }

    private static func paths(named name: String, _ process: Int32) -> [String] {
        var found: [String] = []
        for line in lines(of: "/proc/\(process)/maps") {
            // 7f00-7f10 r-xp 00001000 08:01 1234   /usr/lib/libsecp256k1.so.2
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard words.count == 6, words[1].dropFirst(2).first == UInt8(ascii: "x") else { continue }
            let path = String(decoding: words[5].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
            guard path[Path.nameStart(path)...].hasPrefix(name) else { continue }
            // Also where the file has been replaced since.
            let link = "/proc/\(process)/map_files/" + String(decoding: words[0], as: UTF8.self)
            let known = [path, "/proc/\(process)/root\(path)"]
            found.append(known.first { KeyProbe.isUsable($0) && ProbedNode.isSame($0, link) } ?? link)
        }
        return found
    }

    /// A file of the kernel, which is read in pieces.
    private static func lines(of path: String) -> [ArraySlice<UInt8>] {
        guard let file = try? Descriptor(file: path) else { return [] }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // A process may have tens of thousands of mappings.
        while bytes.count < 16 << 20 {
            let count = buffer.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes.split(separator: 0x0a)
    }
}
