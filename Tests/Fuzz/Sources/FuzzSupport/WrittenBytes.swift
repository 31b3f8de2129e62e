import Glibc
import Output

/// An output in memory that is read back.
public final class WrittenBytes {
    private let descriptor: Int32
    public let output: ByteOutput

    public init() {
        var path: [CChar] = Array("/dev/shm/btcshark-fuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        precondition(descriptor >= 0, "no file in /dev/shm")
        unlink(path)
        output = ByteOutput(descriptor: descriptor)
    }

    /// What was written since the last time.
    public func take() -> [UInt8] {
        output.flush()
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        precondition(pread(descriptor, &bytes, bytes.count, 0) == bytes.count)
        precondition(ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0)
        return bytes
    }
}
