import Foundation
import Testing

/// Whether the network tests can run: they need root, and `ip` of iproute2.
public let cannotUseNetwork: Comment? =
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
    public static var needsNetwork: Self { .enabled(if: cannotUseNetwork == nil, cannotUseNetwork ?? "") }
}

/// A network of our own, apart from the machine's: a loopback, and whatever is added. Gone when the test is over.
public final class NetworkNamespace: Sendable {
    public let name: String
    /// Whether it goes with this value.
    private let isOurs: Bool

    public init() throws {
        isOurs = true
        name = "btcshark-test-" + UUID().uuidString.prefix(8).lowercased()
        try runCommand(["ip", "netns", "add", name])
        try ip("link", "set", "lo", "up")
    }

    /// One that another process has made and takes away.
    public init(joining name: String) {
        isOurs = false
        self.name = name
    }

    deinit {
        if isOurs { try? runCommand(["ip", "netns", "del", name]) }
    }

    /// Calls `ip` inside.
    public func ip(_ arguments: String...) throws { try runCommand(["ip", "-n", name] + arguments) }

    /// Makes a pair of connected Ethernet interfaces, here and in `other`, of the usual MTU of 1,500 bytes.
    public func connect(_ interface: String, to other: NetworkNamespace, _ otherInterface: String) throws {
        // Neither multicast nor IPv6 addresses: nothing but what a test sends.
        for space in [self, other] {
            try runCommand(["ip", "netns", "exec", space.name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"])
        }
        try ip("link", "add", interface, "type", "veth", "peer", otherInterface, "netns", other.name)
        try ip("link", "set", interface, "multicast", "off")
        try other.ip("link", "set", otherInterface, "multicast", "off")
        try ip("link", "set", interface, "up")
        try other.ip("link", "set", otherInterface, "up")
    }

    /// Calls `body` on a thread that is inside meanwhile: sockets, threads and processes that it makes stay there.
    public func inside<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
        let own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        let space = open("/run/netns/" + name, O_RDONLY | O_CLOEXEC)
        defer { for descriptor in [own, space] { close(descriptor) } }
        try enter(space)
        defer { try? enter(own) }
        return try body()
    }

    private func enter(_ space: Int32) throws {
        let setns = try hiddenFunction("setns", as: (@convention(c) (Int32, Int32) -> Int32).self)
        try require(setns(space, 0x4000_0000) == 0, "setns")  // CLONE_NEWNET
    }
}

/// A function of the C library that is not declared where Swift would see it.
///
/// - Parameter type: Its type, with the C convention: nothing checks it.
func hiddenFunction<Function>(_ name: String, as type: Function.Type) throws -> Function {
    guard let symbol = dlsym(dlopen(nil, RTLD_NOW), name) else { throw SupportError("no \(name)") }
    return unsafeBitCast(symbol, to: type)
}

/// Runs a program to its end; throws where it fails.
public func runCommand(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw SupportError("failed: \(arguments.joined(separator: " "))") }
}
