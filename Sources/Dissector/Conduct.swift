import BitcoinP2P
import Fields

/// What one side of a connection has said so far: by it its next messages are judged, and its records told apart.
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

    private static let version = Command("version")
    private static let verack = Command("verack")
    private static let ping = Command("ping")
    private static let pong = Command("pong")
    /// What may only stand between `version` and `verack` (protocol.md section 6.1).
    private static let negotiation: Set<Command> = [
        Command("wtxidrelay"), Command("sendaddrv2"), Command("sendtxrcncl"), Command("sendpackages"),
        Command("disabletx"), Command("sendtemplate"), Command("feature"),
    ]

    /// Whether the claims of the message are wanted.
    static func isVersion(_ command: Command) -> Bool { command == version }

    /// Whether the message changes how others are judged, so that its checksum must be known first.
    static func isMoved(by command: Command) -> Bool {
        command == version || command == verack || command == ping || command == pong
    }

    /// Takes the next whole message of this side and answers what is wrong with its place in the conversation. Those of
    /// which ``isMoved(by:)`` is true must have a right checksum: receivers drop others.
    ///
    /// - Parameters:
    ///   - payload: The payload as far as it was captured.
    ///   - isWhole: Both directions were seen from their first byte without a gap: only then anything can be wrong.
    ///   - said: What a `version` says; nil for all other messages.
    mutating func take(
        _ command: Command, _ payload: RawSpan, from peer: inout Conduct, isWhole: Bool, claims said: Claims?
    ) -> [Remark] {
        var wrong: [Remark] = []
        switch command {
        case Self.version:
            if claims != nil { wrong.append(ConductRemarks.standard.versionRepeated) }
            claims = said
            return isWhole ? wrong : []
        case Self.verack: hasAcknowledged = true
        case Self.ping: remember(payload)
        case Self.pong: if !peer.answer(payload) { wrong.append(ConductRemarks.standard.pongWithoutPing) }
        default:
            if hasAcknowledged, Self.negotiation.contains(command) {
                wrong.append(ConductRemarks.standard.negotiationAfterVerack)
            }
        }
        if claims == nil { wrong.append(ConductRemarks.standard.messageBeforeVersion) }
        return isWhole ? wrong : []
    }

    private mutating func remember(_ payload: RawSpan) {
        guard let nonce = Self.nonce(payload) else { return }
        if pings.count >= Self.pingLimit {
            pings.removeFirst()
            hasForgottenPings = true
        }
        pings.append(nonce)
    }

    private mutating func answer(_ payload: RawSpan) -> Bool {
        guard let nonce = Self.nonce(payload), let place = pings.firstIndex(of: nonce) else {
            return hasForgottenPings
        }
        pings.remove(at: place)
        return true
    }

    private static func nonce(_ payload: RawSpan) -> UInt64? {
        payload.byteCount >= 8 ? payload.unsafeLoadUnaligned(as: UInt64.self) : nil
    }
}
