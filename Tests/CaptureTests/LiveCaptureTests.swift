import Foundation
import Support
import System
import Testing

@testable import Capture

/// The error with which an interface cannot be opened.
private func failure(_ interface: String, _ options: LiveOptions = LiveOptions()) -> CaptureError? {
    do throws(CaptureError) {
        _ = try LiveCapture(interface: interface, options: options).linkType
        return nil
    } catch {
        return error
    }
}

extension LiveReader {
    /// Takes frames until there are `count` of them, or none has come for two seconds.
    fileprivate mutating func frames(_ count: Int) throws -> [Recorded] {
        var frames: [Recorded] = []
        while frames.count < count {
            let step = try next(milliseconds: 2_000) { header, bytes in
                frames.append(Recorded(header: header, bytes: bytes.withUnsafeBytes { Array($0) }))
            }
            guard step == .frame else { break }
        }
        return frames
    }
}

/// Random bytes, the same for the same seed.
private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(count)
}

@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct LiveCaptureTests {
    private let space: NetworkNamespace
    init() throws { space = try NetworkNamespace() }

    private func reader(_ interface: String, _ filter: CaptureFilter = .all) throws -> LiveReader {
        var options = LiveOptions()
        options.filter = filter
        return try space.inside { try LiveReader(LiveCapture(interface: interface, options: options)) }
    }

    private func peers(port: UInt16) throws -> TCPPeers {
        try TCPPeers(port: port, in: space)
    }

    // MARK: What is sent arrives

    @Test func loopback() throws {
        var reader = try reader("lo")
        #expect(reader.linkType.rawValue == 1)
        let sent = noise(500_000, seed: 1)
        try peers(port: 8333).send(sent)
        let frames = try reader.frames(.max)
        #expect(frames.map(\.header.number) == frames.indices.map { UInt64($0 + 1) })
        #expect(stream(to: 8333, in: frames, start: 14) == sent)
        #expect(frames.allSatisfy { $0.header.capturedLength == $0.bytes.count })
        #expect(abs((frames.first?.header.time ?? 0) / 1_000_000_000 - Int64(time(nil))) < 600)
        #expect(frames.contains { $0.header.time % 1_000 != 0 }, "nanoseconds")
        #expect(reader.statistics == CaptureStatistics(received: UInt64(frames.count)))
    }

    @Test func allInterfaces() throws {
        var reader = try reader("any")
        #expect(reader.linkType.name == "LINUX_SLL2")
        let sent = noise(100_000, seed: 2)
        try peers(port: 8333).send(sent)
        #expect(stream(to: 8333, in: try reader.frames(.max), start: 20) == sent)
    }

    @Test func betweenTwoNamespaces() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try other.ip("address", "add", "192.0.2.2/24", "dev", "there")
        // Whole segments of 1,500 bytes, as on a wire.
        try space.ip("link", "set", "here", "gso_max_segs", "1")
        var reader = try reader("here")
        let sent = noise(2_000_000, seed: 3)
        try TCPPeers("192.0.2.2", port: 8333, in: other, from: space).send(sent)
        let frames = try reader.frames(.max)
        #expect(stream(to: 8333, in: frames, start: 14) == sent)
        #expect(frames.allSatisfy { $0.bytes.count <= 1_514 })
        #expect(frames.count > 2_000_000 / 1_460)
        #expect(!reader.statistics.hasDrops)
    }

    /// Frames of a recorded capture, some of them missing: what comes out is what went in.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func injectedFrames(seed: UInt64) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        var generator = SeededGenerator(seed: seed)
        let recorded = record(sample("relay.pcap")).frames.map(\.bytes)
        try #require(recorded.count > 100)
        let longest = noise(1_514, seed: 9)
        let frames = (recorded + (60...1_514).map { Array(longest.prefix($0)) }).filter { _ in
            generator.next() % 10 != 0
        }
        var reader = try reader("here")
        let socket = try other.inside { try PacketSocket("there") }
        for frame in frames { try socket.send(frame) }
        let received = try reader.frames(frames.count)
        #expect(received.map(\.bytes) == frames, "\(received.count) of \(frames.count)")
        #expect(received.allSatisfy { $0.header.originalLength == $0.bytes.count })
        #expect(reader.statistics == CaptureStatistics(received: UInt64(frames.count)))
    }

    @Test func snapLength() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        var options = LiveOptions()
        options.snapLength = 96
        options.isPromiscuous = false
        var reader = try space.inside { try LiveReader(LiveCapture(interface: "here", options: options)) }
        var frame = noise(1_000, seed: 4)
        frame.replaceSubrange(0..<6, with: [UInt8](repeating: 0xff, count: 6))
        try other.inside { try PacketSocket("there") }.send(frame)
        let received = try reader.frames(1)
        #expect(received.first?.bytes == Array(frame.prefix(96)))
        #expect(received.first?.header.originalLength == 1_000 && received.first?.header.capturedLength == 96)
    }

    // MARK: Filters

    @Test func portsOfBitcoinAndNoOthers() throws {
        var reader = try reader("lo", .ports([8333, 18444]))
        let sent = noise(1_000, seed: 5)
        for port in [8333, 9999, 18444, 22] as [UInt16] { try peers(port: port).send(sent) }
        let frames = try reader.frames(.max)
        for port in [8333, 18444] as [UInt16] { #expect(stream(to: port, in: frames, start: 14) == sent) }
        let ports = Set(
            frames.compactMap { TCPSegment($0.bytes, start: 14) }.flatMap { [$0.sourcePort, $0.destinationPort] })
        #expect(!ports.contains(9999) && !ports.contains(22))
    }

    @Test func portsOnAllInterfaces() throws {
        var reader = try reader("any", .ports([8333]))
        let sent = noise(1_000, seed: 6)
        for port in [9999, 8333] as [UInt16] { try peers(port: port).send(sent) }
        let frames = try reader.frames(.max)
        #expect(stream(to: 8333, in: frames, start: 20) == sent)
        #expect(stream(to: 9999, in: frames, start: 20).isEmpty)
    }

    /// In a VLAN, and in fragments, the ports are elsewhere or nowhere.
    @Test func portsInVLANsAndFragments() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        var reader = try reader("here", .ports([8333]))
        let plain = try #require(record(sample("handshake.pcap")).frames.first?.bytes)
        let tag: [UInt8] = [0x81, 0x00, 0x00, 0x05]
        let tagged = Array(plain[..<12]) + tag + Array(plain[12...])
        var fragment = plain
        fragment.replaceSubrange(20..<22, with: [0x00, 0x10])  // offset 128
        var foreign = plain
        foreign.replaceSubrange(34..<38, with: [0, 80, 0, 81])  // both ports
        var foreignTagged = Array(foreign[..<12]) + tag + Array(foreign[12...])
        foreignTagged[0] = 0xff
        let socket = try other.inside { try PacketSocket("there") }
        for frame in [foreign, tagged, foreignTagged, fragment, plain] { try socket.send(frame) }
        // Of what comes in, the kernel has put the tag aside; of what goes out, it is in its place.
        let outgoing = try space.inside { try PacketSocket("here") }
        for frame in [foreignTagged, tagged] { try outgoing.send(frame) }
        // Each processor brings its own in order.
        func sorted(_ frames: [[UInt8]]) -> [[UInt8]] { frames.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(sorted(try reader.frames(.max).map(\.bytes)) == sorted([tagged, fragment, plain, tagged]))
    }

    @Test func filterOfTheUser() throws {
        var reader = try reader("lo", .expression("tcp dst port 9999"))
        let sent = noise(1_000, seed: 7)
        for port in [8333, 9999] as [UInt16] { try peers(port: port).send(sent) }
        let frames = try reader.frames(.max)
        #expect(stream(to: 9999, in: frames, start: 14) == sent)
        #expect(frames.allSatisfy { TCPSegment($0.bytes, start: 14)?.destinationPort == 9999 })
    }

    @Test func badFilters() throws {
        var options = LiveOptions()
        options.filter = .expression("tcp prot 8333")
        let error = try #require(try space.inside { failure("lo", options) })
        #expect(error.problem == .live(.badFilter("tcp prot 8333")))
        #expect(error.description.hasPrefix("lo: the capture filter 'tcp prot 8333' cannot be used (libpcap: "))
        options.filter = .expression("vlan")
        let refused = try #require(try space.inside { failure("any", options) })
        #expect(refused.detail.contains("no VLAN support"))
    }

    @Test func promiscuousModeIsMissedOnAllInterfaces() throws {
        func notes(_ interface: String, isPromiscuous: Bool) throws -> [String] {
            var options = LiveOptions()
            options.isPromiscuous = isPromiscuous
            return try space.inside { try LiveCapture(interface: interface, options: options).notes }
        }
        #expect(
            try notes("any", isPromiscuous: true)
                == ["no promiscuous mode: frames for other hosts are not captured"])
        #expect(try notes("any", isPromiscuous: false).isEmpty)
        #expect(try notes("lo", isPromiscuous: true).isEmpty)
    }

    // MARK: Errors

    @Test func noSuchInterface() throws {
        let error = try #require(try space.inside { failure("nothing0") })
        guard case .live(.noSuchInterface(let known)) = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect(known.contains("lo") && known.contains("any"))
        #expect(error.description.hasPrefix("nothing0: there is no such interface. There are: "))
    }

    @Test func interfaceThatIsDown() throws {
        try space.ip("link", "set", "lo", "down")
        let error = try #require(try space.inside { failure("lo") })
        #expect(error.problem == .live(.isDown))
        #expect(error.description == "lo: the interface is down. Bring it up: ip link set lo up")
    }

    /// What came before is still handed out, then the error, once, then the end.
    @Test(arguments: [true, false])
    func interfaceThatGoesAway(isDeleted: Bool) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        var reader = try reader("here")
        let frame = noise(200, seed: 8)
        let socket = try other.inside { try PacketSocket("there") }
        for _ in 0..<5 { try socket.send(frame) }
        // With the interface goes what has not arrived.
        while reader.statistics.received < 5 { usleep(1_000) }
        if isDeleted { try space.ip("link", "del", "here") } else { try space.ip("link", "set", "here", "down") }
        var received: [[UInt8]] = []
        var error: CaptureError?
        do throws(CaptureError) {
            while try reader.next({ _, bytes in received.append(bytes.withUnsafeBytes { Array($0) }) }) {}
        } catch let problem {
            error = problem
        }
        #expect(received == [[UInt8]](repeating: frame, count: 5))
        #expect(error?.problem == .live(isDeleted ? .vanished : .wentDown))
        let words = isDeleted ? "here: the interface is gone" : "here: the interface went down"
        #expect(error?.description.hasPrefix(words) == true)
        #expect(try reader.next { _, _ in } == false)
    }

    @Test func withoutPrivileges() async {
        await #expect(processExitsWith: .success) {
            try Privileges.drop(to: try #require(User(named: "nobody")))
            let error = try #require(failure("lo"))
            guard case .live(.notPermitted(let program)) = error.problem else {
                Issue.record("\(error)")
                return
            }
            #expect(program.hasPrefix("/"))
            #expect(
                error.description.contains("or let everybody who runs it capture: sudo setcap cap_net_raw"))
        }
    }

    /// Opened as root, read as nobody.
    @Test func readingGoesOnWithoutPrivileges() async {
        await #expect(processExitsWith: .success) { [name = space.name as String] in
            let space = NetworkNamespace(joining: name)
            var options = LiveOptions()
            options.filter = .ports([8333])
            let peers = try TCPPeers(port: 8333, in: space)
            // It has been opened inside, and no namespace is entered after the change of user.
            let capture = try space.inside { try LiveCapture(interface: "lo", options: options) }
            let sent = noise(1_000, seed: 10)
            try Privileges.drop(to: try #require(User(named: "nobody")))
            var reader = try LiveReader(capture)
            try peers.send(sent)
            #expect(stream(to: 8333, in: try reader.frames(.max), start: 14) == sent)
            #expect(!Privileges.isRoot)
        }
    }

    // MARK: The queue

    /// A consumer that does not come: the reader goes on, and what finds no room is counted.
    @Test func blockedConsumer() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        var reader = try space.inside {
            try LiveReader(LiveCapture(interface: "here", options: LiveOptions()), queueSize: 1 << 20)
        }
        let socket = try other.inside { try PacketSocket("there") }
        let sent = 3_000
        for number in 0..<sent {
            var frame = noise(1_000, seed: 11)
            withUnsafeBytes(of: UInt32(number).bigEndian) { frame.replaceSubrange(20..<24, with: $0) }
            try socket.send(frame)
        }
        // Until the reader has seen all of them.
        while reader.statistics.received < UInt64(sent) { usleep(1_000) }
        let frames = try reader.frames(.max)
        let statistics = reader.statistics
        #expect(statistics.received == UInt64(sent))
        #expect(statistics.droppedByUs > 0 && statistics.droppedByKernel == 0)
        #expect(UInt64(frames.count) + statistics.droppedByUs == UInt64(sent))
        // 1 MiB of records of 1,024 bytes: the oldest are those that are kept.
        #expect(frames.count == 1_024)
        let numbers = frames.map { $0.bytes[20..<24].reduce(0) { $0 << 8 | Int($1) } }
        #expect(numbers == Array(0..<1_024))
        // And it goes on.
        try socket.send(noise(100, seed: 12))
        #expect(try reader.frames(1).first?.bytes == noise(100, seed: 12))
    }

    @Test func stopEndsAfterWhatIsThere() throws {
        var reader = try reader("lo")
        try peers(port: 8333).send([1, 2, 3])
        #expect(try reader.frames(1).count == 1)
        reader.stop()
        while try reader.next({ _, _ in }) {}
        #expect(try reader.next(milliseconds: -1) { _, _ in } == .end)
    }

    /// Neither a thread nor a descriptor stays.
    @Test func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) {
            func open() throws -> (Int, Int) {
                let files = FileManager.default
                return (
                    try files.contentsOfDirectory(atPath: "/proc/self/fd").count,
                    try files.contentsOfDirectory(atPath: "/proc/self/task").count
                )
            }
            let space = try NetworkNamespace()
            _ = try space.inside { try LiveReader(LiveCapture(interface: "lo", options: LiveOptions())).linkType }
            let before = try open()
            for _ in 0..<10 {
                _ = try space.inside { try LiveReader(LiveCapture(interface: "lo", options: LiveOptions())).linkType }
                _ = failure("nothing0")
            }
            #expect(try open() == before)
        }
    }

    // MARK: The list

    @Test func listOfInterfaces() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try space.ip("address", "add", "2001:db8::1/64", "dev", "lo")
        let all = try space.inside { try Interface.all() }
        let loopback = try #require(all.first { $0.name == "lo" })
        #expect(loopback.isLoopback && loopback.isUp && loopback.isRunning && !loopback.isWireless)
        #expect(loopback.addresses.contains("127.0.0.1") && loopback.addresses.contains("2001:db8::1"))
        let here = try #require(all.first { $0.name == "here" })
        #expect(here.addresses == ["192.0.2.1"] && here.isUp && !here.isLoopback)
        #expect(here.connection == .connected)
        let place = try #require(all.firstIndex { $0.name == "here" })
        #expect(try space.inside { Interface.name(for: "\(place + 1)") } == "here")
        #expect(Interface.name(for: "eth7") == "eth7")
        #expect(Interface.name(for: "0") == "0" && Interface.name(for: "9999") == "9999")
    }
}
