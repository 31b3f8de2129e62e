import Glibc

/// Several saved captures, read in the order given as one capture, as `tcpdump -C` writes them.
///
/// Each file is opened only when its turn has come, and closed before the next, so a FIFO or standard input may be
/// among them. Frame numbers go on from file to file; link types may differ from file to file.
public struct CaptureFiles: ~Copyable, PacketSource {
    /// The inputs as they were given: paths, or `-` for standard input. `FrameHeader.file` is an index into them.
    public let paths: [String]

    @usableFromInline var header: FrameHeader
    /// The bytes of the frame that `header` describes: libpcap's, good until the next `advance`.
    @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    private var current: OfflineCapture?
    /// How many of `paths` have been opened, or tried.
    private var opened = 0
    /// The sizes of the files in bytes when this value was made; nil where one of them is not a regular file.
    private let sizes: [UInt64]?

    /// Prepares to read `paths`; opens none yet, so a missing file is found at `next`. Looks up their sizes.
    ///
    /// - Parameter paths: Files, FIFOs, or `-` for standard input; where empty, there are no frames.
    public init(paths: [String]) {
        self.paths = paths
        let sizes = paths.compactMap(Self.size)
        self.sizes = sizes.count == paths.count ? sizes : nil
        header = FrameHeader(
            number: 0, time: 0, capturedLength: 0, originalLength: 0, linkType: LinkTypeNumber(rawValue: 0), file: 0
        )
    }

    /// Hands the next frame to `body`, lent until `body` returns; see `PacketSource.next`.
    ///
    /// An error ends the file it is about, not the capture: a further call goes on with the next file, whose frames
    /// take the next numbers. Whoever wants to stop there does not call again.
    @inlinable
    public mutating func next(_ body: (FrameHeader, RawSpan) -> Void) throws(CaptureError) -> Bool {
        guard try advance() else { return false }
        body(header, bytes.bytes)
        return true
    }

    /// The input that is being read, or was last; nil before the first call of `next`.
    public var currentPath: String? {
        opened > 0 ? paths[opened - 1] : nil
    }

    /// How far the reading has come, over all files; nil where that cannot be told, as with a pipe among them.
    /// Takes a system call or two: ask a few times a second, not at each frame.
    public var progress: CaptureProgress? {
        guard let sizes else { return nil }
        let total = sizes.reduce(0, &+)
        let bytesRead: UInt64
        switch current {
        case .some(let current): bytesRead = sizes.prefix(opened - 1).reduce(current.bytesRead ?? 0, &+)
        // Between files: all that were opened are done.
        case .none: bytesRead = sizes.prefix(opened).reduce(0, &+)
        }
        return CaptureProgress(bytesRead: bytesRead, totalBytes: total)
    }

    /// Moves on to the next frame: `header` and `bytes` describe it. False at the end.
    @usableFromInline
    mutating func advance() throws(CaptureError) -> Bool {
        while true {
            if try advanceInCurrent() { return true }
            guard opened < paths.count else { return false }
            opened += 1
            current = try OfflineCapture(path: paths[opened - 1], file: opened - 1, framesBefore: header.number)
        }
    }

    /// Moves on to the next frame of the open file. Closes the file where there is none, or at an error.
    private mutating func advanceInCurrent() throws(CaptureError) -> Bool {
        do throws(CaptureError) {
            if try current?.advance() == true {
                header = current?.header ?? header
                bytes = current?.bytes ?? bytes
                return true
            }
        } catch {
            current = nil
            throw error
        }
        current = nil
        return false
    }

    /// The size of a regular file in bytes; nil for anything else.
    private static func size(_ path: String) -> UInt64? {
        var status = stat()
        let result = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(exactly: status.st_size)
    }
}
