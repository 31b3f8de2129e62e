import BitcoinP2P
import Crypto
import CryptoExtras
import Dissector
import Foundation
import Keys
import Support

/// One side of a v2 connection, which encrypts as BIP 324 says, step by step.
struct V2Side {
    let key: [UInt8]
    let terminator: [UInt8]
    let sessionID: [UInt8]
    private var lengthKey: SymmetricKey
    private var packetKey: SymmetricKey
    /// Packets sent so far.
    private(set) var count = 0

    init(_ isInitiator: Bool, key: [UInt8], secret: [UInt8], magic: UInt32) {
        let salt = Array("bitcoin_v2_shared_secret".utf8) + bigEndian(magic)
        let extracted = Array(
            HMAC<SHA256>.authenticationCode(for: secret, using: SymmetricKey(data: salt)))
        func expand(_ use: String) -> [UInt8] {
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(use.utf8) + [1], using: SymmetricKey(data: extracted)))
        }
        let role = isInitiator ? "initiator" : "responder"
        self.key = key
        lengthKey = SymmetricKey(data: expand(role + "_L"))
        packetKey = SymmetricKey(data: expand(role + "_P"))
        let terminators = expand("garbage_terminators")
        terminator = Array(isInitiator ? terminators.prefix(16) : terminators.suffix(16))
        sessionID = expand("session_id")
    }

    private func nonce(_ head: UInt32, _ tail: Int) -> [UInt8] {
        littleEndian(head) + littleEndian(UInt64(tail))
    }

    /// ChaCha20 itself: 64 bytes a block.
    private func stream(_ key: SymmetricKey, _ nonce: [UInt8], block: UInt32 = 0, _ count: Int) throws -> [UInt8] {
        Array(
            try Insecure.ChaCha20CTR.encrypt(
                [UInt8](repeating: 0, count: count), using: key,
                counter: Insecure.ChaCha20CTR.Counter(offset: block),
                nonce: Insecure.ChaCha20CTR.Nonce(data: nonce)))
    }

    /// The next packet.
    mutating func packet(
        _ contents: [UInt8], isDecoy: Bool = false, authenticating data: [UInt8] = []
    ) throws -> [UInt8] {
        let (epoch, place) = (count / 224, count % 224)
        let length = try claim(contents.count)
        let box = try ChaChaPoly.seal(
            [isDecoy ? 0x80 : 0] + contents, using: packetKey,
            nonce: ChaChaPoly.Nonce(data: nonce(UInt32(place), epoch)), authenticating: data)
        count += 1
        if place == 223 {
            lengthKey = SymmetricKey(data: try stream(lengthKey, nonce(0, epoch), 704).suffix(32))
            packetKey = SymmetricKey(data: try stream(packetKey, nonce(.max, epoch), block: 1, 32))
        }
        return length + box.combined.dropFirst(12)
    }

    /// The length field of the next packet, with any length in it.
    func claim(_ count: Int) throws -> [UInt8] {
        let mask = try stream(lengthKey, nonce(0, self.count / 224), 3 * (self.count % 224 + 1)).suffix(3)
        return zip((0..<3).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }, mask).map { $0 ^ $1 }
    }

    /// What it sends first: key, garbage, terminator and a packet without contents.
    mutating func handshake(garbage: [UInt8], isDecoy: Bool = false) throws -> [UInt8] {
        try key + garbage + terminator + packet([], isDecoy: isDecoy, authenticating: garbage)
    }

    /// A message with its command in full.
    mutating func message(_ command: String, _ payload: [UInt8]) throws -> [UInt8] {
        var name = Array(command.utf8)
        name += [UInt8](repeating: 0, count: 12 - name.count)
        return try packet([0] + name + payload)
    }

    /// A message with one byte for its command.
    mutating func message(_ identifier: UInt8, _ payload: [UInt8]) throws -> [UInt8] {
        try packet([identifier] + payload)
    }
}

/// Both sides of a v2 connection and the line that opens it.
struct V2Pair {
    static let mainnet: UInt32 = 0xf9be_b4d9
    var initiator: V2Side
    var responder: V2Side
    let secret: [UInt8]

    init(seed: UInt64, magic: UInt32 = mainnet) {
        var generator = SeededGenerator(seed: seed)
        func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        secret = random(32)
        initiator = V2Side(true, key: random(64), secret: secret, magic: magic)
        responder = V2Side(false, key: random(64), secret: secret, magic: magic)
    }

    var line: String { keyLine(initiator.key, secret) }

    subscript(side: Talk.Side) -> V2Side {
        get { side == .client ? initiator : responder }
        set { if side == .client { initiator = newValue } else { responder = newValue } }
    }
}

func keyLine(_ key: [UInt8], _ secret: [UInt8]) -> String {
    "BIP324_SHARED_SECRET \(hexadecimal(key)) \(hexadecimal(secret))"
}

func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

/// A key log with these lines.
func keyLog(_ lines: String...) throws -> KeyLog {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
    try Data(lines.joined(separator: "\n").utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let log = KeyLog(path: url.path)
    try log.refresh()
    return log
}

func options(_ keys: KeyLog?) -> PipelineOptions {
    var options = PipelineOptions()
    options.keys = keys
    return options
}
