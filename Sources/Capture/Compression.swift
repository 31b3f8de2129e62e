/// A compression that is undone by its own program, recognised by the file's first bytes.
struct Compression: Hashable, Sendable {
    /// The format's name, for messages.
    let format: String
    /// The program, looked for in `PATH`.
    let program: String
    /// With these it decompresses its standard input to its standard output.
    var arguments = ["-dc"]
    /// The Debian package that holds the program.
    let package: String
    /// The first bytes of the files it makes.
    let magics: [[UInt8]]
    /// The exit statuses with which everything was decompressed.
    let goodStatuses: [Int32]

    static let gzip = Compression(
        // gzip ends with 2 for a mere warning, such as other bytes after the end.
        format: "gzip", program: "gzip", package: "gzip", magics: [[0x1f, 0x8b]], goodStatuses: [0, 2]
    )
    static let zstd = Compression(
        format: "zstd", program: "zstd", package: "zstd", magics: [[0x28, 0xb5, 0x2f, 0xfd]], goodStatuses: [0]
    )
    static let xz = Compression(
        // The file says how much memory it takes; each thread takes as much again.
        format: "xz", program: "xz", arguments: ["-dc", "-T1", "-M", "256MiB"], package: "xz-utils",
        magics: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]], goodStatuses: [0]
    )
    static let bzip2 = Compression(
        // The fourth byte is the size of its blocks.
        format: "bzip2", program: "bzip2", package: "bzip2",
        magics: (UInt8(ascii: "1")...UInt8(ascii: "9")).map { Array("BZh".utf8) + [$0] }, goodStatuses: [0]
    )
    static let lz4 = Compression(
        // The second is the legacy format of `lz4 -l`.
        format: "lz4", program: "lz4", package: "lz4", magics: [[0x04, 0x22, 0x4d, 0x18], [0x02, 0x21, 0x4c, 0x18]],
        goodStatuses: [0]
    )
    static let all = [gzip, zstd, xz, bzip2, lz4]

    /// How many first bytes are needed to tell.
    static let longestMagic = 6

    /// The compression of a file that begins so; nil where it is none of these.
    static func recognised(in start: [UInt8]) -> Compression? {
        all.first { $0.magics.contains { start.starts(with: $0) } }
    }
}

extension OfflineCapture {
    /// Whether a file that begins so is a capture of packets, or compressed: by its first four to six bytes.
    public static func isRecognised(in start: [UInt8]) -> Bool {
        guard start.count >= 4 else { return false }
        let magic = start.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        // pcap with micro- and nanoseconds and as patched long ago, pcapng.
        let magics: [UInt32] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34]
        return magics.contains(magic) || magics.contains(magic.byteSwapped) || magic == 0x0a0d_0d0a
            || Compression.recognised(in: start) != nil
    }
}
