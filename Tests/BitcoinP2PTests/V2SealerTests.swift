import Support
import Testing

@testable import BitcoinP2P

/// What one side of a v2 connection sends (BIP 324).
@Suite struct V2SealerTests {
    static let garbage = Array("btcshark initiator".utf8)
    static let ping = Command("ping")

    /// The keys of ``V2HandshakeTests``' connection.
    static func schedule() throws -> KeySchedule {
        let secret = Array(hex: "0e6819850ca8b50f3056709828b302c4df779016553980608dd526cd125c10d4")
        return KeySchedule(secret: try #require(SharedSecret(secret)), network: Network(magic: 0xfabf_b5da))
    }

    /// Computed with a ChaCha20 and a Poly1305 in Python.
    @Test(arguments: [
        [
            "c417033af1aea2526864330910775a96", "640c5939e92e7e6204fc541eb33b53a998380a03",
            "7bf95ad24438e0a1135a51087a8ce550a7bf37b7cee748300d4efd70ce",
            "ff630c4329c7715f95524f46b2794a78017e571c00b11125aed437a7449d6cc913",
            "aabb2da2cfb083b68cc9b582f5258dd0be64d5356f95f2",
            "7103a4febbf1865de1ad2361f0dbaf12ccfa5bf085934deef0d2d08df2",
        ],
        [
            "8aebb1d2429f4d526e69da1f4d3a5833", "803257a2800ceb34ce09ae4c4f9cb86e0fec4001",
            "690c5ae7c478de28ebc5ca7e7ed0ef6df93556ee3e46853b902e361381",
            "0fc3b1c80282e2aea67ecce3426387da33f6c9ef7e7f914396484890c24da756ed",
            "f2b7109f290f35a2e8674822921e97e4ad6a617aaa139e",
            "0150c3bc3a56841500f704de7beb87423457f8992abfcaa8913c9d3ed7",
        ],
    ])
    func `bytes of one side`(_ expected: [String]) throws {
        let schedule = try Self.schedule()
        let isInitiator = expected[0] == schedule.initiator.terminator.hex
        let side = isInitiator ? schedule.initiator : schedule.responder
        let garbage = Array((isInitiator ? "btcshark initiator" : "btcshark responder").utf8)
        var sealer = try V2Sealer(side, garbage: garbage)
        var bytes: [UInt8] = []
        try sealer.appendVersion(to: &bytes)
        #expect(bytes.hex == expected[0] + expected[1])
        bytes = []
        let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        try sealer.append(Self.ping, nonce.span.bytes, to: &bytes)
        #expect(bytes.hex == expected[2])
        bytes = []
        try sealer.append(Command("verack"), RawSpan(), to: &bytes)
        #expect(bytes.hex == expected[3])
        bytes = []
        try sealer.append(contents: Array("abc".utf8), isDecoy: true, to: &bytes)
        #expect(bytes.hex == expected[4])
        // The last has keys that were changed twice.
        while sealer.count <= 500 {
            bytes = []
            try sealer.append(Command("pong"), littleEndian(sealer.count).span.bytes, to: &bytes)
        }
        #expect(bytes.hex == expected[5])
    }

    @Test func `what is too long is refused, and nothing is appended`() throws {
        let side = try Self.schedule().initiator
        #expect(throws: V2SealingError.garbageTooLong(4096)) {
            try V2Sealer(side, garbage: [UInt8](repeating: 0, count: 4096))
        }
        #expect(
            "\(V2SealingError.garbageTooLong(4096))"
                == "the garbage of a v2 connection has at most 4095 bytes, not 4096")
        var sealer = try V2Sealer(side, garbage: Self.garbage)
        var bytes: [UInt8] = [1, 2, 3]
        #expect(throws: V2SealingError.contentsTooLong(1 << 24)) {
            try sealer.append(contents: [UInt8](repeating: 0, count: 1 << 24), to: &bytes)
        }
        #expect(bytes == [1, 2, 3])
        #expect(sealer.count == 0)
        // The next packet is the first, yet.
        try sealer.appendVersion(to: &bytes)
        #expect(bytes.hex == "010203c417033af1aea2526864330910775a96640c5939e92e7e6204fc541eb33b53a998380a03")
    }

    @Test func `ciphers refuse packets that they forgot`() throws {
        let side = try Self.schedule().initiator
        var lengths = LengthCipher(side.lengthKey)
        var packets = PacketCipher(side.packetKey)
        lengths.forget(before: 448)
        packets.forget(before: 448)
        var bytes: [UInt8] = []
        for (number, isKept) in [(UInt64(447), false), (448, true)] {
            let hasLength = lengths.seal(length: 1, ofPacket: number, to: &bytes)
            let isSealed = packets.seal([0, 1], number: number, authenticating: [], to: &bytes)
            #expect(hasLength == isKept)
            #expect(isSealed == isKept)
            #expect(bytes.count == (isKept ? V2Framer.overhead + 1 : 0))
        }
        for length in [-1, 1 << 24] {
            let hasLength = lengths.seal(length: length, ofPacket: 448, to: &bytes)
            #expect(!hasLength)
        }
        #expect(bytes.count == V2Framer.overhead + 1)
    }

    @Test func `short ids are those of the BIP`() {
        for identifier in UInt8.min ... .max {
            let command = ShortMessageIdentifiers.command(of: identifier)
            let isSettled = (1...28).contains(identifier)
            #expect(command.flatMap(ShortMessageIdentifiers.identifier) == (isSettled ? identifier : nil))
        }
        #expect(ShortMessageIdentifiers.identifier(of: Command("version")) == nil)
        let payload: [UInt8] = [7]
        let short = PacketContents.message(Self.ping, payload.span.bytes)
        #expect(short == [18, 7])
        let long = PacketContents.message(Command("uproof"), payload.span.bytes)
        #expect(long.hex == "00" + "7570726f6f66" + "000000000000" + "07")
    }
}
