import Support
import Testing

/// Peers that ask much, answer nothing, and choose nonces, hashes and commands so that relating them costs most.
///
/// What is asked is remembered within 176 MiB above what the reading itself takes, of full size.
@Suite(.serialized) struct HostileQuestionTests {
    private static let requests = ["-q", "-z", "requests"]
    private static let all =
        ["-q"] + ["capture", "connections", "bytes", "latency", "requests", "census"].flatMap { ["-z", $0] }
    /// MiB: what a flood takes without a question, and what questions may take.
    private static let memory = Trial.isFull ? 64 + 176 : 128

    /// Another nonce each, with the same lower half.
    private func nonce(_ index: Int) -> [UInt8] { [1, 2, 3, 4] + bigEndian(UInt32(truncatingIfNeeded: index)) }

    /// The same first bytes and another end each.
    private func hash(_ index: Int) -> [UInt8] {
        [UInt8](repeating: 6, count: 20) + bigEndian(UInt32(truncatingIfNeeded: index))
            + [UInt8](repeating: 0, count: 8)
    }

    @Test func pingsWithoutAnswer() throws {
        try Trial.expectLinear(
            "pings", count: (60_000, 1_000_000), memory: Self.memory, [Self.requests, Self.all]
        ) { flood, count in
            flood.open()
            for index in 0..<count { flood.message("ping", nonce(index)) }
        }
    }

    /// So many connections that all together may not have as many as each may have.
    @Test func pingsOnManyConnections() throws {
        try Trial.expectLinear(
            "pings of many", count: (60_000, 1_500_000), memory: Self.memory, [Self.requests]
        ) { flood, count in
            let connections = 1_000
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index % connections), port: 40_000)
                let turn = index / connections
                if turn == 0 { flood.segment(from: sender, sequence: 0, flags: 0x02) }
                flood.segment(
                    from: sender, sequence: UInt32(1 + turn * 32), flags: 0x18, framed("ping", nonce(index)))
            }
        }
    }

    /// All of one nonce, answered one by one.
    @Test func pingsOfOneNonce() throws {
        try Trial.expectLinear("one nonce", count: (40_000, 400_000), memory: Self.memory, [Self.requests]) {
            flood, count in
            let (ping, pong) = (framed("ping", nonce(1)), framed("pong", nonce(1)))
            flood.open()
            for _ in 0..<count { flood.stream(ping) }
            for index in 0..<count {
                flood.segment(
                    from: Flood.victim, to: Flood.attacker, sequence: UInt32(1 + index * pong.count), flags: 0x18, pong)
            }
        }
    }

    /// Of one nonce, and before each answer bytes are missing: each answer was begun before most of the pings.
    @Test func pingsOfOneNonceBehindHoles() throws {
        try Trial.expectLinear("holes", count: (10_000, 24_000), memory: Self.memory, [Self.requests]) { flood, count in
            let (ping, pong) = (framed("ping", nonce(1)), framed("pong", nonce(1)))
            flood.open()
            for index in 0..<count {
                flood.stream(ping)
                let place = UInt32(1 + 16 + index * (16 + pong.count))
                flood.segment(from: Flood.victim, to: Flood.attacker, sequence: place, flags: 0x18, pong)
            }
            for _ in 0..<count { flood.stream(ping) }
            let end = UInt32(1 + count * (16 + pong.count))
            for _ in 0..<3 {
                flood.segment(
                    from: Flood.attacker, sequence: UInt32(1 + 2 * count * ping.count), acknowledgement: end,
                    after: 20_000_000)
            }
        }
    }

    /// 50,000 hashes a message.
    @Test func getdataForEver() throws {
        try Trial.expectLinear("getdata", count: (8, 60), memory: Self.memory, [Self.requests, Self.all]) {
            flood, count in
            flood.open()
            for index in 0..<count {
                var inventory = compactSize(50_000)
                for place in 0..<50_000 { inventory += [1, 0, 0, 0] + hash(index * 50_000 + place) }
                flood.message("getdata", inventory)
            }
        }
    }

    /// The same hash again and again, and a `notfound` for each.
    @Test func oneHashForEver() throws {
        try Trial.expectLinear("one hash", count: (8, 40), memory: Self.memory, [Self.requests]) { flood, count in
            let inventory = compactSize(50_000) + repeated([1, 0, 0, 0] + hash(1), 50_000)
            let answer = framed("notfound", inventory)
            var place: UInt32 = 1
            flood.open()
            for _ in 0..<count {
                flood.message("getdata", inventory)
                for start in stride(from: 0, to: answer.count, by: 1448) {
                    let piece = answer[start..<min(start + 1448, answer.count)]
                    flood.segment(from: Flood.victim, to: Flood.attacker, sequence: place, flags: 0x18, piece)
                    place &+= UInt32(piece.count)
                }
            }
        }
    }

    /// As many hashes as a locator may have, and as many as a message may have; on many connections.
    @Test(arguments: [101, 120_000]) func locators(_ length: Int) throws {
        let count = length == 101 ? (4_000, 40_000) : (8, 80)
        try Trial.expectLinear("locators of \(length)", count: count, memory: Self.memory, [Self.requests]) {
            flood, count in
            let hashes = (0..<length).flatMap { hash($0) }
            let version: [UInt8] = [0, 0, 1, 0]
            let message = framed("getheaders", version + compactSize(length) + hashes + hash(0))
            let empty = framed("headers", [0])
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index), port: 40_000)
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                for start in stride(from: 0, to: message.count, by: 1448) {
                    flood.segment(
                        from: sender, sequence: UInt32(1 + start), flags: 0x18,
                        message[start..<min(start + 1448, message.count)])
                }
                if index % 2 == 0 {
                    flood.segment(from: Flood.victim, to: sender, sequence: 1, flags: 0x18, empty)
                }
            }
        }
    }

    /// Filters that end none of the requests that wait, after a hole.
    @Test func filtersThatEndNothing() throws {
        try Trial.expectLinear("filters", count: (10_000, 40_000), memory: Self.memory, [Self.requests]) {
            flood, count in
            flood.open()
            for index in 0..<count { flood.message("getcfilters", [0, 0, 0, 0, 0] + hash(index)) }
            let end = UInt32(1 + count * 61)
            var place: UInt32 = 1 + 100
            for index in 0..<count {
                let filter = framed("cfilter", [0] + hash(1_000_000 + index) + [0])
                flood.segment(from: Flood.victim, to: Flood.attacker, sequence: place, flags: 0x18, filter)
                place += UInt32(filter.count)
                if index == 10 {
                    flood.segment(from: Flood.attacker, sequence: end, acknowledgement: place, after: 1_000_000)
                    flood.segment(from: Flood.attacker, sequence: end, acknowledgement: place, after: 1_000_000)
                }
            }
        }
    }

    /// Requests of all kinds by both sides of each connection, and pings that are answered.
    @Test func connections() throws {
        try Trial.expectLinear(
            "connections", count: (2_000, 20_000), memory: Self.memory, [Self.all]
        ) { flood, count in
            var inventory = compactSize(5)
            for type in 1...5 as ClosedRange<UInt8> { inventory += [type, 0, 0, 0] + hash(1) }
            let filters: [UInt8] = [0, 0, 0, 0, 0] + hash(3)
            let locator: [UInt8] = [0, 0, 1, 0, 1] + hash(2)
            var asks = framed("getdata", inventory) + framed("getblocktxn", hash(1) + [0])
            asks += framed("getaddr") + framed("getheaders", locator + hash(0))
            asks += framed("getcfilters", filters) + framed("getcfheaders", filters)
            asks += framed("getcfcheckpt", [0] + hash(3)) + framed("ping", nonce(1))
            let answer = framed("pong", nonce(1)) + framed("tx", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index), port: 40_000)
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                flood.segment(from: Flood.victim, to: sender, sequence: 0, acknowledgement: 1, flags: 0x12)
                flood.segment(from: sender, sequence: 1, acknowledgement: 1, flags: 0x18, asks)
                flood.segment(
                    from: Flood.victim, to: sender, sequence: 1, acknowledgement: UInt32(1 + asks.count), flags: 0x18,
                    asks + answer)
                flood.segment(
                    from: sender, sequence: UInt32(1 + asks.count),
                    acknowledgement: UInt32(1 + asks.count + answer.count), flags: 0x18, answer)
            }
        }
    }

    /// Commands that nobody has heard of, each another, on one connection and on many.
    @Test(arguments: [1, 1_000]) func madeUpCommands(_ connections: Int) throws {
        try Trial.expectLinear(
            "commands on \(connections)", count: (60_000, 1_000_000), memory: Self.memory, [["-q", "-z", "bytes"]]
        ) { flood, count in
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index % connections), port: 40_000)
                let turn = index / connections
                if turn == 0 { flood.segment(from: sender, sequence: 0, flags: 0x02) }
                var message = framed("zzzzzzzzzzz")
                message.replaceSubrange(8..<15, with: Array(String(1_000_000 + index).utf8))
                flood.segment(from: sender, sequence: UInt32(1 + turn * message.count), flags: 0x18, message)
            }
        }
    }

    /// Another user agent and another address on each connection.
    @Test func userAgents() throws {
        try Trial.expectLinear(
            "agents", count: (12_000, 200_000), memory: Self.memory,
            [["-q", "-z", "census"], ["-z", "census", "--json"]]
        ) { flood, count in
            let start: [UInt8] = [0x80, 0x11, 1, 0] + [UInt8](repeating: 9, count: 16)
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index), port: 40_000)
                let agent = [UInt8](repeating: 0x1b, count: 252) + bigEndian(UInt32(index))
                let receiver = [UInt8](repeating: 0, count: 16) + bigEndian(UInt32(index))
                var version = start + receiver + [UInt8](repeating: 3, count: 6)
                version += [UInt8](repeating: 0, count: 34) + [0xfd, 0, 1] + agent + bigEndian(UInt32(index))
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                flood.segment(from: sender, sequence: 1, flags: 0x18, framed("version", version))
            }
        }
    }

    /// What is looked for at every byte, and in every entry.
    @Test func matchesEverywhere() throws {
        let zero = String(repeating: "00", count: 32)
        try Trial.expectLinear(
            "matches", count: (8, 60), memory: Self.memory,
            [["--find", zero], ["--find", zero, "-T", "ndjson", "-e", "bitcoin.found"]]
        ) { flood, count in
            flood.open()
            let inventory = compactSize(50_000) + [UInt8](repeating: 0, count: 50_000 * 36)
            for _ in 0..<count { flood.message("inv", inventory) }
        }
    }
}
