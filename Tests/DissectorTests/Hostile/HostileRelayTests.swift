import Support
import Testing

/// Peers that announce for ever, and choose hashes so that remembering them costs most.
@Suite(.serialized) struct HostileRelayTests {
    private static let relay = ["-q", "-z", "relay"]
    private static let memory = Trial.isFull ? 64 + 176 : 128

    /// The same first bytes and another end each.
    private func hash(_ index: Int) -> [UInt8] {
        [UInt8](repeating: 6, count: 20) + bigEndian(UInt32(truncatingIfNeeded: index))
            + [UInt8](repeating: 0, count: 8)
    }

    private func inventory(from first: Int, _ count: Int) -> [UInt8] {
        var inventory = compactSize(count)
        for place in 0..<count { inventory += [5, 0, 0, 0] + hash(first + place) }
        return inventory
    }

    /// The same 50,000 in each of many messages.
    @Test func chosenHashes() throws {
        try Trial.expectLinear("chosen hashes", count: (4, 20), memory: Self.memory, [Self.relay]) { flood, count in
            flood.open()
            let message = framed("inv", inventory(from: 0, 50_000))
            for _ in 0..<count { flood.stream(message) }
        }
    }

    /// New ones in each message, and in each of many connections.
    @Test func announcementsForEver() throws {
        try Trial.expectLinear("announcements", count: (8, 60), memory: Self.memory, [Self.relay]) { flood, count in
            flood.open()
            for index in 0..<count { flood.message("inv", inventory(from: index * 50_000, 50_000)) }
        }
    }

    /// Few transactions, told of by many: each connection has a part in each.
    @Test func manyAnnouncers() throws {
        try Trial.expectLinear("announcers", count: (1_000, 15_000), memory: Self.memory, [Self.relay]) {
            flood, count in
            let message = framed("inv", inventory(from: 0, 250))
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index), port: 40_000)
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                for start in stride(from: 0, to: message.count, by: 1448) {
                    flood.segment(
                        from: sender, sequence: UInt32(1 + start), flags: 0x18,
                        message[start..<min(start + 1448, message.count)])
                }
            }
        }
    }
}
