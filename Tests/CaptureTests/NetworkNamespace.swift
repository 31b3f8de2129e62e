import Foundation
import Testing

/// Whether the network tests can run: they need root, and `ip` of iproute2.
let cannotUseNetwork: Comment? =
    if geteuid() != 0 {
        "needs root, to make network namespaces and to capture in them"
    } else if !FileManager.default.isExecutableFile(atPath: "/usr/sbin/ip")
        && !FileManager.default.isExecutableFile(atPath: "/sbin/ip")
    {
        "needs the program ip of iproute2"
    } else {
        nil
    }

extension Trait where Self == ConditionTrait {
    /// Skips, with the reason, where there can be no network namespace.
    static var needsNetwork: Self { .enabled(if: cannotUseNetwork == nil, cannotUseNetwork ?? "") }
}

/// A network of our own, apart from the machine's: a loopback, and whatever is added. Gone when the test is over.
final class NetworkNamespace {
    let name: String
    /// Whether it goes with this value.
    private let isOurs: Bool

    init() throws {
        isOurs = true
        name = "capture-test-" + UUID().uuidString.prefix(8).lowercased()
        try run("ip", "netns", "add", name)
        try ip("link", "set", "lo", "up")
    }

    /// One that another process has made and takes away.
    init(joining name: String) {
        isOurs = false
        self.name = name
    }

    deinit {
        if isOurs { try? run("ip", "netns", "del", name) }
    }

    /// Calls `ip` inside.
    func ip(_ arguments: String...) throws { try run(["ip", "-n", name] + arguments) }

    /// Makes a pair of connected Ethernet interfaces, here and in `other`, of the usual MTU of 1,500 bytes.
    func connect(_ interface: String, to other: NetworkNamespace, _ otherInterface: String) throws {
        // Neither multicast nor IPv6 addresses: nothing but what a test sends.
        for space in [self, other] {
            try run(["ip", "netns", "exec", space.name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"])
        }
        try ip("link", "add", interface, "type", "veth", "peer", otherInterface, "netns", other.name)
        try ip("link", "set", interface, "multicast", "off")
        try other.ip("link", "set", otherInterface, "multicast", "off")
        try ip("link", "set", interface, "up")
        try other.ip("link", "set", otherInterface, "up")
    }

    /// Calls `body` on a thread that is inside meanwhile: sockets and threads that it makes stay there.
    func inside<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
        let own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        let space = open("/run/netns/" + name, O_RDONLY | O_CLOEXEC)
        defer { for descriptor in [own, space] { close(descriptor) } }
        try enter(space)
        defer { try? enter(own) }
        return try body()
    }

    private func enter(_ space: Int32) throws {
        // Not declared where Swift would see it.
        typealias Function = @convention(c) (Int32, Int32) -> Int32
        let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "setns"))
        try #require(unsafeBitCast(symbol, to: Function.self)(space, 0x4000_0000) == 0)  // CLONE_NEWNET
    }
}

/// Runs a program to its end; fails the test where it fails.
func run(_ arguments: String...) throws { try run(arguments) }

func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " "))")
}
