import BitcoinP2P
import Support
import Testing

/// Both sides of a v2 connection, from the keys on (BIP 324).
@Suite struct V2HandshakeTests {
    static let regtest = Network(magic: 0xfabf_b5da)

    /// A packet as the other side has opened it.
    private struct Received: Equatable {
        var plain: [UInt8]
        var isVersion: Bool
        var message: String?
    }

    /// One side that opens what the other sends.
    private struct Opener {
        let session: V2Session
        /// Of the side that sends.
        let role: KeySchedule.Role
        var framer = V2Framer(start: 0, isStart: true)
        var offset: UInt64 = 0
        var unread: [UInt8] = []
        var received: [Received] = []
        var failure: V2Framer.Failure?
        var garbageLength: Int?

        init(_ agreement: V2Handshake.Agreement, of role: KeySchedule.Role) {
            session = V2Session(agreement.schedule)
            self.role = role
        }

        mutating func receive(_ bytes: some Sequence<UInt8>) {
            unread += bytes
            var buffer = V2PacketBuffer()
            while failure == nil {
                let pending = unread
                let step = framer.next(
                    pending.span.bytes, at: offset, role, of: session, isLast: false, into: &buffer)
                switch step {
                case .packet(let packet):
                    let isDecoy = PacketContents.isDecoy(buffer.plain.span.bytes)
                    let message =
                        isDecoy || packet.isVersion
                        ? nil : PacketContents.message(buffer.plain.span.bytes, of: V2HandshakeTests.regtest)
                    received.append(
                        Received(
                            plain: buffer.plain, isVersion: packet.isVersion, message: message?.header.command.name))
                    if let length = packet.garbageLength { garbageLength = length }
                    consume(packet.byteCount)
                case .skipped(let count): consume(count)
                case .failed(let reason): failure = reason
                case .needMore: return
                }
            }
        }

        private mutating func consume(_ count: Int) {
            unread.removeFirst(count)
            offset += UInt64(count)
        }
    }

    /// Keys of our own; the secret and the session id were computed in Python.
    @Test func `a connection with fixed keys`() throws {
        let initiatorKey =
            "6c3d6bc27b156b9c8dc4a13810aff48e428ff354a6cb3207bcad881c0a4497a5"
            + "185dc1e42ac3ae8a5739f41b2a4498a4f1a7cfc7452ce478fa795bfd01e0311d"
        let responderKey =
            "616adcb7894dc7daa9c560fcf6d35ffdbc7ae53c8c4843f106a926ae511472bb"
            + "9b273c35b4010b5c0c6710d6a0382a9cabd30781e7d17b28a5414fda0ad03932"
        let initiator = try V2Handshake(
            .initiator, on: Self.regtest,
            privateKey: try #require(
                EphemeralPrivateKey(Array(hex: "94f417376b2edbcc950fab7e374134768c21fa7e9f7a77c614f1adb1842cc740"))),
            key: try ellSwiftKey(Array(hex: initiatorKey)), garbage: Array("btcshark initiator".utf8))
        let responder = try V2Handshake(
            .responder, on: Self.regtest,
            privateKey: try #require(
                EphemeralPrivateKey(Array(hex: "acbece18054426b4c763a7524b22b6f7d34cf40fd38c1df303138f825d82cddd"))),
            key: try ellSwiftKey(Array(hex: responderKey)), garbage: [])
        #expect(initiator.opening.hex == initiatorKey + "627463736861726b20696e69746961746f72")
        #expect(responder.opening.hex == responderKey)
        var ours = try initiator.agree(with: try ellSwiftKey(responder.opening))
        let theirs = try responder.agree(with: try ellSwiftKey(initiator.opening))
        #expect(ours.secret.bytes.hex == "0e6819850ca8b50f3056709828b302c4df779016553980608dd526cd125c10d4")
        #expect(theirs.secret == ours.secret)
        #expect(
            ours.schedule.sessionID.hex == "a1ac0c0fb52d114e225242ef39b6fad7101e3376f0a5348dc4f2ce682ebd7f8f")
        var bytes: [UInt8] = []
        try ours.sealer.appendVersion(to: &bytes)
        #expect(bytes.hex == "c417033af1aea2526864330910775a96640c5939e92e7e6204fc541eb33b53a998380a03")
    }

    /// Whether decoys come first, and how long the garbage of the initiator and of the responder is.
    @Test(arguments: [(false, 0, 4095), (true, 1, 17), (true, 4095, 0), (false, nil, nil)] as [(Bool, Int?, Int?)])
    func `both sides read each other`(_ hasDecoys: Bool, _ initiatorGarbage: Int?, _ responderGarbage: Int?) throws {
        var generator = SeededGenerator(seed: 8)
        let initiator = try V2Handshake(
            .initiator, on: Self.regtest, garbage: initiatorGarbage.map { generator.bytes($0) }, using: &generator)
        let responder = try V2Handshake(
            .responder, on: Self.regtest, garbage: responderGarbage.map { generator.bytes($0) }, using: &generator)
        #expect(initiator.opening == initiator.key.bytes + initiator.garbage)
        var ours = try initiator.agree(with: try ellSwiftKey(responder.opening))
        var theirs = try responder.agree(with: try ellSwiftKey(initiator.opening))
        #expect(ours.schedule.sessionID == theirs.schedule.sessionID)
        var atResponder = Opener(theirs, of: .initiator)
        var atInitiator = Opener(ours, of: .responder)
        let sent = try talk(&ours.sealer, hasDecoys, initiator.opening, &generator)
        deliver(sent.bytes, to: &atResponder, &generator)
        let answered = try talk(&theirs.sealer, hasDecoys, responder.opening, &generator)
        deliver(answered.bytes, to: &atInitiator, &generator)
        for (opener, expected) in [(atResponder, sent.packets), (atInitiator, answered.packets)] {
            #expect(opener.failure == nil)
            #expect(opener.unread.isEmpty)
            let isSame = opener.received == expected
            #expect(isSame)
        }
        #expect(atResponder.garbageLength == initiator.garbage.count)
        #expect(atInitiator.garbageLength == responder.garbage.count)
    }

    /// Everything that one side sends: beyond two changes of keys.
    private func talk(
        _ sealer: inout V2Sealer, _ hasDecoys: Bool, _ opening: [UInt8], _ generator: inout SeededGenerator
    ) throws -> (bytes: [UInt8], packets: [Received]) {
        var bytes = opening
        var packets: [Received] = []
        if hasDecoys {
            let contents = generator.bytes(30)
            try sealer.append(contents: contents, isDecoy: true, to: &bytes)
            packets.append(Received(plain: [0x80] + contents, isVersion: false))
        }
        try sealer.appendVersion(to: &bytes)
        packets.append(Received(plain: [0], isVersion: true))
        while sealer.count < 460 {
            let payload = generator.bytes(Int.random(in: 0...80, using: &generator))
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                try sealer.append(Command("tx"), payload.span.bytes, to: &bytes)
                packets.append(Received(plain: [0, 21] + payload, isVersion: false, message: "tx"))
            case 1:
                try sealer.append(Command("sendaddrv2"), payload.span.bytes, to: &bytes)
                let command = Array("sendaddrv2".utf8) + [0, 0]
                packets.append(
                    Received(plain: [0, 0] + command + payload, isVersion: false, message: "sendaddrv2"))
            default:
                try sealer.append(contents: payload, isDecoy: true, to: &bytes)
                packets.append(Received(plain: [0x80] + payload, isVersion: false))
            }
        }
        return (bytes, packets)
    }

    /// In pieces, as they come from a network.
    private func deliver(_ bytes: [UInt8], to opener: inout Opener, _ generator: inout SeededGenerator) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...1500, using: &generator))
            opener.receive(piece)
            rest = rest.dropFirst(piece.count)
        }
    }

    @Test func `nobody else is understood`() throws {
        var generator = SeededGenerator(seed: 9)
        let initiator = try V2Handshake(.initiator, on: Self.regtest, garbage: [], using: &generator)
        let responder = try V2Handshake(.responder, on: Self.regtest, using: &generator)
        let other = try V2Handshake(.responder, on: Self.regtest, using: &generator)
        let abroad = try V2Handshake(.responder, on: Network(magic: 0xf9be_b4d9), using: &generator)
        let ours = try initiator.agree(with: responder.key)
        // Another's keys behind the responder's own, and the responder's on another network.
        let strangers = [
            (responder.key, try other.agree(with: initiator.key)), (abroad.key, try abroad.agree(with: initiator.key)),
        ]
        for (key, stranger) in strangers {
            var agreement = stranger
            var opener = Opener(try initiator.agree(with: key), of: .responder)
            var bytes = key.bytes
            try agreement.sealer.appendVersion(to: &bytes)
            while bytes.count < 5000 { try agreement.sealer.append(Command("ping"), RawSpan(), to: &bytes) }
            opener.receive(bytes)
            // The secret is of our own making, so what comes can only be garbage.
            let isTooLong = if case .garbageTooLong(let count) = opener.failure { count > 4095 } else { false }
            #expect(isTooLong, "\(String(describing: opener.failure))")
            #expect(opener.received.isEmpty)
        }
        // Garbage that was changed on its way is noticed by the first packet.
        var theirs = try responder.agree(with: initiator.key)
        var bytes = responder.opening
        try #require(!responder.garbage.isEmpty)
        try theirs.sealer.appendVersion(to: &bytes)
        bytes[EllSwiftKey.byteCount] ^= 1
        var opener = Opener(ours, of: .responder)
        opener.receive(bytes)
        #expect(opener.failure == .notAuthentic(packet: 0))
    }

    @Test func `garbage is bounded, and random unless it is given`() throws {
        #expect(throws: V2SealingError.garbageTooLong(4096)) {
            try V2Handshake(.initiator, on: Self.regtest, garbage: [UInt8](repeating: 1, count: 4096))
        }
        let handshakes = try (0..<8).map { _ in try V2Handshake(.initiator, on: Self.regtest) }
        #expect(Set(handshakes.map(\.key)).count == 8)
        #expect(Set(handshakes.map(\.garbage.count)).count > 1)
        #expect(handshakes.allSatisfy { $0.garbage.count <= 4095 })
    }
}
