import BitcoinP2P
import Keys
import Reassembly

/// Finds the secrets of v2 connections in the key log, and lists the streams that wait for one.
final class SecretFinder {
    private let keys: KeyLog?
    private let waitsForKeys: Bool
    private let magics: [UInt32]
    private var waiting = WaitingStreams()

    init(_ options: PipelineOptions) {
        keys = options.keys
        waitsForKeys = options.waitsForKeys
        magics = options.magics
    }

    var hasKeys: Bool { keys != nil }
    /// A secret may come later than the bytes that it opens.
    var waits: Bool { keys != nil && waitsForKeys }

    /// Whether the bytes begin with a key of the key log.
    func isKeyed(_ bytes: RawSpan) -> Bool {
        guard let keys else { return false }
        return EllSwiftKey(bytes).map { keys[$0] != nil } ?? false
    }

    /// The session of the key that the bytes begin with; nil where its secret is not known, or they are too short.
    ///
    /// - Parameter isAgain: It was looked for before: then the file is read again only where secrets come later.
    func session(_ bytes: RawSpan, isAgain: Bool) -> (session: V2Session?, isKey: Bool) {
        guard let keys, let key = EllSwiftKey(bytes) else { return (nil, false) }
        var secret = keys[key]
        if secret == nil, waitsForKeys || !isAgain {
            // That the file cannot be read is not this connection's trouble.
            try? keys.refresh()
            secret = keys[key]
        }
        return (secret.map { V2Session($0, magics: magics) }, true)
    }

    // MARK: Waiting

    /// A stream waits for a secret.
    func wait(_ stream: StreamID) { if waitsForKeys { waiting.insert(stream) } }

    /// A stream waits no more, and the other direction of its connection need not either.
    func found(_ stream: StreamID) { waiting.found(stream) }

    func forget(_ stream: StreamID) { waiting.remove(stream) }

    /// The next stream whose other side has found the secret.
    func next() -> StreamID? { waiting.next() }

    /// Streams that have waited for a secret, which may be there now.
    func streamsToOffer() -> [StreamID] {
        guard let keys, !waiting.isEmpty else { return [] }
        // That the file cannot be read is nothing new.
        try? keys.refresh()
        return waiting.streams(at: keys.revision)
    }
}
