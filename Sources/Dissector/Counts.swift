/// A number and what it counts.
func plural(_ count: UInt64, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

/// What was found in a capture, for the closing lines.
public struct Counts: Sendable, Equatable {
    public var packets: UInt64 = 0
    /// Files of messages that a node captured itself, and peers they are of; then there are no packets.
    public var messageFiles: UInt64 = 0
    public var peers: UInt64 = 0
    /// TCP connections of any kind.
    public var connections: UInt64 = 0
    /// Directions in which at least one message was found.
    public var bitcoinStreams: UInt64 = 0
    /// Directions on Bitcoin's ports in which no message was found: encrypted ones whose beginning was not captured look
    /// like that.
    public var streamsWithoutMessages: UInt64 = 0
    /// Directions that look like v2 transport, of which nothing could be read.
    public var encryptedStreams: UInt64 = 0
    /// Those of them whose secret is not in the key log, or for which there was none.
    public var streamsWithoutKey: UInt64 = 0
    /// Directions of which at least one v2 packet was decrypted.
    public var decryptedStreams: UInt64 = 0
    /// v2 connections for which the key log has a wrong secret.
    public var wrongSecrets: UInt64 = 0
    /// Directions whose acknowledgements were not captured, so that their segments alone decide.
    public var unheardStreams: UInt64 = 0
    /// Packets of decrypted streams that could not be decrypted, as far as others after them tell their number.
    public var lostPackets: UInt64 = 0
    public var messages: UInt64 = 0
    /// Records that a display filter let through; nil without one.
    public var shown: UInt64?
    /// Messages of which the end was not captured, or never came.
    public var cutMessages: UInt64 = 0
    public var badChecksums: UInt64 = 0
    public var gaps: UInt64 = 0
    /// Bytes of Bitcoin's streams that were not captured.
    public var missingBytes: UInt64 = 0
    /// Bytes of Bitcoin's streams that were captured but belong to no message that could be shown.
    public var skippedBytes: UInt64 = 0
    /// What became of the bytes of Bitcoin's streams that were captured; see ``ByteCounts``.
    public var bytes = ByteCounts()
    /// How often bytes of a connection, or all that was known of it, were given up since a limit of memory was reached.
    public var evictions: UInt64 = 0
    /// Whole frames with headers that contradict themselves or end early.
    public var malformedPackets: UInt64 = 0
    /// Frames that hold something that is not followed, though it may hold TCP.
    public var unread = UnreadFrames()
    /// Frames that hold no TCP: ARP, UDP, ICMP and the like.
    public var notTCPPackets: UInt64 = 0
    /// Frames of which only the first bytes were captured, as many as the snap length.
    public var cutPackets: UInt64 = 0
    /// Packets that were lost while the files were captured, as pcapng files may tell.
    public var droppedPackets: UInt64 = 0
    /// Bytes of secrets in the files that were not read, since there are too many.
    public var unreadSecretBytes: UInt64 = 0
    /// Comments of packets that are not shown, since there are too many.
    public var commentsLeftOut: UInt64 = 0
    /// Frames that are a second or more earlier than one before them in their file.
    public var packetsBack: UInt64 = 0

    public init() {}

    /// Something that a user should hear of even if nobody asked.
    public var hasProblem: Bool {
        badChecksums > 0 || gaps > 0 || missingBytes > 0 || skippedBytes > 0 || cutMessages > 0
            || wrongSecrets > 0 || lostPackets > 0 || evictions > 0 || cutPackets > 0 || bytes.hasProblem
            || packetsBack > 0 || droppedPackets > 0 || unreadSecretBytes > 0 || commentsLeftOut > 0
    }

    /// Nothing of Bitcoin was found, though there are frames that were not read, or that hold no TCP: else nobody would know
    /// why.
    public var isSilent: Bool {
        messages == 0 && bitcoinStreams == 0 && encryptedStreams == 0 && (!unread.isEmpty || notTCPPackets > 0)
    }

    /// One line for people.
    public var text: String {
        var parts =
            messageFiles > 0
            ? [plural(messageFiles, "file", "files"), plural(peers, "peer", "peers")]
            : [plural(packets, "packet", "packets"), plural(connections, "TCP connection", "TCP connections")]
        parts += [
            plural(messages, "Bitcoin message", "Bitcoin messages"),
            plural(badChecksums, "bad checksum", "bad checksums"), plural(gaps, "gap", "gaps"),
            plural(missingBytes, "byte missing", "bytes missing"),
            plural(skippedBytes, "byte skipped", "bytes skipped"),
        ]
        parts += bytes.texts
        if cutMessages > 0 { parts.append(plural(cutMessages, "message cut", "messages cut")) }
        if encryptedStreams > 0 { parts.append(plural(encryptedStreams, "encrypted stream", "encrypted streams")) }
        if streamsWithoutMessages > 0 {
            parts.append(plural(streamsWithoutMessages, "stream", "streams") + " without a message")
        }
        if unheardStreams > 0 {
            parts.append(plural(unheardStreams, "stream", "streams") + " without captured acknowledgements")
        }
        if wrongSecrets > 0 {
            parts.append(plural(wrongSecrets, "secret that opens nothing", "secrets that open nothing"))
        }
        if lostPackets > 0 { parts.append(plural(lostPackets, "v2 packet lost", "v2 packets lost")) }
        if evictions > 0 { parts.append("memory limit reached \(plural(evictions, "time", "times"))") }
        if malformedPackets > 0 { parts.append(plural(malformedPackets, "malformed packet", "malformed packets")) }
        if notTCPPackets > 0 { parts.append(plural(notTCPPackets, "packet", "packets") + " not TCP") }
        parts += unread.texts
        if cutPackets > 0 { parts.append(plural(cutPackets, "packet", "packets") + " cut by the snap length") }
        if droppedPackets > 0 {
            parts.append(plural(droppedPackets, "packet", "packets") + " dropped while it was captured")
        }
        if unreadSecretBytes > 0 {
            parts.append(plural(unreadSecretBytes, "byte", "bytes") + " of the files' secrets not read")
        }
        if commentsLeftOut > 0 { parts.append(plural(commentsLeftOut, "comment", "comments") + " left out") }
        if packetsBack > 0 {
            parts.append(
                plural(packetsBack, "packet runs", "packets run") + " back in time by a second or more")
        }
        if let shown { parts.append("\(shown) shown") }
        return parts.joined(separator: ", ")
    }
}
