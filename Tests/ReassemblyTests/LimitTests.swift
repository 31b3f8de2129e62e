import Testing

@testable import Reassembly

@Suite struct LimitTests {
    @Test func bytesOfOneDirectionAheadOfTheirTurn() {
        var harness = Harness { $0.bytesPerDirection = 100 * (1000 + HeldSegment.overhead) }
        harness.handshake()
        let payload = [UInt8](repeating: 1, count: 1000)
        for index in UInt32(1)...100 { harness.send(.forward, 1000 + index * 1000, payload) }
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.send(.forward, 1000 + 101_000, payload)
        #expect(harness.sink[0]?.missing == [0..<1000])
        #expect(harness.sink[0]?.reasons == [.limit])
        #expect(harness.sink[0]?.data.count == 101_000)
    }

    @Test func unconsumedBytesAreGivenUp() {
        var harness = Harness { $0.bytesPerDirection = 100_000 }
        harness.sink.appetite = .nothing(minimum: .max)
        harness.handshake()
        let payload = [UInt8](repeating: 1, count: 1000)
        for index in UInt32(0)..<250 {
            harness.send(.forward, 1000 + index * 1000, payload)
            #expect(harness.assembler.bufferedBytes < 400_000)
        }
        #expect(harness.sink[0]?.gaps.map(\.range) == [101_000..<101_000, 202_000..<202_000])
        #expect(harness.sink[0]?.gaps.map(\.pending) == [101_000, 101_000])
        #expect(harness.sink[0]?.reasons == [.limit, .limit])
        #expect(harness.assembler.statistics.missingBytes == 0)
    }

    /// What a segment costs beside its bytes counts, too.
    @Test func bookkeepingOfSmallSegments() {
        var harness = Harness { $0.bytesPerDirection = 100_000 }
        var most = 0
        harness.handshake()
        for index in UInt32(1)...2000 {
            harness.send(.forward, 1000 + index * 10, text("abcd"))
            most = max(most, harness.assembler.bufferedBytes)
        }
        // Digests of what was delivered come beside it.
        #expect(most < 200_000)
        // About so many segments are held.
        let held = 100_000 / (4 + HeldSegment.overhead)
        let told = harness.sink[0]?.missing.count ?? 0
        #expect(told >= 2000 - held && told < 2000 - held + 100)
        #expect(harness.sink[0]?.data.count == told * 4)
        #expect(harness.sink[0]?.reasons.allSatisfy { $0 == .limit } == true)
    }

    @Test func theIdlestIsEvicted() {
        var harness = Harness { $0.totalBytes = 1 << 20 }
        harness.sink.appetite = .nothing(minimum: 4_000_000)
        let payload = [UInt8](repeating: 1, count: 1000)
        let clients = (0..<10).map { Endpoint(ipv4: UInt32($0), port: 1) }
        for round in UInt32(0)..<100 {
            for client in clients { harness.send(.forward, 1000 + round * 1000, payload, client: client) }
        }
        // Everyone had 100,000 bytes in turns; the memory they take is about twice that.
        #expect(harness.assembler.bufferedBytes <= 1 << 20)
        #expect(harness.assembler.statistics.evictions > 0)
        // One that goes on alone stays.
        let evicted = harness.sink[0]?.gaps.count ?? 0
        let evictions = harness.assembler.statistics.evictions
        for round in UInt32(100)..<300 { harness.send(.forward, 1000 + round * 1000, payload, client: clients[0]) }
        #expect(harness.sink[0]?.gaps.count == evicted)
        #expect(harness.assembler.statistics.evictions > evictions)
        #expect(harness.assembler.bufferedBytes <= 1 << 20)
        harness.finish()
        #expect(harness.sink.violations == [])
        #expect(harness.sink[0]?.data.count == 300_000)
    }

    @Test func evictionIsByIdleness() {
        var harness = Harness { $0.totalBytes = 60_000 }
        harness.sink.appetite = .nothing(minimum: 4_000_000)
        let payload = [UInt8](repeating: 1, count: 8000)
        let clients = (0..<6).map { Endpoint(ipv4: UInt32($0), port: 1) }
        for client in clients.prefix(4) { harness.send(.forward, 1000, payload, client: client) }
        // The first is used again, so that the second is the idlest.
        harness.send(.forward, 9000, [1], client: clients[0])
        for client in clients.suffix(2) { harness.send(.forward, 1000, payload, client: client) }
        #expect(harness.sink[1]?.reasons.first == .limit)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
    }

    @Test func aThousandStreamsInTheMiddleOfAMessage() {
        // A hundredth of the real thing: 1,000 streams, 40 KB each, 5 MiB in all.
        var harness = Harness { $0.totalBytes = 5 << 20 }
        harness.sink.appetite = .nothing(minimum: 41_000)
        harness.sink.keepsData = false
        let payload = [UInt8](repeating: 1, count: 1448)
        var highest = 0
        for round in UInt32(0)..<27 {
            for index in UInt32(0)..<1000 {
                harness.send(.forward, round * 1448, payload, client: Endpoint(ipv4: index, port: 1))
                highest = max(highest, harness.assembler.bufferedBytes)
            }
        }
        #expect(highest <= 5 << 20)
        #expect(harness.assembler.statistics.evictions > 1000)
        #expect(harness.sink.violations == [])
    }

    @Test func emptyBuffersAreNotKept() {
        var harness = Harness()
        harness.sink.appetite = .messages(30_000)
        let payload = [UInt8](repeating: 1, count: 1000)
        for index in UInt32(0)..<200 {
            for round in UInt32(0)..<30 {
                harness.send(.forward, round * 1000, payload, client: Endpoint(ipv4: index, port: 1))
            }
        }
        // A few spare buffers, and the frames noted for the last message.
        #expect(harness.assembler.bufferedBytes < 1 << 21)
        #expect(harness.assembler.context.spares.footprint > 0)
    }

    @Test func connectionsAreBounded() {
        var harness = Harness { $0.connections = 100 }
        let wanted = Endpoint(ipv4: 1, port: 1)
        harness.send(.forward, 1000, text("abcd"), client: wanted)
        for index in UInt32(2)..<1000 { harness.send(.forward, 7, flags: .syn, client: Endpoint(ipv4: index, port: 1)) }
        #expect(harness.assembler.statistics.open == 100)
        #expect(harness.assembler.statistics.connections == 999)
        // Those that nobody wants go first.
        #expect(harness.sink[0]?.closed == nil)
        for index in UInt32(0)..<100 {
            harness.send(.forward, 1000, text("abcd"), client: Endpoint(ipv4: 5000 + index, port: 1))
        }
        #expect(harness.sink[0]?.closed == .evicted)
        #expect(harness.assembler.statistics.open == 100)
    }

    /// Connections and their directions take memory though no byte of them is held.
    /// All connections first, then their bytes: then a message of several segments still comes through.
    @Test func directionsTakeMemory() {
        var harness = Harness { $0.totalBytes = 1 << 20 }
        harness.sink.appetite = .nothing(minimum: 4_000)
        let clients = (0..<800).map { Endpoint(ipv4: UInt32($0), port: 1) }
        for client in clients { harness.send(.forward, 999, flags: .syn, client: client) }
        for client in clients {
            harness.send(.forward, 1000, text("a"), client: client)
            harness.send(.backward, 5000, text("a"), client: client)
        }
        let last = harness.sink[799]?.gaps.count
        for round in UInt32(0)..<50 {
            harness.send(.forward, 1001 + round * 100, [UInt8](repeating: 1, count: 100), client: clients[799])
        }
        #expect(harness.sink[799]?.gaps.count == last && harness.sink[799]?.closed == nil)
        #expect(harness.assembler.pool.count <= (1 << 18) / Limits.directionBytes + 1)
        #expect(harness.sink.violations == [])
    }

    @Test(arguments: [false, true]) func connectionsTakeMemory(_ isInUse: Bool) {
        var harness = Harness { $0.totalBytes = 1 << 20 }
        for index in UInt32(0)..<3000 {
            let client = Endpoint(ipv4: index, port: 1)
            harness.send(.forward, 7, flags: .syn, client: client)
            if isInUse { harness.send(.forward, 8, text("abcd"), client: client) }
        }
        let most = (1 << 18) / (isInUse ? Limits.directionBytes : Limits.connectionBytes)
        #expect(harness.assembler.statistics.open <= most + 1 && harness.assembler.statistics.open >= most - 1)
        #expect(harness.assembler.statistics.evictions >= 3000 - most - 1)
        if isInUse { #expect(harness.sink[0]?.closed == .evicted && harness.sink[2999]?.closed == nil) }
        #expect(harness.sink.violations == [])
    }

    @Test func aConnectionInUseGetsASecondChance() {
        var harness = Harness { $0.connections = 2 }
        let (one, other) = (Endpoint(ipv4: 1, port: 1), Endpoint(ipv4: 2, port: 1))
        harness.send(.forward, 7, flags: .syn, client: one)
        harness.send(.forward, 7, flags: .syn, client: other, after: second)
        harness.send(.forward, 8, client: one, after: second)
        harness.send(.forward, 7, flags: .syn, client: Endpoint(ipv4: 3, port: 1), after: second)
        #expect(harness.send(.forward, 8, client: one).connection == 0)
    }
}
