import BitcoinP2P
import Fields

/// What one side of a connection has said so far: by it its next messages are judged, and its records name its program.
struct Conduct {
    /// What the side said of itself in its `version`.
    struct Claims {
        var version: UInt64 = 0
        var services: UInt64 = 0
        /// As it came: not safe to print.
        var userAgent: [UInt8] = []
    }

    private(set) var claims: Claims?
    private var hasAcknowledged = false
    /// Nonces of pings that the other side has not answered yet, the newest last.
    private var pings: [UInt64] = []
    private static let pingLimit = 64
    /// A ping was dropped from the list, so an answer may be to it.
    private var hasForgottenPings = false

    private static let messages = MessageTypes.standard.fields
    private static let version = Command("version")
    private static let verack = Command("verack")
    private static let ping = Command("ping")
    private static let pong = Command("pong")
    /// What may only stand between `version` and `verack` (protocol.md section 6.1). So few are found sooner than hashed.
    private static let negotiation: [Command] = [
        Command("wtxidrelay"), Command("sendaddrv2"), Command("sendtxrcncl"), Command("sendpackages"),
        Command("disabletx"), Command("sendtemplate"), Command("feature"),
    ]

    /// Whether the claims of the message are wanted.
    static func isVersion(_ command: Command) -> Bool { command == version }

    /// Receives the next message of this side. One with a wrong checksum changes nothing: receivers drop it, as if it had
    /// never been sent.
    ///
    /// - Parameters:
    ///   - payload: The payload as far as it was captured.
    ///   - seen: Only where nothing is missing anything can be wrong.
    ///   - said: What a `version` says; nil for all other messages.
    /// - Returns: What is wrong with the message's place in the conversation.
    mutating func receive(
        _ message: MessageFramer.Message, _ payload: RawSpan, from peer: inout Conduct, seen: StreamSender.Seen,
        claims said: Claims?
    ) -> [Remark] {
        var wrong: [Remark] = []
        let command = message.header.command
        switch command {
        case Self.version, Self.verack, Self.ping, Self.pong: if message.status == .bad { return [] }
        default: break
        }
        switch command {
        case Self.version:
            if claims != nil { wrong.append(ConductRemarks.standard.versionRepeated) }
            claims = said
            return seen == .part ? [] : wrong
        case Self.verack: hasAcknowledged = true
        case Self.ping: note(Self.messages.pingNonce.value(in: payload))
        case Self.pong:
            if !peer.answer(Self.messages.pongNonce.value(in: payload)), seen == .both {
                wrong.append(ConductRemarks.standard.pongWithoutPing)
            }
        default:
            if hasAcknowledged, Self.negotiation.contains(command) {
                wrong.append(ConductRemarks.standard.negotiationAfterVerack)
            }
        }
        if claims == nil { wrong.append(ConductRemarks.standard.messageBeforeVersion) }
        return seen == .part ? [] : wrong
    }

    private mutating func note(_ nonce: UInt64?) {
        guard let nonce else { return }
        if pings.count >= Self.pingLimit {
            pings.removeFirst()
            hasForgottenPings = true
        }
        pings.append(nonce)
    }

    private mutating func answer(_ nonce: UInt64?) -> Bool {
        guard let nonce, let place = pings.firstIndex(of: nonce) else {
            return hasForgottenPings
        }
        pings.remove(at: place)
        return true
    }
}
