import Glibc
import System

/// A file read from any place, through a buffer for what comes next; of a pipe no place before one that was read.
public final class FileWindow {
    /// The file's size in bytes when it was opened. Of a pipe the highest number, until its end was met.
    public private(set) var size: UInt64
    /// It is a pipe or the like: what was read is gone, and opened again it goes on from there.
    public var isReadOnce: Bool { stream != nil }

    private let path: String
    private let descriptor: Descriptor
    /// Where the file begins: standard input may stand somewhere in its file.
    private let base: UInt64
    private let stream: BlockStream?
    private var buffer: [UInt8] = []
    /// Where the buffer's first byte is in the file.
    private var start: UInt64 = 0

    private static let bufferSize = 1 << 16

    /// Waits for a writer where the file is a FIFO.
    ///
    /// - Parameter path: `-` for standard input.
    /// - Throws: `CaptureError` where the file cannot be opened, or is a folder.
    public init(path: String) throws(CaptureError) {
        let descriptor = try OfflineCapture.open(path)
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else {
            throw CaptureError(.cannotOpen, path: path, detail: SystemFailure().message)
        }
        self.path = path
        base = path == "-" ? descriptor.position ?? 0 : 0
        if status.st_mode & S_IFMT == S_IFREG {
            let end = UInt64(clamping: status.st_size)
            size = end > base ? end - base : 0
            stream = nil
            self.descriptor = descriptor
        } else {
            size = .max
            do throws(SystemFailure) {
                self.descriptor = try Descriptor(copying: descriptor.number)
            } catch {
                throw CaptureError(.cannotOpen, path: path, detail: error.message)
            }
            stream = BlockStream(descriptor)
        }
    }

    /// The first bytes of an input, up to `count`, which are left there to be read; none where it cannot be opened or
    /// looked into. Waits for a pipe's writer.
    ///
    /// - Parameter path: `-` for standard input. A FIFO by its name is not looked into: its writer would lose its reader.
    public static func beginning(of path: String, count: Int) -> [UInt8] {
        var status = stat()
        let isOpen = path == "-" || path == "/dev/stdin" || path.hasPrefix("/dev/fd/")
        guard isOpen || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG else { return [] }
        do throws(SystemFailure) { return try Descriptor(opening: path).peek(count) } catch { return [] }
    }

    /// Replaces `bytes` by `count` bytes of the file, or by fewer at its end.
    public func read(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws(CaptureError) {
        bytes.removeAll(keepingCapacity: true)
        guard count > 0 else { return }
        if let stream { return try read(stream, at: offset, count: count, into: &bytes) }
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

    /// The file's size: a pipe is read to its end to know it.
    public func wholeSize() throws(CaptureError) -> UInt64 {
        guard let stream else { return size }
        while stream.load(1) { stream.advance(stream.count) }
        try noteEnd(stream)
        return size
    }

    private func read(
        _ stream: BlockStream, at offset: UInt64, count: Int, into bytes: inout [UInt8]
    ) throws(CaptureError) {
        guard offset >= stream.offset else {
            throw CaptureError(.readFailed, path: path, detail: SystemFailure(code: ESPIPE).message)
        }
        let isThere = stream.skip(offset - stream.offset) && stream.load(count)
        bytes += stream.bytes.prefix(count)
        if !isThere { try noteEnd(stream) }
    }

    /// The stream has ended: of itself, or since a signal asked for the end.
    private func noteEnd(_ stream: BlockStream) throws(CaptureError) {
        size = stream.offset &+ UInt64(stream.count)
        if let failure = stream.failure, failure.code != EINTR {
            throw CaptureError(.readFailed, path: path, detail: failure.message)
        }
    }

    private func load(at offset: UInt64, count: Int, into bytes: inout [UInt8]) throws(CaptureError) {
        var failure: SystemFailure?
        bytes.removeAll(keepingCapacity: true)
        bytes.append(addingCapacity: count) { target in
            var filled = 0
            while filled < count {
                let place = off_t(clamping: base &+ offset &+ UInt64(filled))
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
