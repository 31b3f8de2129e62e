import Reassembly
import Testing

/// Who is forgotten where memory is short.
@Suite struct EvictionTests {
    private func confirm(_ harness: inout Harness, _ client: Endpoint) {
        harness.handshake(client: client)
        harness.send(.forward, 1000, text("abcd"), ack: 5000, client: client)
        harness.send(.backward, 5000, text("wxyz"), ack: 1004, client: client)
        harness.send(.forward, 1004, ack: 5004, client: client)
    }

    /// Spoofed packets have payload of one side, or of both, but no acknowledgements of each other's.
    @Test(arguments: [false, true]) func spoofedPacketsEvictNobodyThatIsConfirmed(_ haveBothSides: Bool) {
        var harness = Harness { $0.totalBytes = 16 << 20 }
        harness.sink.keepsData = false
        let client = Endpoint(ipv4: 1, port: 1)
        confirm(&harness, client)
        let count: UInt32 = haveBothSides ? 30_000 : 200_000
        for index in 0..<count {
            let spoofed = Endpoint(ipv4: 1000 + index, port: 1)
            harness.send(.forward, index, text("version"), ack: 7, client: spoofed)
            if haveBothSides { harness.send(.backward, 7, text("version"), ack: index, client: spoofed) }
        }
        #expect(harness.statistics.evictions > 20_000)
        #expect(harness.sink[0]?.closed == nil && harness.sink[0, .backward]?.closed == nil)
        #expect(harness.send(.forward, 1004, text("efgh"), client: client).connection == 0)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.position == 8)
    }

    /// Closed ones first, then those of one side, then those of both, then the confirmed.
    @Test func theOrder() {
        var harness = Harness { $0.connections = 5 }
        let clients = (1...10).map { Endpoint(ipv4: UInt32($0), port: 1) }
        confirm(&harness, clients[0])
        harness.send(.forward, 1000, text("abcd"), client: clients[1])
        harness.send(.backward, 5000, text("wxyz"), ack: 1000, client: clients[1])
        harness.send(.forward, 1000, text("abcd"), client: clients[2])
        harness.send(.forward, 1000, flags: .syn, client: clients[3])
        confirm(&harness, clients[4])
        harness.send(.forward, 1004, flags: .rst, client: clients[4])
        // Each new one is confirmed, and so stays.
        for (index, evicted) in [4, 3, 2, 1, 0].enumerated() {
            let before = harness.sink.closes.count
            confirm(&harness, clients[5 + index])
            let closed = harness.sink.closes.dropFirst(before).map(\.connection)
            #expect(closed.allSatisfy { $0 == UInt64(evicted) })
            #expect(closed.isEmpty == (evicted == 3), "\(evicted) is forgotten")
        }
    }

    /// A connection of five years ago is no less one.
    @Test func aPauseForgetsNobody() {
        var harness = Harness()
        confirm(&harness, clientEnd)
        for _ in 0..<100 {
            harness.time += 365 * 24 * 3600 * second
            harness.send(.forward, 1, flags: .syn, client: Endpoint(ipv4: 9, port: 9))
        }
        #expect(harness.send(.forward, 1004, text("efgh")).connection == 0)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefgh"))
    }
}
