import Glibc
import System

/// Looks through a pcapng file for decryption secrets, which may stand after the packets that they open.
///
/// Only the blocks' headers are looked at, and the secrets. It ends at the first thing that is wrong: who reads the packets
/// says what.
struct SecretsScan {
    /// `TLSK`: lines of a key log.
    static let keyLog: UInt32 = 0x544c_534b

    private var offset: UInt64
    /// A part of the file, of which the first byte is at `start`.
    private var window: [UInt8] = []
    private var start: UInt64 = 0
    private var isSwapped = false
    /// Bytes of key logs in blocks that are longer than what is read.
    private var unread: UInt64 = 0

    private static let windowSize = 1 << 16

    /// - Parameters:
    ///   - descriptor: A regular file, whose position does not move.
    ///   - take: Is given the text of each block of key log lines.
    /// - Returns: Bytes of key logs that were not read.
    static func read(_ descriptor: borrowing Descriptor, from offset: UInt64, _ take: ([UInt8]) -> Void) -> UInt64 {
        var scan = SecretsScan(offset: offset)
        while let secrets = scan.next(descriptor) { take(secrets) }
        return scan.unread
    }

    private init(offset: UInt64) { self.offset = offset }

    /// The next block of key log lines.
    private mutating func next(_ descriptor: borrowing Descriptor) -> [UInt8]? {
        while load(12, descriptor) {
            let type = number(0)
            if type == 0x0a0d_0d0a {
                isSwapped = false
                let magic = number(8)
                guard magic == 0x1a2b_3c4d || magic == 0x4d3c_2b1a else { return nil }
                isSwapped = magic == 0x4d3c_2b1a
            }
            let length = number(4)
            guard length >= 12, length & 3 == 0 else { return nil }
            var secrets: [UInt8]?
            if type == 10, length >= 20, length <= PcapngFile.blockLimit, load(Int(length), descriptor) {
                let body = bytes(8, Int(length) - 12)
                secrets = body.withUnsafeBytes {
                    BlockBytes(bytes: $0, isSwapped: isSwapped).keyLogLines
                }
            }
            if type == 10, length > PcapngFile.blockLimit, load(20, descriptor), number(8) == Self.keyLog {
                unread &+= UInt64(min(number(12), length &- 20))
            }
            let (next, overflow) = offset.addingReportingOverflow(UInt64(length))
            guard !overflow else { return nil }
            offset = next
            if let secrets { return secrets }
        }
        return nil
    }

    /// Has the next `count` bytes in the window; false where the file ends before.
    private mutating func load(_ count: Int, _ descriptor: borrowing Descriptor) -> Bool {
        let end = start &+ UInt64(window.count)
        if offset >= start, offset <= end, end - offset >= UInt64(count) { return true }
        guard let place = off_t(exactly: offset) else { return false }
        start = offset
        let size = max(count, Self.windowSize)
        window = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let target = buffer.baseAddress?.advanced(by: filled)
                let got = pread(descriptor.number, target, size - filled, place + off_t(filled))
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
        }
        return window.count >= count
    }

    /// Bytes that were loaded.
    private func bytes(_ place: Int, _ count: Int) -> ArraySlice<UInt8> {
        let first = Int(offset - start) + place
        return window[min(first, window.count)..<min(first + count, window.count)]
    }

    private func number(_ place: Int) -> UInt32 {
        bytes(place, 4).withUnsafeBytes { BlockBytes(bytes: $0, isSwapped: isSwapped).number(0) }
    }
}

extension BlockBytes {
    /// Of what a decryption secrets block holds between its lengths, the text of a key log; nil where it has other secrets.
    var keyLogLines: [UInt8]? {
        guard count >= 8, number(0, as: UInt32.self) == SecretsScan.keyLog else { return nil }
        return Array(part(8, Int(number(4, as: UInt32.self))))
    }
}
