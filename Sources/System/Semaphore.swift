import Glibc

/// A count that threads wait for and raise. What a thread did before it raised the count is seen by the thread that
/// this lets go on.
package final class Semaphore: @unchecked Sendable {
    // The system's own is made for use by several threads; it must not move.
    private let storage: UnsafeMutablePointer<sem_t>

    package init(_ count: UInt32) {
        storage = .allocate(capacity: 1)
        // It fails only for a count of more than 2³¹ - 1.
        sem_init(storage, 0, count)
    }

    deinit {
        sem_destroy(storage)
        storage.deallocate()
    }

    /// Waits until the count is above 0, and lowers it by one.
    package func wait() {
        // A signal ends the system's waiting early.
        while sem_wait(storage) != 0, errno == EINTR {}
    }

    /// Raises the count by one.
    package func signal() { sem_post(storage) }
}
