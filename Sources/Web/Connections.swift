#if Web
import NIOCore
import Synchronization

/// The connections that there are. Each has a seat; where none is left, one on which nobody has asked for long gives its own.
final class Connections: Sendable {
    /// At once.
    static let most = 32
    /// A connection on which no request was begun for so long may lose its seat.
    private static let patience: Duration = .seconds(5)

    private struct Entry {
        let channel: any Channel
        let client = Client()
        /// Since when no request is answered; nil while one is.
        var idleSince: ContinuousClock.Instant? = .now
    }

    private let all = Mutex<[ObjectIdentifier: Entry]>([:])

    /// Gives a new connection a seat.
    ///
    /// - Returns: Nil where there is none.
    func open(_ channel: any Channel) -> Client? {
        let (client, dropped) = all.withLock { all -> (Client?, (any Channel)?) in
            var dropped: (any Channel)?
            if all.count >= Self.most {
                let now = ContinuousClock.now
                let idle = all.compactMap { key, entry in entry.idleSince.map { (key: key, since: $0) } }
                guard let oldest = idle.min(by: { $0.since < $1.since }), now - oldest.since >= Self.patience else {
                    return (nil, nil)
                }
                dropped = all.removeValue(forKey: oldest.key)?.channel
            }
            let entry = Entry(channel: channel)
            all[ObjectIdentifier(channel)] = entry
            return (entry.client, dropped)
        }
        dropped?.close(promise: nil)
        return client
    }

    func close(_ channel: any Channel) {
        all.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }?.client.leave()
    }

    /// A request has come; answers whose it is.
    func begin(_ channel: any Channel) -> Client {
        let client = all.withLock { all in
            all[ObjectIdentifier(channel)]?.idleSince = nil
            return all[ObjectIdentifier(channel)]?.client
        }
        if let client { return client }
        let gone = Client()
        gone.leave()
        return gone
    }

    /// It was answered.
    func end(_ channel: any Channel) {
        all.withLock { $0[ObjectIdentifier(channel)]?.idleSince = .now }
    }
}

/// Who is at the other end of a connection.
final class Client: Sendable {
    private let left = Atomic<Bool>(false)

    /// It sends nothing more: nobody waits for what is being read for it.
    func leave() { left.store(true, ordering: .relaxed) }

    /// Whether it waits for an answer. Any thread may ask.
    var isThere: Bool { !left.load(ordering: .relaxed) }
}
#endif
