import CPcap
import Glibc
import System

/// A stream of the C library for captures to be written to, in which a signal makes no error.
///
/// The C library's own streams take a write that a signal has interrupted for a failed one, and have failed for good.
/// Where writing fails in the middle of a record, as on a full disk, what is there of it is taken off a regular file.
final class WriteStream {
    /// Why nothing more can be written.
    enum Failure {
        case system(SystemFailure)
        /// The end was asked for, and nobody took anything for a second.
        case notTaken

        var problem: CaptureError.Problem {
            switch self {
            case .system(let failure) where failure.code == EPIPE: .outputClosed
            case .system, .notTaken: .writeFailed
            }
        }

        var message: String {
            switch self {
            case .system(let failure): failure.message
            case .notTaken: "nothing reads it, and the program was asked to end"
            }
        }
    }

    /// The first one; nothing is written after it.
    private(set) var failure: Failure?

    /// Frames that are complete in a regular file.
    var frames: UInt64 { records.frames }

    private let descriptor: Descriptor
    private let isPipe: Bool
    private let isRegular: Bool
    private var records: RecordBoundaries
    private let isEnding: @Sendable () -> Bool

    /// - Parameter isEnding: See ``CaptureDestination/isEnding``.
    init(_ descriptor: consuming Descriptor, _ format: CaptureFormat, isEnding: @escaping @Sendable () -> Bool) {
        records = RecordBoundaries(format)
        let type = descriptor.type
        isPipe = [S_IFIFO, S_IFSOCK].contains(type)
        isRegular = type == S_IFREG
        self.descriptor = descriptor
        self.isEnding = isEnding
    }

    /// Makes the C library's stream, which keeps this value until it is closed; nil with `errno`.
    func open() -> UnsafeMutablePointer<FILE>? {
        let context = Unmanaged.passRetained(self)
        let functions = cookie_io_functions_t(read: nil, write: writeToStream, seek: nil, close: closeStream)
        guard let stream = fopencookie(context.toOpaque(), "w", functions) else {
            context.release()
            return nil
        }
        return stream
    }

    /// - Returns: Whether all was written.
    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty, failure == nil {
            var part = rest
            if isPipe {
                guard waitForReader() else { continue }
                // Into a pipe that is not full, a piece of this size never waits; so the end can be asked for at any time.
                part = rest.prefix(Int(PIPE_BUF))
            }
            let written = Glibc.write(descriptor.number, UnsafeRawBufferPointer(rebasing: part).baseAddress, part.count)
            if written > 0 {
                if isRegular { records.advance(over: part.prefix(written)) }
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                failure = .system(SystemFailure(code: written == 0 ? EIO : errno))
                if isRegular { takeOffCutRecord() }
            }
        }
        return failure == nil
    }

    /// Nothing is taken off where somebody else has written after us.
    private func takeOffCutRecord() {
        var status = stat()
        let end = lseek(descriptor.number, 0, SEEK_CUR)
        guard records.cut > 0, end >= records.cut, fstat(descriptor.number, &status) == 0, status.st_size == end else {
            return
        }
        _ = ftruncate(descriptor.number, end - off_t(records.cut))
    }

    /// - Returns: Whether something can be written; false also where it is to be asked again.
    private func waitForReader() -> Bool {
        let isEnding = isEnding()
        var state = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        let count = poll(&state, 1, isEnding ? 1_000 : 100)
        if count == 0, isEnding { failure = .notTaken }
        if count < 0, errno != EINTR { failure = .system(SystemFailure()) }
        return count > 0
    }
}

private func writeToStream(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
    guard let context else { return 0 }
    let stream = Unmanaged<WriteStream>.fromOpaque(context).takeUnretainedValue()
    // The C library wants 0 where something is left.
    return stream.write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}

private func closeStream(_ context: UnsafeMutableRawPointer?) -> Int32 {
    if let context { Unmanaged<WriteStream>.fromOpaque(context).release() }
    return 0
}
