import CLinux
import Glibc

/// A bell between threads: rung by one, it ends the sleep of another, also where it was rung before the sleep began.
package struct Bell: ~Copyable {
    /// An eventfd: readable from the first ring until it is silenced.
    private let event: Descriptor

    package init() throws(SystemFailure) {
        let number = eventfd(0, LINUX_EFD_CLOEXEC | LINUX_EFD_NONBLOCK)
        guard number >= 0 else { throw SystemFailure() }
        event = try Descriptor(owning: number)
    }

    /// What becomes readable when it is rung, for `poll`.
    package var number: Int32 { event.number }

    package borrowing func ring() {
        var one: UInt64 = 1
        // It can fail only where it has been rung too often already.
        _ = write(event.number, &one, 8)
    }

    package borrowing func silence() {
        var count: UInt64 = 0
        _ = read(event.number, &count, 8)
    }

    /// Sleeps until it is rung, a signal comes or the time is over, and silences it.
    package borrowing func sleep(milliseconds: Int32) {
        var state = pollfd(fd: event.number, events: Int16(POLLIN), revents: 0)
        if poll(&state, 1, milliseconds) > 0 { silence() }
    }
}
