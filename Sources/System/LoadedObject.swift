/// What has been loaded into memory to run: the program itself, or a shared library.
public struct LoadedObject: Sendable {
    /// Its file.
    public let path: String
    /// Whether it is the program itself.
    public let isProgram: Bool

    /// The one that has what is at this address; nil where the system does not tell.
    public init?(at address: UnsafeRawPointer) {
        let lines = KernelFile.text("/proc/self/maps", limit: 1 << 20)?.split(separator: "\n") ?? []
        guard let path = lines.lazy.compactMap({ Self.path($0, at: address) }).first else { return nil }
        self.path = path.singleLine
        isProgram = path == (try? Path.resolved("/proc/self/exe"))
    }

    /// The file of a line such as `7f00-7fff r-xp 00000000 08:01 1234    /usr/lib/libc.so.6`, where its range has the
    /// address.
    private static func path(_ line: Substring, at address: UnsafeRawPointer) -> String? {
        let columns = line.split(separator: " ", maxSplits: 5)
        guard columns.count == 6 else { return nil }
        let bounds = columns[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] <= UInt(bitPattern: address), UInt(bitPattern: address) < bounds[1] else {
            return nil
        }
        return String(columns[5].drop { $0 == " " })
    }
}
