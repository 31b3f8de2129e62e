import BitcoinP2P
import Fields
import Output
import Reassembly
import Records
import Support
import Testing

@testable import Dissector

/// What is remarked on the place of messages in their conversation, however they came.
@Suite struct ConversationTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let verack = framed("verack")
    private let late = framed("sendaddrv2")
    private let remarks: Set<String> = [
        "bitcoin.version.repeated", "bitcoin.message.after_verack", "bitcoin.message.before_version",
        "bitcoin.pong.without_ping",
    ]

    /// The remarks on each message of pasted bytes.
    private func remarks(pasted bytes: [[UInt8]]...) -> [Set<String>] {
        let writer = CollectingWriter()
        var messages = PastedMessages(writer: writer)
        for bytes in bytes { _ = messages.dissect(Array(bytes.joined()).span.bytes) }
        return writer.records.map { $0.notes.intersection(remarks) }
    }

    // MARK: Pasted bytes

    /// A second version may be the other side's, and what the other side has asked is not known.
    @Test func pastedBytesAreRemarkedWhereItIsCertain() {
        let pong = framed("pong", filler(8))
        let after: Set<String> = ["bitcoin.message.after_verack"]
        #expect(remarks(pasted: [version, late, verack, pong, late]) == [[], [], [], [], after])
        #expect(remarks(pasted: [version, version, verack, late]) == [[], [], [], []])
        #expect(remarks(pasted: [verack, late], [pong]) == [[], [], []])
        #expect(remarks(pasted: [version, verack], [late]) == [[], [], []])
        let wrong = framed("version", [UInt8](repeating: 0, count: 86), checksum: 1)
        #expect(remarks(pasted: [wrong, verack, late]) == [[], [], []])
        // Of a verack with a wrong checksum nothing follows.
        #expect(remarks(pasted: [version, framed("verack", checksum: 1), late]) == [[], [], []])
    }

    @Test func aPastedVersionNamesNoSender() {
        final class Names: RecordSink {
            var names: [[UInt8]?] = []
            let wants = Wants(.tree, info: true)
            func begin() {}
            func end() {}
            func write(_ record: borrowing Record, _: RawSpan) { names.append(record.userAgent) }
        }
        let names = Names()
        var messages = PastedMessages(writer: names)
        _ = messages.dissect((version + verack).span.bytes)
        #expect(names.names == [nil, nil])
    }

    // MARK: Packets

    /// What a side has said is known until the other side ends, too.
    @Test func anAnswerAfterTheEndOfTheOtherSide() throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.send(.server, version + verack)
        talk.send(.client, verack + framed("ping", filler(8)))
        talk.finish(.client)
        talk.packet(.server, [], at: talk.server.sent)
        talk.send(.server, framed("pong", filler(8)))
        talk.send(.server, framed("pong", filler(9)))
        let found = try dissect(talk.packets).records.map { $0.notes.intersection(remarks) }
        #expect(found == [[], [], [], [], [], [], ["bitcoin.pong.without_ping"]])
    }

    /// The ping may be among the bytes that were lost, also when the side that lost them has ended.
    @Test func anAnswerAfterALossOfTheOtherSide() throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.send(.server, version + verack)
        talk.send(.client, verack)
        talk.lose(.client, 32)
        talk.settle()
        talk.finish(.client)
        talk.packet(.server, [], at: talk.server.sent)
        talk.send(.server, framed("pong", filler(8)))
        let found = try dissect(talk.packets).records
        #expect(found.map(\.command) == ["version", "version", "verack", "verack", "pong"])
        #expect(found.allSatisfy { $0.notes.isDisjoint(with: remarks) })
    }

    /// The records of a thread of their own are judged alike.
    @Test(arguments: [false, true]) func connectionsAreJudgedApart(usesThread: Bool) throws {
        var options = PipelineOptions()
        options.usesRecordThread = usesThread
        var first = Talk(from: 50_001)
        first.send(.client, version + verack + late)
        var second = Talk(from: 50_002)
        second.send(.client, verack + late)
        let found = try dissect(first.packets + second.packets, options).records
        #expect(
            found.map { $0.notes.intersection(remarks) } == [
                [], [], ["bitcoin.message.after_verack"], ["bitcoin.message.before_version"],
                ["bitcoin.message.before_version", "bitcoin.message.after_verack"],
            ])
    }

    // MARK: Memory

    private func sender(_ side: Direction) -> StreamSender {
        StreamSender(ends: nil, role: .unknown, side: side, seen: .both, firstSequence: 0)
    }

    private func say(
        _ command: Command, _ number: UInt64, _ side: Direction = .forward, to conversations: inout Conversations
    ) -> Conversations.Judgement {
        let header = MessageHeader(
            network: Network.known[0], command: command, length: 0, checksum: 0, form: .withChecksum)
        let message = MessageFramer.Message(header: header, payloadLength: 0, status: .good, payloadHash: nil)
        return conversations.receive(
            message, RawSpan(), of: sender(side), number: number,
            saying: Conduct.isVersion(command) ? .claims(Conduct.Claims()) : nil)
    }

    @Test func aConversationIsForgottenWhenBothSidesHaveEnded() {
        var conversations = Conversations()
        for side in [Direction.forward, .backward] { _ = say(Command("version"), 7, side, to: &conversations) }
        conversations.close(.forward, number: 7)
        #expect(conversations.count == 1)
        #expect(conversations.claims(of: .forward, number: 7) != nil)
        conversations.close(.backward, number: 7)
        #expect(conversations.count == 0)
        // The end of a side that has said nothing.
        _ = say(Command("version"), 8, to: &conversations)
        conversations.close(.backward, number: 8)
        #expect(conversations.count == 1)
        conversations.close(.forward, number: 8)
        conversations.close(.forward, number: 9)
        #expect(conversations.count == 0)
        // The other side has yet to answer.
        _ = say(Command("version"), 10, to: &conversations)
        conversations.close(.forward, number: 10)
        #expect(conversations.count == 1)
    }

    /// Nothing is said of a connection whose beginning was forgotten.
    @Test func theOldestConversationsAreForgotten() {
        var conversations = Conversations(limit: 8)
        for number in 0..<100 as Range<UInt64> {
            _ = say(Command("version"), number, to: &conversations)
            #expect(conversations.count <= 8)
        }
        #expect(say(Command("verack"), 3, to: &conversations).remarks.isEmpty)
        #expect(conversations.claims(of: .forward, number: 3) == nil)
        #expect(say(Command("verack"), 99, to: &conversations).claims != nil)
        #expect(say(Command("verack"), 100, to: &conversations).remarks.count == 1)
    }
}
