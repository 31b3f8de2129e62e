import Glibc
import Synchronization

/// Bytes that are appended to a file without a name, and read from any place of it, by any thread.
///
/// What was appended last may still be in memory. Nothing is ever changed or taken out.
package final class SpoolFile: Sendable {
    private struct State: ~Copyable {
        let file: Descriptor
        /// Where ``buffer`` begins.
        var written: UInt64 = 0
        var buffer: [UInt8] = []
        var failure: SystemFailure?
    }

    private let state: Mutex<State>
    /// Stays open as long as this value.
    private let number: Int32
    /// It takes no more bytes than these.
    package let limit: UInt64

    private static let bufferSize = 1 << 18

    /// - Parameters:
    ///   - folder: Where it takes room.
    ///   - limit: In bytes.
    package init(in folder: String, limit: UInt64) throws(SystemFailure) {
        let file = try Descriptor(temporaryIn: folder)
        number = file.number
        state = Mutex(State(file: file))
        self.limit = limit
    }

    /// How many bytes it has.
    package var count: UInt64 { state.withLock { $0.written &+ UInt64($0.buffer.count) } }

    /// Why nothing more can be appended: the disk is full, say.
    package var failure: SystemFailure? { state.withLock { $0.failure } }

    /// Appends what `body` appends to the array that it is lent, which is not empty as a rule.
    ///
    /// - Returns: Where that begins; nil where there is no room for it.
    package func append(atMost count: Int, _ body: (inout [UInt8]) -> Void) -> UInt64? {
        state.withLock { state in
            let place = state.written &+ UInt64(state.buffer.count)
            guard state.failure == nil, place &+ UInt64(max(count, 0)) <= limit else { return nil }
            body(&state.buffer)
            if state.buffer.count >= Self.bufferSize { Self.flush(&state) }
            return state.failure == nil ? place : nil
        }
    }

    private static func flush(_ state: inout State) {
        do throws(SystemFailure) {
            try state.file.write(all: state.buffer.span.bytes)
            state.written &+= UInt64(state.buffer.count)
            state.buffer.removeAll(keepingCapacity: true)
        } catch {
            state.failure = error
        }
    }

    /// Reads as many bytes as there are from a place on, at most `count`, into memory that has room for them.
    ///
    /// - Returns: How many were read.
    package func read(at place: UInt64, into target: UnsafeMutableRawBufferPointer) -> Int {
        var done = 0
        let inMemory = state.withLock { state -> UInt64 in
            if place >= state.written {
                let start = Int(clamping: place &- state.written)
                guard start < state.buffer.count else { return place }
                done = min(target.count, state.buffer.count - start)
                state.buffer.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[start..<start + done])) }
                return place
            }
            return state.written
        }
        guard place < inMemory else { return done }
        let wanted = min(target.count, Int(clamping: inMemory &- place))
        while done < wanted {
            let part = UnsafeMutableRawBufferPointer(rebasing: target[done..<wanted])
            let count = pread(number, part.baseAddress, part.count, off_t(clamping: place &+ UInt64(done)))
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        // The rest is in memory, unless it has been written meanwhile.
        if done == wanted, done < target.count {
            done += read(
                at: place &+ UInt64(done), into: UnsafeMutableRawBufferPointer(rebasing: target[done...]))
        }
        return done
    }
}
