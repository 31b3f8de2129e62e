import Fields
import Foundation
import Synchronization
import Testing

@testable import Output

@Suite struct BlockedOutputTests {
    /// A pipe nobody reads: it takes 64 KiB, then no more.
    private final class FullPipe {
        let ends: (read: Int32, write: Int32)

        init() {
            var both: [Int32] = [-1, -1]
            pipe(&both)
            ends = (both[0], both[1])
        }

        deinit { for end in [ends.read, ends.write] { close(end) } }

        /// What it has taken.
        var count: Int {
            var count: Int32 = 0
            _ = ioctl(ends.read, UInt(FIONREAD), &count)
            return Int(count)
        }

        /// `output` writes twice what the pipe takes, and gives its reader up.
        func expectGivenUp(by output: ByteOutput, _ location: SourceLocation = #_sourceLocation) {
            output.buffer.append(String(repeating: "a", count: 1 << 17))
            output.flush()
            #expect(output.isClosed, sourceLocation: location)
            #expect(output.errorNumber == ETIMEDOUT, sourceLocation: location)
            // What there was room for has been written.
            #expect(count == 1 << 16, sourceLocation: location)
        }
    }

    /// Else SIGINT could not end a program whose output goes to a stopped pager.
    @Test func aReaderThatTakesNothingIsGivenUpAtTheEnd() {
        let pipe = FullPipe()
        let output = ByteOutput(descriptor: pipe.ends.write)
        output.isEnding = { true }
        pipe.expectGivenUp(by: output)
    }

    /// A thread that signals do not interrupt must look by itself.
    @Test func whoHearsNoSignalsAsksAgain() {
        let pipe = FullPipe()
        let output = ByteOutput(descriptor: pipe.ends.write)
        output.hearsNoSignals = true
        let asked = Atomic(0)
        // The end is asked for while the pipe has been full for a while.
        output.isEnding = { asked.add(1, ordering: .relaxed).newValue > 20 }
        pipe.expectGivenUp(by: output)
    }

    @Test func aReaderThatTakesItGetsAll() {
        let pipe = FullPipe()
        let output = ByteOutput(descriptor: pipe.ends.write)
        output.isEnding = { true }
        let reader = FileHandle(fileDescriptor: pipe.ends.read, closeOnDealloc: false)
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var received = 0
        Thread {
            while received < 300_000 { received += reader.availableData.count }
            done.signal()
        }.start()
        output.buffer.append(String(repeating: "a", count: 300_000))
        output.flush()
        done.wait()
        #expect(received == 300_000)
        #expect(!output.isClosed)
    }
}
