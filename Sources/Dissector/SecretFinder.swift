import BitcoinP2P
import Keys
import Reassembly

/// Finds the secrets of v2 connections in the key log, and in the capture itself, and lists the streams that wait for one.
final class SecretFinder {
    private let keys: KeyLog?
    /// What captures bring along: used where the key log has nothing.
    private let embedded = EmbeddedSecrets()
    private var hasEmbedded = false
    /// The file of the frame at hand.
    private var file = 0
    private let waitsForKeys: Bool
    private let magics: [UInt32]
    private var waiting = WaitingStreams()

    init(_ options: PipelineOptions) {
        keys = options.keys
        waitsForKeys = options.waitsForKeys
        magics = options.magics
    }

    /// The frames to come are of a file.
    func begin(file: Int) { self.file = file }

    /// Takes the key log that a file brings along.
    func add(_ lines: [UInt8], of file: Int) {
        embedded.add(lines, of: file)
        hasEmbedded = !embedded.isEmpty
    }

    /// Bytes of secrets in files that were not kept.
    var unreadBytes: UInt64 { embedded.unreadBytes }

    var hasKeys: Bool { keys != nil || hasEmbedded }
    /// A secret may come later than the bytes that it opens.
    var waits: Bool { keys != nil && waitsForKeys }

    /// Whether the bytes begin with a key of the key log.
    func isKeyed(_ bytes: RawSpan) -> Bool {
        guard hasKeys, let key = EllSwiftKey(bytes) else { return false }
        return keys?[key] != nil || hasEmbedded && embedded[key, file] != nil
    }

    /// The secret of the key that the bytes begin with; nil where its secret is not known, or they are too short.
    ///
    /// - Parameter isAgain: It was looked for before: then the file is read again only where secrets come later.
    func secret(_ bytes: RawSpan, isAgain: Bool) -> (found: FoundSecret?, isKey: Bool) {
        guard hasKeys, let key = EllSwiftKey(bytes) else { return (nil, false) }
        var secret = keys?[key]
        if secret == nil, let keys, waitsForKeys || !isAgain {
            // That the file cannot be read is not this connection's trouble.
            try? keys.refresh()
            secret = keys[key]
        }
        if secret == nil, hasEmbedded { secret = embedded[key, file] }
        return (secret.map { FoundSecret(key: key, secret: $0) }, true)
    }

    /// What opens the packets of a connection.
    func makeSession(_ found: FoundSecret) -> V2Session { V2Session(found.secret, magics: magics) }

    // MARK: Waiting

    /// A stream waits for a secret.
    func wait(_ stream: StreamID) { if waitsForKeys { waiting.insert(stream) } }

    /// A stream waits no more, and the other direction of its connection need not either.
    func found(_ stream: StreamID) { waiting.found(stream) }

    func forget(_ stream: StreamID) { waiting.remove(stream) }

    /// The next stream whose other side has found the secret.
    func next() -> StreamID? { hasKeys ? waiting.next() : nil }

    /// Streams that have waited for a secret, which may be there now.
    func streamsToOffer() -> [StreamID] {
        guard let keys, !waiting.isEmpty else { return [] }
        // That the file cannot be read is nothing new.
        try? keys.refresh()
        return waiting.streams(at: keys.revision)
    }
}
