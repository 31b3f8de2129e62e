import Crypto

/// The keys of one v2 connection, derived from what its two sides agreed on (BIP 324; protocol.md section 11.4).
public struct KeySchedule: Sendable {
    public enum Role: Sendable {
        /// The side that opened the connection.
        case initiator
        case responder

        public var other: Role { self == .initiator ? .responder : .initiator }
    }

    /// What one side sends with.
    public struct Side: Sendable {
        /// Key of the lengths of packets.
        public let lengthKey: SymmetricKey
        /// Key of the packets themselves.
        public let packetKey: SymmetricKey
        /// The 16 bytes that end its garbage.
        public let terminator: [UInt8]
    }

    public static let terminatorLength = 16

    /// The network for which the keys were derived: its magic is part of them.
    public let network: Network
    /// 32 bytes that both sides have and nobody else: to compare with what a node shows of its connection.
    public let sessionID: [UInt8]
    public let initiator: Side
    public let responder: Side

    public subscript(role: Role) -> Side { role == .initiator ? initiator : responder }

    public init(secret: SharedSecret, network: Network) {
        self.network = network
        let magic = (0..<4).map { UInt8(truncatingIfNeeded: network.magic >> (24 - 8 * $0)) }
        let extracted = HKDF<SHA256>.extract(
            inputKeyMaterial: SymmetricKey(data: secret.bytes), salt: Array("bitcoin_v2_shared_secret".utf8) + magic)
        func expand(_ use: String) -> SymmetricKey {
            HKDF<SHA256>.expand(pseudoRandomKey: extracted, info: Array(use.utf8), outputByteCount: 32)
        }
        sessionID = expand("session_id").withUnsafeBytes { Array($0) }
        let terminators = expand("garbage_terminators").withUnsafeBytes { Array($0) }
        initiator = Side(
            lengthKey: expand("initiator_L"), packetKey: expand("initiator_P"),
            terminator: Array(terminators.prefix(Self.terminatorLength)))
        responder = Side(
            lengthKey: expand("responder_L"), packetKey: expand("responder_P"),
            terminator: Array(terminators.suffix(Self.terminatorLength)))
    }
}
