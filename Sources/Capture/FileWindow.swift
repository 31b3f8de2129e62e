import Glibc
import System

/// A regular file read from any place, through a buffer for what comes next.
public final class FileWindow {
    /// The file's size in bytes when it was opened.
    public let size: UInt64

    private let path: String
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []
    /// Where the buffer's first byte is in the file.
    private var start: UInt64 = 0

    private static let bufferSize = 1 << 16

    /// - Throws: `CaptureError` where the file cannot be opened, or is no regular file.
    public init(path: String) throws(CaptureError) {
        let descriptor = try OfflineCapture.open(path)
        var status = stat()
        guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CaptureError(.cannotOpen, path: path, detail: SystemFailure(code: ESPIPE).message)
        }
        size = UInt64(clamping: status.st_size)
        self.path = path
        self.descriptor = descriptor
    }

    /// Replaces `bytes` by `count` bytes of the file, or by fewer at its end.
    public func read(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws(CaptureError) {
        bytes.removeAll(keepingCapacity: true)
        guard count > 0 else { return }
        if count > Self.bufferSize {
            try load(at: offset, count: count, into: &bytes)
            return
        }
        let end = start &+ UInt64(buffer.count)
        if offset < start || offset > end || end - offset < UInt64(count) {
            start = offset
            try load(at: offset, count: Self.bufferSize, into: &buffer)
        }
        bytes += buffer.dropFirst(Int(clamping: offset - start)).prefix(count)
    }

    private func load(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws(CaptureError) {
        var failure: SystemFailure?
        bytes.removeAll(keepingCapacity: true)
        bytes.append(addingCapacity: count) { target in
            var filled = 0
            while filled < count {
                let place = off_t(clamping: offset &+ UInt64(filled))
                let got = pread(descriptor.number, target.baseAddress?.advanced(by: filled), count - filled, place)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = SystemFailure() }
                if got <= 0 { break }
                filled += got
            }
            return filled
        }
        if let failure { throw CaptureError(.readFailed, path: path, detail: failure.message) }
    }
}

extension [UInt8] {
    /// Appends what `fill` writes into room for `count` bytes; it answers how many it has written.
    fileprivate mutating func append(addingCapacity count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        if isEmpty, capacity < count {
            self = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in filled = fill(buffer) }
            return
        }
        let before = self.count
        append(contentsOf: repeatElement(0, count: count))
        let filled = withUnsafeMutableBufferPointer { buffer in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[before...]))
        }
        removeLast(count - filled)
    }
}
