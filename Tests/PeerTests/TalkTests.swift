#if Peer
import BitcoinP2P
import Fields
import NIOCore
import NIOEmbedded
import Support
import Testing

@testable import Peer

@Suite struct TalkTests {
    private let network = Network(magic: 0xf9be_b4d9)
    private let maker = MessageMaker(name: "btcshark:1", contact: "a@b")

    /// What we say of ourselves, as our own dissection reads it.
    @Test func versionSaysWhoWeAre() throws {
        let target = try #require(Target("192.0.2.7:8334", defaultPort: 1))
        let frame = maker.version(to: target, nonce: 0x0102_0304_0506_0708, time: 1_700_000_000)
        let type = try #require(MessageTypes.standard[Command("version")])
        var sink = TreeSink()
        let outcome = type.dissect(
            frame.payload.span.bytes, from: 0, MessageContext(network: network, time: 0), into: &sink)
        #expect(outcome == .complete && sink.tree.annotations.isEmpty)
        let claims = try #require(VersionReader.read(frame.payload, network))
        #expect(claims.version == 70016 && claims.services == 0 && claims.timestamp == 1_700_000_000)
        #expect(claims.nonce == 0x0102_0304_0506_0708 && claims.startHeight == 0 && claims.relays == false)
        #expect(claims.userAgent == Array("/btcshark:1(a@b)/".utf8))
        #expect(claims.receiver == .init(address: Array("192.0.2.7".utf8), port: 8334))
        #expect(claims.sender == .init(address: Array("::".utf8), port: 0))
        let bytes = frame.bytes(on: network)
        let isSound = MessageHeader.isSound(bytes.span.bytes, network: network)
        #expect(isSound)
    }

    /// The same messages however the bytes come.
    @Test func framesDoNotDependOnTheirPieces() throws {
        let frames = [
            maker.version(to: nil, nonce: 1, time: 2), Frame(Command("verack")), maker.ping(7),
            Frame(Command("unheardof"), [UInt8](repeating: 3, count: 5000)),
        ]
        let bytes = frames.flatMap { $0.bytes(on: network) }
        for size in [1, 2, 23, 24, 25, 1000, bytes.count] {
            let channel = EmbeddedChannel(
                handler: ByteToMessageHandler(FrameDecoder(network: network, limits: .ofSurvey)))
            var at = 0
            while at < bytes.count {
                try channel.writeInbound(ByteBuffer(bytes: bytes[at..<min(bytes.count, at + size)]))
                at += size
            }
            for frame in frames { #expect(try channel.readInbound(as: Frame.self) == frame) }
            #expect(try channel.finish().isClean)
        }
    }

    /// Counts of addresses are what the peer says, however much that is; its pings are answered if they are of a node.
    @Test func whatAPeerSaysIsBounded() throws {
        var talk = Talk(Acquaintance(), maker, on: network, to: nil, Talk.Extras(), nonce: 1)
        let boast = Frame(Command("addr"), [UInt8](repeating: 0xff, count: 8) + [0x7f])
        for _ in 0..<3 { #expect(try talk.receive(boast, at: .zero, nonce: 2).isEmpty) }
        #expect(talk.known.addresses == 3000)
        _ = try talk.receive(maker.version(to: nil, nonce: 5, time: 6), at: .zero, nonce: 2)
        #expect(try talk.receive(maker.ping(7), at: .zero, nonce: 2).count == 1)
        let long = Frame(Command("ping"), [UInt8](repeating: 1, count: 2000))
        #expect(try talk.receive(long, at: .zero, nonce: 2).isEmpty)
    }

    /// The bound is on the sum: messages that are small each are as much as a large one.
    @Test func bytesBeforeTheHandshakeAreBounded() throws {
        var limits = FrameLimits()
        limits.beforeVerack = 1000
        limits.message = 2000
        limits.afterVerack = 3000
        let version = maker.version(to: nil, nonce: 1, time: 2)
        let small = Frame(Command("addr"), [UInt8](repeating: 0, count: 276))
        let verack = Frame(Command("verack"))
        let large = Frame(Command("block"), [UInt8](repeating: 0, count: 1976))
        for (frames, passed, end) in [
            ([small, small, small, small], 3, MeetingOutcome.tooMuch),
            ([Frame(Command("addr"), [UInt8](repeating: 0, count: 977))], 0, .tooLong),
            // Without a version before it a verack is none.
            ([verack, large], 1, .tooLong),
            ([version, verack, large, large], 3, .tooMuch),
            ([version, verack, Frame(Command("block"), [UInt8](repeating: 0, count: 1977))], 2, .tooLong),
        ] {
            let channel = EmbeddedChannel(handler: ByteToMessageHandler(FrameDecoder(network: network, limits: limits)))
            let bytes = frames.flatMap { $0.bytes(on: network) }
            #expect(throws: end) { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
            var count = 0
            while try channel.readInbound(as: Frame.self) != nil { count += 1 }
            #expect(count == passed, "\(end)")
            _ = try? channel.finish()
        }
    }

    @Test func handshakeIsCompleteWithThePong() throws {
        var talk = Talk(Acquaintance(), maker, on: network, to: nil, Talk.Extras(), nonce: 99)
        let version = maker.version(to: nil, nonce: 5, time: 2)
        let answer = try talk.receive(version, at: .seconds(1), nonce: 1)
        #expect(answer == [Command("wtxidrelay"), Command("sendaddrv2"), Command("verack")].map { .frame(Frame($0)) })
        #expect(try talk.receive(version, at: .seconds(1), nonce: 1).isEmpty, "a second version is ignored")
        #expect(try talk.receive(maker.frame("pong", 3), at: .seconds(2), nonce: 3).isEmpty && !talk.isComplete)
        #expect(try talk.receive(Frame(Command("verack")), at: .seconds(2), nonce: 3) == [.frame(maker.ping(3))])
        _ = try talk.receive(maker.frame("pong", 4), at: .seconds(3), nonce: 0)
        #expect(!talk.isComplete, "another nonce")
        _ = try talk.receive(maker.frame("pong", 3), at: .seconds(4), nonce: 0)
        #expect(talk.isComplete && talk.hasAll && talk.known.outcome == .complete)
        #expect(talk.known.roundTrips == [.seconds(2)])
        #expect(talk.known.fingerprint == "version version pong verack pong pong")
    }

    @Test func eachOutcomeHasAWordOfItsOwn() {
        let words = MeetingOutcome.all.map(\.word)
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { $0.utf8.allSatisfy { $0 == 0x2d || (0x61...0x7a).contains($0) } })
    }

    /// What a row says is read back, whatever the peer called itself.
    @Test func rowsAreReadBack() throws {
        var known = Acquaintance()
        known.outcome = .timeout(.pong)
        known.begun = 1_700_000_000_123_456_789
        known.versionCame = .milliseconds(12)
        known.claims.userAgent = Array("/\u{1b}[31m\"\\\n\u{202e}é/".utf8) + [0xff, 0x00]
        known.claims.version = -1
        known.claims.services = .max
        known.claims.startHeight = 5
        known.claims.relays = false
        known.claims.receiver = .init(address: Array("192.0.2.1".utf8), port: 8333)
        let target = try #require(Target("[2001:db8::1]:1", defaultPort: 1))
        var text = TextBuffer()
        SurveyRow.append(target, known, network, to: &text)
        #expect(text.bytes.last == 0x0a && text.bytes.dropLast().allSatisfy { $0 >= 0x20 })
        #expect(SurveyFile.target(of: text.bytes.dropLast()) == target.text)
        let row = try #require(SurveyReader(text.bytes.dropLast()))
        #expect(row.target == target.text && row.outcome == "timeout-pong" && !row.isV2)
        #expect(row.claims == known.claims)
        #expect(abs(row.begun - known.begun) < 2_000)
        #expect(SurveyReader(Array("{\"target\":\"x\"".utf8)) == nil && SurveyReader(Array("[]".utf8)) == nil)
    }
}

extension MessageMaker {
    fileprivate func frame(_ command: StaticString, _ nonce: UInt64) -> Frame {
        Frame(Command(command), ping(nonce).payload)
    }
}
#endif
