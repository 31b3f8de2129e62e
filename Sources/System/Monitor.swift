import Glibc

/// A value that threads change one at a time, and whose changes they wait for.
///
/// A change wakes all that wait for something of their own, so those should be few. Of equals it wakes one, which wakes
/// the next where it has found something: where one of them finds nothing, none does.
package final class Monitor<Value>: @unchecked Sendable {
    // The system's own are made for use by several threads; they must not move.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let changedForEquals: UnsafeMutablePointer<pthread_cond_t>
    /// Only touched by a thread that holds the mutex.
    private var value: Value

    package init(_ value: sending Value) {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        changedForEquals = .allocate(capacity: 1)
        // With the default attributes they fail only for want of memory, of which Linux needs none for them.
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        pthread_cond_init(changedForEquals, nil)
        self.value = value
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_cond_destroy(changedForEquals)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        changedForEquals.deallocate()
        mutex.deallocate()
    }

    /// Changes the value in a way that nobody waits for.
    package func adjust<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Changes the value, and wakes who waits: of equals one.
    package func change<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        let result = body(&value)
        pthread_mutex_unlock(mutex)
        pthread_cond_broadcast(changed)
        pthread_cond_signal(changedForEquals)
        return result
    }

    /// Waits until `body`, which may change the value, answers something.
    package func wait<Result>(for body: (inout Value) -> Result?) -> Result { wait(for: changed, body) }

    /// Waits likewise among equals: each could take what another was woken for. What `body` changes wakes none of those
    /// in ``wait(for:)``.
    package func waitAmongEquals<Result>(for body: (inout Value) -> Result?) -> Result {
        wait(for: changedForEquals, body)
    }

    private func wait<Result>(
        for condition: UnsafeMutablePointer<pthread_cond_t>, _ body: (inout Value) -> Result?
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) {
                // There may be more, for the next of the equals.
                pthread_cond_signal(changedForEquals)
                return result
            }
            pthread_cond_wait(condition, mutex)
        }
    }
}
