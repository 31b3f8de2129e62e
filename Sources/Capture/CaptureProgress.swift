/// How far the reading of a capture has come, for a progress bar.
public struct CaptureProgress: Hashable, Sendable {
    /// Bytes read so far, over all files. For a compressed file, bytes of the compressed file.
    public var bytesRead: UInt64

    /// The size of all files together, in bytes, as it was before reading began. A file that is still being
    /// written can grow past it.
    public var totalBytes: UInt64

    /// The part that is read, from 0 to 1; 1 for an empty total.
    public var fraction: Double {
        bytesRead >= totalBytes ? 1 : Double(bytesRead) / Double(totalBytes)
    }

    /// Makes a progress from two counts of bytes.
    public init(bytesRead: UInt64, totalBytes: UInt64) {
        self.bytesRead = bytesRead
        self.totalBytes = totalBytes
    }
}
