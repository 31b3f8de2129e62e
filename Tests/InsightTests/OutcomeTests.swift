import Reassembly
import Testing

@testable import Insight

/// How requests end that nobody has answered.
struct OutcomeTests {
    private func ask(_ chat: inout Chat) {
        chat.say(.forward, "ping", Made.number(UInt64(1)))
        chat.say(.forward, "getdata", Made.inventory((1, Made.hash(1)), (2, Made.hash(2))))
        chat.say(.forward, "getaddr")
        chat.say(.backward, "verack")
    }

    /// A deadline has passed when more than it has; what has none stays open.
    @Test func deadlines() {
        var chat = Chat()
        ask(&chat)
        chat.time = 60 * Chat.second + 2 * Chat.millisecond
        #expect(chat.tally(.tx).open == 1)
        chat.time += 1
        #expect(chat.tally(.tx).unanswered == 1)
        #expect(chat.tally(.block).open == 1 && chat.tally(.ping).open == 1)
        chat.time = 5_000 * Chat.second
        #expect(chat.tally(.block).unanswered == 1 && chat.tally(.ping).unanswered == 1)
        #expect(chat.tally(.addr) == Counted(requests: 1, open: 1))
    }

    /// The connection's end counts, not the capture's.
    @Test func closed() {
        var chat = Chat()
        ask(&chat)
        chat.time += 100 * Chat.second
        chat.close()
        chat.time += 5_000 * Chat.second
        #expect(chat.tally(.tx) == Counted(requests: 1, unanswered: 1))
        #expect(chat.tally(.ping) == Counted(requests: 1, open: 1))
        #expect(chat.tally(.addr) == Counted(requests: 1, open: 1))
    }

    /// One side has ended: the other may yet answer.
    @Test func halfClosed() {
        var chat = Chat()
        ask(&chat)
        chat.close(Direction.forward)
        #expect(chat.say(.backward, "pong", Made.number(UInt64(1))).count == 1)
        chat.time += 5_000 * Chat.second
        #expect(chat.tally(.tx).open == 1 && chat.tally(.block).open == 1, "nobody waits any more")
    }

    /// What may be the answer was captured before the request, as on several queues: nobody is called silent.
    @Test func answersCapturedEarly() {
        var chat = Chat()
        chat.say(.backward, "pong", Made.number(UInt64(1)))
        chat.say(.forward, "ping", Made.number(UInt64(1)))
        chat.say(.forward, "ping", Made.number(UInt64(2)))
        #expect(chat.tally(.ping).open == 2)
        chat.time = 5_000 * Chat.second
        #expect(chat.tally(.ping) == Counted(requests: 2, unanswered: 1, unclear: 1))
    }

    /// Where the clock runs back an answer has no time.
    @Test func clockThatRunsBack() {
        var chat = Chat()
        chat.time = 100 * Chat.second
        chat.say(.forward, "ping", Made.number(UInt64(1)))
        chat.time = 50 * Chat.second
        let related = chat.say(.backward, "pong", Made.number(UInt64(1)))
        #expect(related.map(\.responseTime) == [nil])
        #expect(chat.tally(.ping).answered == 1)
    }

    @Test func holesAreNotSilence() {
        var chat = Chat()
        ask(&chat)
        chat.lose(.backward)
        chat.say(.forward, "getdata", Made.inventory((1, Made.hash(7))))
        chat.time += 100 * Chat.second
        #expect(
            chat.tally(.tx) == Counted(requests: 2, unanswered: 1, unclear: 1), "only the first was before the hole")
        chat.loseEnd(.backward)
        #expect(chat.tally(.tx) == Counted(requests: 2, unclear: 2))
        #expect(chat.tally(.ping).open == 1)
    }

    @Test func holesOfTheAskingSide() {
        var chat = Chat()
        ask(&chat)
        chat.lose(.forward)
        chat.loseEnd(.forward)
        chat.time += 100 * Chat.second
        #expect(chat.tally(.tx) == Counted(requests: 1, unanswered: 1))
    }

    /// Beyond the limit the oldest is forgotten, and it is known from when on.
    @Test func limitOfADirection() {
        var chat = Chat(limits: Requests.Limits(ofDirection: 3))
        for number in 0..<5 as Range<UInt64> { chat.say(.forward, "ping", Made.number(number)) }
        for number in 0..<3 as Range<UInt64> { chat.say(.backward, "ping", Made.number(number)) }
        #expect(chat.tally(.ping) == Counted(requests: 5, unclear: 2, open: 3))
        #expect(chat.tally(.ping, of: .backward) == Counted(requests: 3, open: 3))
        #expect(chat.relations.requests.forgottenPing == 4 * Chat.millisecond)
        #expect(chat.relations.requests.forgottenRequest == nil)
        #expect(chat.say(.backward, "pong", Made.number(UInt64(1))).isEmpty)
        #expect(chat.say(.backward, "pong", Made.number(UInt64(2))).count == 1)
    }

    /// Of all together it is one of the oldest, never one that was just asked.
    @Test func limitOfAll() {
        var chat = Chat(limits: Requests.Limits(ofAll: 4))
        for number in 0..<10 as Range<UInt64> {
            chat.say(.forward, "ping", Made.number(number), of: number % 2)
        }
        #expect(chat.relations.requests.count == 4)
        #expect(chat.tally(.ping, connection: 0) == Counted(requests: 5, unclear: 3, open: 2))
        #expect(chat.tally(.ping, connection: 1) == Counted(requests: 5, unclear: 3, open: 2))
        for number in 6..<10 as Range<UInt64> {
            #expect(chat.say(.backward, "pong", Made.number(number), of: number % 2).count == 1)
        }
    }

    @Test func limitOfLocators() {
        var chat = Chat(limits: Requests.Limits(locators: 2))
        for number in 1...4 as ClosedRange<UInt8> {
            chat.say(.forward, "getheaders", Made.getheaders([Made.hash(number)]))
        }
        #expect(chat.tally(.headers) == Counted(requests: 4, unclear: 2, open: 2))
        #expect(chat.relations.requests.forgottenRequest != nil)
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(2)))).isEmpty)
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(3)))).count == 1)
    }

    /// Every request ends in exactly one way, whatever comes.
    @Test(arguments: 0..<20) func anything(_ seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        var chat = Chat(limits: Requests.Limits(ofDirection: 20, ofAll: 60, locators: 3))
        let headers = (0..<4).map { Made.header(on: Made.hash(UInt8($0)), UInt32($0)) }
        var answered = 0
        for _ in 0..<3_000 {
            let side: Direction = random(2) == 0 ? .forward : .backward
            let (connection, pick) = (random(3), random(4))
            let header = headers[Int(pick)]
            let (hash, small) = (Made.name(header), Made.hash(UInt8(pick)))
            let early = chat.frame > 5 && random(4) == 0 ? chat.frame - random(4) : nil
            let (command, payload): (StaticString, [UInt8])
            switch random(16) {
            case 0, 1: (command, payload) = ("ping", Made.number(pick))
            case 2: (command, payload) = ("pong", Made.number(pick))
            case 3: (command, payload) = ("getdata", Made.inventory((2, hash), (4, hash), (3, hash), (1, small)))
            case 4: (command, payload) = ("block", Made.block(header))
            case 5: (command, payload) = ("notfound", Made.inventory((2, hash), (1, small)))
            case 6: (command, payload) = ("getheaders", Made.getheaders(pick == 0 ? [] : [small], stop: hash))
            case 7: (command, payload) = ("headers", pick == 1 ? Made.headers() : Made.headers(header))
            case 8: (command, payload) = ("getcfilters", Made.getfilters(UInt8(pick % 2), stop: small))
            case 9: (command, payload) = ("cfilter", Made.filter(UInt8(random(2)), small))
            case 10: (command, payload) = ("getblocktxn", Made.parts(hash))
            case 11: (command, payload) = ("getaddr", [])
            case 12: (command, payload) = ("addr", Made.addresses(2))
            case 13:
                chat.lose(side, of: connection)
                continue
            case 14:
                if random(50) == 0 { chat.close(connection) }
                continue
            default: (command, payload) = ("cmpctblock", Made.compactBlock(header))
            }
            let pairs = chat.say(side, command, payload, of: connection, first: early)
            answered += pairs.count
            if pairs.contains(where: { $0.responseTime ?? 0 < 0 || $0.requestFrame >= early ?? chat.frame }) {
                Issue.record("an answer before its request")
                return
            }
        }
        #expect(answered > 100)
        #expect(chat.relations.requests.count <= 60)
        for connection in 0..<3 as Range<UInt64> {
            for side in [Direction.forward, .backward] {
                var requests: UInt64 = 0
                for kind in RequestKind.allCases {
                    let tally = chat.tally(kind, of: side, connection: connection)
                    if tally.open > tally.requests {
                        Issue.record("\(kind): more ended than were asked")
                        return
                    }
                    requests += tally.requests
                }
                if requests == 0 {
                    Issue.record("nothing was asked")
                    return
                }
            }
        }
    }
}
