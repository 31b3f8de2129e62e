#if Web
import NIOCore
import Synchronization

/// The connections that there are. Each has a seat; where none is left, a new one gets that of another: of one
/// that has not shown that it may ask, since anybody on this host can connect; else of one on which nothing was asked for long.
final class Connections: Sendable {
    /// At once.
    static let most = 32
    /// A connection on which no request was begun for so long may lose its seat.
    private static let patience: Duration = .seconds(5)

    private struct Entry {
        let channel: any Channel
        let client = Client()
        let opened = ContinuousClock.now
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
                guard let key = Self.stranger(among: all) ?? Self.idlest(of: all) else { return (nil, nil) }
                dropped = all.removeValue(forKey: key)?.channel
            }
            let entry = Entry(channel: channel)
            all[ObjectIdentifier(channel)] = entry
            return (entry.client, dropped)
        }
        dropped?.close(promise: nil)
        return client
    }

    /// One that has not shown that it may ask, and waits for nothing, or else for an answer that needs no token; the oldest, so
    /// that a new one has time to show it.
    private static func stranger(among all: [ObjectIdentifier: Entry]) -> ObjectIdentifier? {
        let strangers = all.filter { !$0.value.client.isEntitled }
        let idle = strangers.filter { $0.value.idleSince != nil }
        return (idle.isEmpty ? strangers : idle).min { $0.value.opened < $1.value.opened }?.key
    }

    /// The one on which nobody has asked for the longest time; nil where that is not long.
    private static func idlest(of all: [ObjectIdentifier: Entry]) -> ObjectIdentifier? {
        let idle = all.compactMap { key, entry in entry.idleSince.map { (key: key, since: $0) } }
        guard let oldest = idle.min(by: { $0.since < $1.since }) else { return nil }
        return ContinuousClock.now - oldest.since >= patience ? oldest.key : nil
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
    private let entitled = Atomic<Bool>(false)

    /// It has asked for what not everybody gets, and may.
    func noteEntitled() { entitled.store(true, ordering: .relaxed) }

    /// Whether it has.
    var isEntitled: Bool { entitled.load(ordering: .relaxed) }

    /// It sends nothing more: nobody waits for what is being read for it.
    func leave() { left.store(true, ordering: .relaxed) }

    /// Whether it waits for an answer. Any thread may ask.
    var isThere: Bool { !left.load(ordering: .relaxed) }
}
#endif
