#if Peer
import BitcoinP2P
import Testing

@testable import Peer

@Suite struct TargetTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1:8333"), ("192.0.2.1:1", "192.0.2.1:1"), ("2001:DB8::1", "[2001:db8::1]:8333"),
        ("[2001:db8::1]", "[2001:db8::1]:8333"), ("[2001:db8::1]:65535", "[2001:db8::1]:65535"),
        ("::ffff:192.0.2.1", "192.0.2.1:8333"), ("Seed.Example.org", "seed.example.org:8333"),
        ("localhost:18444", "localhost:18444"), ("x.onion", "x.onion:8333"),
    ])
    func isReadAndWritten(_ text: String, _ shown: String) {
        #expect(Target(text, defaultPort: 8333)?.text == shown)
        #expect(Target(shown, defaultPort: 1)?.text == shown, "what is written is read as the same")
    }

    @Test(arguments: [
        "", ":8333", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:+1", "192.0.2.256", "1.2.3",
        "[192.0.2.1",
        "[name]:1", "fe80::1%eth0", "a:b:c", "a b", "-\u{1b}", "..", "a..b", String(repeating: "a", count: 64),
    ])
    func isNoTarget(_ text: String) { #expect(Target(text, defaultPort: 8333) == nil) }

    @Test(arguments: [
        ("127.0.0.1", AddressRange.loopback), ("127.255.255.255", .loopback), ("::1", .loopback),
        ("::ffff:127.0.0.1", .loopback), ("10.255.0.1", .private), ("100.64.0.1", .private), ("100.63.0.1", .public),
        ("100.128.0.1", .public), ("169.254.1.1", .private), ("172.16.0.1", .private), ("172.31.0.1", .private),
        ("172.32.0.1", .public), ("192.168.0.1", .private), ("192.169.0.1", .public), ("0.0.0.0", .reserved),
        ("192.0.2.1", .reserved), ("198.18.0.1", .reserved), ("198.19.0.1", .reserved), ("198.20.0.1", .public),
        ("203.0.113.9", .reserved), ("223.255.255.255", .public), ("224.0.0.1", .reserved),
        ("255.255.255.255", .reserved), ("8.8.8.8", .public), ("2606:4700::1111", .public), ("fc00::1", .private),
        ("fd87:d87e:eb43::1", .private), ("fe80::1", .private), ("febf::1", .private), ("ff02::1", .reserved),
        ("2001:db8::1", .reserved), ("2001::1", .reserved), ("2001:200::1", .public), ("2002::1", .reserved),
        ("64:ff9b::808:808", .reserved), ("::", .reserved), ("3fff::1", .reserved), ("4000::1", .reserved),
    ])
    func isInItsRange(_ text: String, _ range: AddressRange) { #expect(IPAddress(text)?.range == range, "\(text)") }

    @Test func isListedOnce() throws {
        var list = TargetList()
        let text = "192.0.2.1\n192.0.2.1:8333 # the same\n\n\t::ffff:192.0.2.1\r\n192.0.2.2:1\n"
        try list.add(Array(text.utf8), defaultPort: 8333)
        #expect(list.targets.map(\.text) == ["192.0.2.1:8333", "192.0.2.2:1"] && list.repeated == 2)
        #expect(throws: TargetList.Problem.self) { try list.add(Array("192.0.2.1 192.0.2.2".utf8), defaultPort: 1) }
    }

    /// One at a time of a /24, whatever else is called meanwhile.
    @Test func waitsForItsBlock() throws {
        let names = [
            "8.8.8.1", "8.8.8.2", "127.0.0.1", "127.0.0.2", "8.8.8.3", "8.8.9.1", "2606::1", "2606::2", "2606:0:0:1::1",
        ]
        var queue = TargetQueue(names.compactMap { Target($0, defaultPort: 1) })
        var taken: [Target] = []
        while let target = queue.take() { taken.append(target) }
        #expect(taken.map(\.hostText) == ["8.8.8.1", "127.0.0.1", "127.0.0.2", "8.8.9.1", "2606::1", "2606:0:0:1::1"])
        #expect(queue.count == 3)
        for (ended, next) in [
            ("127.0.0.1", nil), ("8.8.8.1", "8.8.8.2"), ("2606::1", "2606::2"), ("8.8.8.2", "8.8.8.3"),
        ] {
            queue.end(try #require(Target(ended, defaultPort: 1)))
            #expect(queue.take()?.hostText == next)
        }
        #expect(queue.count == 0)
    }

    /// Who is named without a port is left out whatever the port is.
    @Test func leavesHostsOut() throws {
        var list = TargetList()
        try list.add(Array("8.8.8.8:1\n8.8.8.8\n8.8.4.4:1\n8.8.4.4:2\nx.onion\n".utf8), defaultPort: 8333)
        var others = TargetList()
        try others.add(Array("8.8.8.8\n8.8.4.4:2\n".utf8), defaultPort: 8333)
        list.subtract(others)
        #expect(list.targets.map(\.text) == ["8.8.4.4:1", "x.onion:8333"])
        #expect(list.removeNames() == 1 && list.targets.map(\.text) == ["8.8.4.4:1"])
    }

    /// Addresses that are translated or tunnelled lead to the public network, though none of them is of it.
    @Test func skipsReservedAddresses() throws {
        let names = ["64:ff9b::808:808", "2002:808:808::1", "2001::1", "192.0.2.1"]
        let targets = names.compactMap { Target($0, defaultPort: 1) }
        let regtest = try #require(Network.known.first { $0.name == "regtest" })
        #expect(targets.count == 4 && targets.allSatisfy(GuestRules(targets, .mainnet).skips))
        #expect(!targets.contains(where: GuestRules(targets, regtest).skips))
    }

    @Test func skipsWhatIsNoPublicAddress() throws {
        let mixed = ["8.8.8.8", "127.0.0.1", "10.0.0.1", "x.onion"].compactMap { Target($0, defaultPort: 1) }
        let mainnet = try #require(Network.known.first { $0.name == "mainnet" })
        let regtest = try #require(Network.known.first { $0.name == "regtest" })
        #expect(mixed.map(GuestRules(mixed, mainnet).skips) == [false, true, true, false])
        #expect(mixed.allSatisfy { !GuestRules(mixed, regtest).skips($0) })
        let own = Array(mixed[1...2])
        #expect(own.allSatisfy { !GuestRules(own, mainnet).skips($0) })
        #expect(GuestRules(own, mainnet).objection(rate: nil, concurrency: 5_000, contact: nil, mayScan: false) == nil)
        #expect(GuestRules(mixed, mainnet).objection(rate: nil, concurrency: 1, contact: nil, mayScan: false) != nil)
    }
}

extension Target {
    fileprivate var hostText: String {
        switch host {
        case .address(let address): address.text
        case .name(let name): name
        }
    }
}
#endif
