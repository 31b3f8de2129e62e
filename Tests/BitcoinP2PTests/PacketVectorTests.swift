import Crypto
import Support
import Testing

@testable import BitcoinP2P

/// The packet vectors of BIP 324.
@Suite struct PacketVectorTests {
    static let rows = VectorRow.all(of: "packet_encoding_test_vectors.csv")

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `all rows are there`() { #expect(Self.rows.count == 7) }

    private func schedule(_ row: VectorRow) throws -> KeySchedule {
        KeySchedule(
            secret: try #require(SharedSecret(row.bytes("mid_shared_secret"))), network: Network(magic: 0xf9be_b4d9))
    }

    private func bytes(_ key: SymmetricKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `keys, session id and terminators`(_ row: VectorRow) throws {
        let schedule = try schedule(row)
        #expect(bytes(schedule.initiator.lengthKey) == row.bytes("mid_initiator_l"))
        #expect(bytes(schedule.initiator.packetKey) == row.bytes("mid_initiator_p"))
        #expect(bytes(schedule.responder.lengthKey) == row.bytes("mid_responder_l"))
        #expect(bytes(schedule.responder.packetKey) == row.bytes("mid_responder_p"))
        #expect(schedule[row.role].terminator == row.bytes("mid_send_garbage_terminator"))
        #expect(schedule[row.role.other].terminator == row.bytes("mid_recv_garbage_terminator"))
        #expect(schedule.sessionID == row.bytes("out_session_id"))
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `private keys and encoded keys give the secret`(_ row: VectorRow) throws {
        let key = try #require(EphemeralPrivateKey(row.bytes("in_priv_ours")))
        let ours = try ellSwiftKey(row.bytes("in_ellswift_ours"))
        let theirs = try ellSwiftKey(row.bytes("in_ellswift_theirs"))
        #expect(key.x.value.bigEndian == row.bytes("mid_x_ours"))
        #expect(ours.x.value.bigEndian == row.bytes("mid_x_ours"))
        #expect(theirs.x.value.bigEndian == row.bytes("mid_x_theirs"))
        #expect(key.secret(with: theirs, ours: ours, as: row.role).bytes == row.bytes("mid_shared_secret"))
        #expect(key.secret(with: theirs, ours: ours, as: row.role.other).bytes != row.bytes("mid_shared_secret"))
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `packets are sealed, and opened again`(_ row: VectorRow) throws {
        let side = try schedule(row)[row.role]
        var lengths = LengthCipher(side.lengthKey)
        var packets = PacketCipher(side.packetKey)
        let number = UInt64(row.number("in_idx"))
        let plain = row.plain
        let data = row.bytes("in_aad")
        var packet: [UInt8] = []
        let hasLength = lengths.seal(length: plain.count - 1, ofPacket: number, to: &packet)
        let isSealed = packets.seal(plain, number: number, authenticating: data, to: &packet)
        #expect(hasLength && isSealed)
        // Not compared by the macro, which would print megabytes.
        let expected = row.bytes("out_ciphertext")
        let end = row.bytes("out_ciphertext_endswith")
        try #require(!expected.isEmpty || !end.isEmpty)
        let isExpected = expected.isEmpty || packet == expected
        let endsAsExpected = packet.count >= end.count && Array(packet.suffix(end.count)) == end
        #expect(isExpected && endsAsExpected)
        #expect(packet.count == plain.count - 1 + V2Framer.overhead)
        let length = lengths.length(packet.span.bytes, at: 0, ofPacket: number)
        #expect(length == plain.count - 1)
        var buffer = V2PacketBuffer()
        let sealed = Array(packet.dropFirst(LengthCipher.fieldLength))
        let isOpened = packets.open(
            sealed.span.bytes, number: number, authenticating: data.span.bytes, into: &buffer)
        let isSame = buffer.plain == plain
        #expect(isOpened && isSame)
    }

    /// The vectors that give the complete packet.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: rows)
    func `packets are opened`(_ row: VectorRow) throws {
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
        let isSame = buffer.plain == row.plain
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
