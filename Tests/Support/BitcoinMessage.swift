import Crypto
import Foundation

/// A message of Bitcoin's protocol, as nodes send it over v1 connections.
public struct BitcoinMessage: Hashable, Sendable {
    public let command: String
    public let payload: [UInt8]

    public init(_ command: String, _ payload: [UInt8] = []) {
        self.command = command
        self.payload = payload
    }

    static let headerLength = 24
    /// Mainnet's.
    static let magic: [UInt8] = [0xf9, 0xbe, 0xb4, 0xd9]

    /// Four bytes, as on the wire.
    public var checksum: [UInt8] { Array(sha256d(payload).prefix(4)) }

    /// Header and payload.
    public var bytes: [UInt8] {
        framed(command, payload)
    }

    /// What a header says: the command, and the payload's length.
    static func read(header: [UInt8]) throws -> (command: String, length: Int) {
        guard header.count == headerLength, header.starts(with: magic) else { throw SupportError("no header") }
        let length = header[16..<20].reversed().reduce(0) { $0 << 8 | Int($1) }
        return (String(decoding: header[4..<16].prefix { $0 != 0 }, as: UTF8.self), length)
    }

    /// The first message of that command among the samples of this package.
    public static func sample(_ command: String) throws -> BitcoinMessage {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("BitcoinP2PTests/Samples/messages.json")
        struct Sample: Decodable {
            let command: String
            let payload: String
        }
        let samples = try JSONDecoder().decode([Sample].self, from: Data(contentsOf: file))
        guard let sample = samples.first(where: { $0.command == command }) else { throw SupportError("no \(command)") }
        let digits = Array(sample.payload)
        let payload = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return BitcoinMessage(command, payload)
    }
}

// MARK: Made-up messages

extension BitcoinMessage {
    public static func ping(_ nonce: UInt64) -> BitcoinMessage { BitcoinMessage("ping", littleEndian(nonce)) }

    /// One input without a witness, and one output of data.
    ///
    /// - Parameters:
    ///   - number: Makes it another transaction.
    ///   - size: Bytes of data.
    public static func tx(_ number: UInt32, size: Int) -> BitcoinMessage {
        let input = [UInt8](repeating: 0x11, count: 32) + littleEndian(number) + [0] + littleEndian(UInt32.max)
        var generator = SeededGenerator(seed: UInt64(number))
        let data = generator.bytes(size)
        // OP_RETURN OP_PUSHDATA4
        let script = [0x6a, 0x4e] + littleEndian(UInt32(size)) + data
        let output = littleEndian(UInt64(0)) + compactSize(script.count) + script
        return BitcoinMessage("tx", littleEndian(UInt32(2)) + [1] + input + [1] + output + littleEndian(UInt32(0)))
    }

    /// A block of made-up transactions of 15 kB each, of about `size` bytes. Its Merkle root is right, and it proves the
    /// work that the easiest target asks for.
    public static func block(size: Int) -> BitcoinMessage {
        let transactions = (0..<UInt32(max(1, size / 15_000))).map { tx($0, size: 14_920).payload }
        var hashes = transactions.map(sha256d)
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                sha256d(hashes[$0] + hashes[min($0 + 1, hashes.count - 1)])
            }
        }
        let begun =
            littleEndian(UInt32(0x2000_0000)) + [UInt8](repeating: 0x22, count: 32) + (hashes.first ?? [])
            + littleEndian(UInt32(1_700_000_000)) + littleEndian(UInt32(0x207f_ffff))
        // The last byte of the hash is its highest, and half of all are low enough.
        let header = (UInt32(0)...).lazy.map { begun + littleEndian($0) }.first { (sha256d($0).last ?? 0) < 0x7f }
        return BitcoinMessage("block", (header ?? begun) + [UInt8(transactions.count)] + transactions.flatMap { $0 })
    }

    /// `inv` or `getdata` of one entry.
    ///
    /// - Parameter type: 1 for a transaction, 2 for a block.
    static func inventory(_ command: String, _ type: UInt32, _ hash: [UInt8]) -> BitcoinMessage {
        BitcoinMessage(command, [1] + littleEndian(type) + hash)
    }

    /// What it is called in an inventory: of a block the hash of its header, of a transaction without witness that of all.
    var inventoryHash: [UInt8] { sha256d(command == "block" ? Array(payload.prefix(80)) : payload) }
}
