import Glibc

/// A capture that cannot be written.
public struct WriteError: Error, CustomStringConvertible {
    public let description: String

    init(_ doing: String) { description = "\(doing): \(String(cString: strerror(errno)))" }
}

/// A pcap file of Ethernet frames with nanoseconds, written front to back.
public struct CaptureFile: ~Copyable {
    private static let bufferSize = 1 << 20

    private let descriptor: Int32
    private var flushed = 0
    /// Bytes that are still to be written; frames are appended here.
    var buffer = Bytes()

    /// - Parameter path: `-` is standard output.
    public init(path: String) throws(WriteError) {
        descriptor = path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        if descriptor < 0 { throw WriteError(path) }
        buffer.append(UInt32(0xa1b2_3c4d))
        buffer.append(UInt16(2))
        buffer.append(UInt16(4))
        buffer.append(UInt64(0))
        buffer.append(UInt32(262_144))
        buffer.append(UInt32(1))
    }

    /// Bytes of the file so far.
    var byteCount: Int { flushed + buffer.count }

    /// The record header before a frame of so many bytes.
    mutating func appendRecordHeader(_ nanoseconds: UInt64, length: Int) {
        buffer.append(UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000))
        buffer.append(UInt32(truncatingIfNeeded: nanoseconds % 1_000_000_000))
        buffer.append(UInt32(truncatingIfNeeded: length))
        buffer.append(UInt32(truncatingIfNeeded: length))
    }

    mutating func flushIfFull() throws(WriteError) {
        if buffer.count >= Self.bufferSize { try flush() }
    }

    mutating func flush() throws(WriteError) {
        let isWritten = buffer.read(0..<buffer.count) { bytes in
            var rest = bytes[...]
            while let address = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = write(descriptor, address, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        if !isWritten { throw WriteError("write") }
        flushed += buffer.count
        buffer.removeAll()
    }
}
