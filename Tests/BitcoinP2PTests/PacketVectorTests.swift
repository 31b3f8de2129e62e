import BitcoinP2P
import Crypto
import Foundation
import Support
import Testing

/// The packet vectors of BIP 324.
@Suite struct PacketVectorTests {
    struct Row: Sendable, CustomStringConvertible {
        private let columns: [String: String]

        init(_ names: [String], _ line: String) {
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            columns = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
        }

        func text(_ name: String) -> String { columns[name] ?? "" }
        func bytes(_ name: String) -> [UInt8] { Array(hex: text(name)) }
        func number(_ name: String) -> Int { Int(text(name)) ?? 0 }
        /// The side that encrypts.
        var role: KeySchedule.Role { number("in_initiating") == 1 ? .initiator : .responder }
        var contents: [UInt8] {
            let piece = bytes("in_contents")
            return Array((0..<number("in_multiply")).map { _ in piece }.joined())
        }
        var description: String { "packet \(text("in_idx"))" }
    }

    static let rows: [Row] = {
        guard let url = Files.reference?.appendingPathComponent("bip324/packet_encoding_test_vectors.csv"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard let first = lines.first else { return [] }
        let names = first.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { Row(names, $0) }
    }()

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `all rows are there`() { #expect(Self.rows.count == 7) }

    private func schedule(_ row: Row) throws -> KeySchedule {
        KeySchedule(
            secret: try #require(SharedSecret(row.bytes("mid_shared_secret"))), network: Network(magic: 0xf9be_b4d9))
    }

    private func bytes(_ key: SymmetricKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `keys, session id and terminators`(_ row: Row) throws {
        let schedule = try schedule(row)
        #expect(bytes(schedule.initiator.lengthKey) == row.bytes("mid_initiator_l"))
        #expect(bytes(schedule.initiator.packetKey) == row.bytes("mid_initiator_p"))
        #expect(bytes(schedule.responder.lengthKey) == row.bytes("mid_responder_l"))
        #expect(bytes(schedule.responder.packetKey) == row.bytes("mid_responder_p"))
        #expect(schedule[row.role].terminator == row.bytes("mid_send_garbage_terminator"))
        #expect(schedule[row.role.other].terminator == row.bytes("mid_recv_garbage_terminator"))
        #expect(schedule.sessionID == row.bytes("out_session_id"))
    }

    /// The vectors that give the whole packet.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `packets are opened`(_ row: Row) throws {
        let packet = row.bytes("out_ciphertext")
        guard !packet.isEmpty else { return }
        let side = try schedule(row)[row.role]
        var lengths = LengthCipher(side.lengthKey)
        var packets = PacketCipher(side.packetKey)
        var buffer = V2PacketBuffer()
        let number = UInt64(row.number("in_idx"))
        let length = lengths.length(packet.span.bytes, at: 0, ofPacket: number)
        #expect(length == row.contents.count)
        let sealed = Array(packet.dropFirst(3))
        let isAuthentic = packets.open(
            sealed.span.bytes, number: number, authenticating: row.bytes("in_aad").span.bytes, into: &buffer)
        #expect(isAuthentic)
        let isSame = buffer.plain == [row.number("in_ignore") == 1 ? 0x80 : 0] + row.contents
        #expect(isSame)
        // Neither with another number, nor with another bit.
        let aad = row.bytes("in_aad")
        let isOther = packets.open(
            sealed.span.bytes, number: number + 1, authenticating: aad.span.bytes, into: &buffer)
        #expect(!isOther)
        #expect(buffer.plain.isEmpty)
        var damaged = sealed
        damaged[damaged.count / 2] ^= 1
        let isDamaged = packets.open(damaged.span.bytes, number: number, authenticating: aad.span.bytes, into: &buffer)
        #expect(!isDamaged)
        let isEmpty = packets.open(RawSpan(), number: number, authenticating: RawSpan(), into: &buffer)
        #expect(!isEmpty)
    }
}
