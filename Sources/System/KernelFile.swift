/// A file in which the kernel says something, such as those of `/proc`.
enum KernelFile {
    /// What it says, cut to `limit` bytes; nil where it says nothing, or cannot be read.
    static func text(_ path: String, limit: Int = 1 << 16) -> String? {
        guard let file = try? Descriptor(file: path) else { return nil }
        let bytes = file.contents(limit: limit)
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
