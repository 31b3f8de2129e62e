import Glibc
import System

/// The bytes of a file or pipe, of which the next ones are looked at in place.
///
/// Its buffer grows only as bytes come, so that a length that a hostile file claims costs nothing.
final class BlockStream {
    /// Where the next byte is, counted from where this value began to read.
    private(set) var offset: UInt64 = 0
    /// Why the last read failed; nil where it did not.
    private(set) var failure: SystemFailure?

    private let descriptor: Descriptor
    /// Where this value began to read; nil where the input is no regular file.
    private let base: UInt64?
    private var buffer: UnsafeMutableRawBufferPointer
    // Invariant: 0 <= start <= end <= buffer.count. What is between them has been read and not been used.
    private var start = 0
    private var end = 0

    private static let usualSize = 1 << 18

    /// Takes over `descriptor`, and reads from where it stands.
    init(_ descriptor: consuming Descriptor) {
        base = descriptor.type == S_IFREG ? descriptor.position : nil
        self.descriptor = descriptor
        buffer = .allocate(byteCount: Self.usualSize, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// The file's bytes that were used so far, with those before this value began; nil for a pipe.
    var bytesRead: UInt64? { base.map { $0 &+ offset } }

    /// How many of the next bytes were read already.
    var count: Int { end &- start }

    /// The next bytes as far as they were read, good until the next call that reads.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<end]) }

    /// Sees to it that the next `wanted` bytes are in ``bytes``. Waits for them where the input is a pipe.
    ///
    /// - Returns: False where the input ends before, or cannot be read; then ``failure`` tells.
    @inline(__always)
    func load(_ wanted: Int) -> Bool { end &- start >= wanted || fill(wanted) }

    /// Leaves `count` bytes behind that were loaded.
    @inline(__always)
    func advance(_ count: Int) {
        let step = min(count, end &- start)
        start &+= step
        offset &+= UInt64(step)
    }

    /// Leaves bytes behind that need not be in memory at once.
    ///
    /// - Returns: False where the input ends before, or cannot be read.
    func skip(_ count: UInt64) -> Bool {
        var rest = count
        while rest > 0 {
            guard load(1) else { return false }
            let step = Int(clamping: min(rest, UInt64(end &- start)))
            advance(step)
            rest -= UInt64(step)
        }
        return true
    }

    private func fill(_ wanted: Int) -> Bool {
        while end &- start < wanted {
            if start > 0, wanted > buffer.count &- start || start == end { moveToFront() }
            if end == buffer.count { grow() }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
            let got = read(descriptor.number, room.baseAddress, room.count)
            if got < 0, errno == EINTR, !isInterruptible { continue }
            if got < 0 { failure = SystemFailure() }
            if got <= 0 { return false }
            end &+= min(got, room.count)
        }
        return true
    }

    /// A read from a regular file is not interrupted for long; one from a pipe that a signal interrupts has ended, as
    /// the C library's streams do, so that nobody waits for a pipe after the end was asked for.
    private var isInterruptible: Bool { base == nil }

    private func moveToFront() {
        let rest = end &- start
        if rest > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        }
        start = 0
        end = rest
    }

    /// Doubles the buffer, which is full.
    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count &* 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        buffer.deallocate()
        buffer = larger
        end = end &- start
        start = 0
    }
}
