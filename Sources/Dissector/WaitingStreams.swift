import Reassembly

/// The streams of v2 connections that wait for a secret, in a live run.
struct WaitingStreams {
    private var streams: Set<StreamID> = []
    /// Those whose other side has found the secret.
    private var ready: [StreamID] = []
    /// What the key log was when it was last looked at.
    private var revision: UInt64?

    var isEmpty: Bool { streams.isEmpty }

    mutating func insert(_ stream: StreamID) { streams.insert(stream) }

    mutating func remove(_ stream: StreamID) {
        if !streams.isEmpty { streams.remove(stream) }
    }

    /// The stream waits no more, and the other direction of its connection need not either.
    mutating func found(_ stream: StreamID) {
        guard !streams.isEmpty else { return }
        streams.remove(stream)
        let other = StreamID(
            slot: stream.slot, direction: stream.direction.opposite, connection: stream.connection)
        if streams.contains(other) { ready.append(other) }
    }

    /// All that wait, in order of their connections, where the key log has changed since this was last asked.
    mutating func streams(at revision: UInt64) -> [StreamID] {
        guard revision != self.revision else { return [] }
        self.revision = revision
        return streams.sorted { ($0.connection, $0.index) < ($1.connection, $1.index) }
    }

    /// The next whose other side has found the secret.
    mutating func next() -> StreamID? { ready.popLast() }
}
