import CLinux
import Glibc

extension Descriptor {
    /// The next bytes, up to `count` of them, which are left there to be read: fewer at the end of input, none where
    /// the input cannot be looked into. Waits for a pipe's writer.
    ///
    /// Since nothing is taken out, a decompressor can be given the descriptor itself, even when it is a pipe.
    package func peek(_ count: Int) -> [UInt8] {
        switch type {
        case S_IFIFO: return peekPipe(count)
        case S_IFSOCK:
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, recv(number, buffer.baseAddress, count, Int32(MSG_PEEK | MSG_WAITALL)))
            }
        default:
            guard let position else { return [] }
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, pread(number, buffer.baseAddress, count, off_t(clamping: position)))
            }
        }
    }

    /// As `peek`, for a pipe: `tee` copies into another pipe without taking anything out of the first.
    private func peekPipe(_ count: Int) -> [UInt8] {
        guard let copy = try? Pipe() else { return [] }
        while true {
            let copied = tee(number, copy.writeEnd.number, count, 0)
            guard copied > 0 else { return [] }
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, read(copy.readEnd.number, buffer.baseAddress, copied))
            }
            // The writer may have written less than we need so far; it can write on until it hangs up. `tee` waits
            // only for a first byte, so the rest is asked for again after a short sleep.
            var state = pollfd(fd: number, events: 0, revents: 0)
            guard bytes.count < count, poll(&state, 1, 0) == 0 else { return bytes }
            usleep(5_000)
        }
    }
}
