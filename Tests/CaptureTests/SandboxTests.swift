import Foundation
import Support
import Testing

@testable import Capture
@testable import System

/// What a taken-over parser would try, each refused. All in processes of their own, since what is given up does not come
/// back.
@Suite struct SandboxTests {
    /// Tries what no profile allows, not even to ask for the parent.
    ///
    /// - Returns: What was possible.
    private static func possibilities(_ secret: String, _ parent: pid_t) -> [String] {
        var possible: [String] = []
        func attempt(_ name: String, _ result: Int) { if result >= 0 { possible.append(name) } }
        var words = [strdup("true"), nil]
        attempt("exec", Int(execv("/bin/true", &words)))
        var pid: pid_t = 0
        if posix_spawn(&pid, "/bin/true", nil, nil, &words, environ) == 0 { possible.append("spawn") }
        let functions = dlopen(nil, RTLD_NOW)
        if let symbol = dlsym(functions, "ptrace") {
            typealias Function = @convention(c) (Int, Int, Int, Int) -> Int
            // PTRACE_ATTACH of the parent, PTRACE_TRACEME.
            attempt("ptrace", unsafeBitCast(symbol, to: Function.self)(16, Int(parent), 0, 0))
            attempt("traceme", unsafeBitCast(symbol, to: Function.self)(0, 0, 0, 0))
        }
        if let symbol = dlsym(functions, "prlimit") {
            typealias Function = @convention(c) (pid_t, Int32, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32
            // Limits of the parent, from an address whose lower half is zero: RLIMIT_CPU, MAP_FIXED_NOREPLACE.
            let place = UnsafeMutableRawPointer(bitPattern: 0x1_0000_0000)
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | 0x10_0000
            let limits = mmap(place, 4096, PROT_READ | PROT_WRITE, flags, -1, 0)
            if limits == place {
                limits?.storeBytes(of: UInt64.max, toByteOffset: 0, as: UInt64.self)
                limits?.storeBytes(of: UInt64.max, toByteOffset: 8, as: UInt64.self)
                attempt("limits", Int(unsafeBitCast(symbol, to: Function.self)(parent, 0, limits, nil)))
            }
        }
        attempt("open", Int(open(secret, O_RDONLY)))
        attempt("open to write", Int(open(secret, O_WRONLY)))
        attempt("make", Int(open(secret + ".new", O_WRONLY | O_CREAT, 0o600)))
        attempt("delete", Int(unlink(secret)))
        attempt("rename", Int(rename(secret, secret + ".old")))
        attempt("kill", Int(kill(parent, SIGURG)))
        attempt("setuid", Int(setuid(1)))
        let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        attempt("new instructions", Int(mprotect(memory, 4096, PROT_READ | PROT_EXEC)))
        return possible
    }

    private static func socketPossibilities(_ existing: Int32) -> [String] {
        var possible: [String] = []
        for domain in [AF_INET, AF_INET6, AF_UNIX, 17, 16] where socket(domain, Int32(SOCK_DGRAM.rawValue), 0) >= 0 {
            possible.append("socket \(domain)")
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeBytes(of: &address) { bytes in
            let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            if connect(existing, address, length) == 0 { possible.append("connect") }
            if bind(existing, address, length) == 0 { possible.append("bind") }
            if sendto(existing, [1], 1, 0, address, length) == 1 { possible.append("sendto") }
        }
        return possible
    }

    /// A file of the user's, which is no input.
    private static func secret() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data("secret".utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private static let hasSeccomp = {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return status?.contains("Seccomp:") == true
    }()

    @Test(.enabled(if: hasSeccomp, "needs a kernel with seccomp"), arguments: [false, true])
    func offline(reads: Bool) async {
        await #expect(processExitsWith: .success) { [reads] in
            let (secret, parent) = (try Self.secret(), getppid())
            let existing = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let status = try Descriptor(file: "/proc/self/status")
            let files = SandboxProfile.Files(read: reads ? ["/nonexistent"] : [])
            let state = Sandbox.enter(SandboxProfile(.offline, files: files))
            #expect("\(state)".hasPrefix("seccomp; "))
            #expect(state.isComplete || Self.possibilities(secret, parent) == (reads ? ["open"] : []))
            if state.isComplete { #expect(Self.possibilities(secret, parent).isEmpty) }
            #expect(Self.socketPossibilities(existing).isEmpty)
            #expect(String(decoding: status.contents(limit: 10_000), as: UTF8.self).contains("Seccomp:\t2"))
        }
    }

    /// By the packet socket nothing is sent, under whatever number, and it stays bound and filtered as it is.
    @Test(.needsNetwork, .enabled(if: hasSeccomp, "needs a kernel with seccomp"))
    func live() async {
        await #expect(processExitsWith: .success) {
            let space = try NetworkNamespace()
            let (secret, parent) = (try Self.secret(), getppid())
            try space.inside {
                var options = LiveOptions()
                options.filter = .ports([8333])
                let capture = try LiveCapture(interface: "lo", options: options)
                let socket = capture.socketNumber
                // Locked already without a sandbox: SO_DETACH_FILTER, SO_ATTACH_FILTER.
                var nothing: Int32 = 0
                #expect(setsockopt(socket, SOL_SOCKET, 27, &nothing, 4) != 0 && errno == EPERM)
                let state = Sandbox.enter(SandboxProfile(.live(packetSocket: socket)))
                #expect(Self.possibilities(secret, parent).isEmpty, "\(state)")
                #expect(Self.socketPossibilities(socket).isEmpty)
                let frame = [UInt8](repeating: 0xff, count: 60)
                #expect(write(socket, frame, 60) < 0 && errno == EPERM)
                #expect(send(socket, frame, 60, 0) < 0 && errno == EPERM)
                #expect(dup(socket) < 0 && errno == EPERM)
                #expect(fcntl(socket, F_DUPFD_CLOEXEC, 3) < 0 && errno == EPERM)
                #expect(setsockopt(socket, SOL_SOCKET, 27, &nothing, 4) != 0)
                // It can do its work.
                var reader = try LiveReader(capture)
                #expect(try reader.next(milliseconds: 300) { _, _ in } == .idle)
                #expect(reader.statistics.received == 0)
            }
        }
    }

    /// It answers who calls, at the socket that it has, and calls nobody.
    @Test(.enabled(if: hasSeccomp, "needs a kernel with seccomp"))
    func serving() async {
        await #expect(processExitsWith: .success) {
            let (secret, parent) = (try Self.secret(), getppid())
            let existing = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            typealias Accept = @convention(c) (Int32, OpaquePointer?, OpaquePointer?, Int32) -> Int32
            let accept4 = unsafeBitCast(try #require(dlsym(dlopen(nil, RTLD_NOW), "accept4")), to: Accept.self)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &address) { bytes in
                let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
                #expect(bind(listening, address, length) == 0)
                #expect(getsockname(listening, address, &length) == 0)
                // A call from before: afterwards nobody can be called.
                #expect(listen(listening, 1) == 0)
                #expect(connect(caller, address, length) == 0)
            }
            let state = Sandbox.enter(SandboxProfile(.serving(packetSocket: nil)))
            #expect(Self.possibilities(secret, parent).isEmpty, "\(state)")
            #expect(Self.socketPossibilities(existing).isEmpty)
            #expect(listen(listening, 1) == 0)
            let accepted = accept4(listening, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            #expect(accepted >= 0)
            #expect(write(accepted, [1], 1) == 1)
            // By the address of somebody else nothing is sent, either.
            #expect(send(accepted, [1], 1, 0) < 0 && errno == EPERM)
        }
    }

    /// Where Landlock is, places are bound for a helper that makes files, too.
    @Test func making() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let (secret, parent) = (try Self.secret(), getppid())
            let state = Sandbox.enter(
                SandboxProfile(.making, files: SandboxProfile.Files(written: [folder.path]), helpers: [0]))
            #expect(open(folder.path + "/file", O_WRONLY | O_CREAT | O_EXCL, 0o600) >= 0)
            #expect(rename(folder.path + "/file", folder.path + "/other") == 0)
            #expect(unlink(folder.path + "/other") == 0)
            if state.isComplete { #expect(Self.possibilities(secret, parent).isEmpty) }
        }
    }

    /// Peers are called, and names looked up; nothing else is reached.
    @Test(.enabled(if: hasSeccomp, "needs a kernel with seccomp")) func peers() async {
        await #expect(processExitsWith: .success) {
            let (secret, parent) = (try Self.secret(), getppid())
            let state = Sandbox.enter(SandboxProfile(.peers))
            #expect(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0)
            #expect(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) < 0 && errno == EPERM)
            #expect(setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(parent), 1) < 0 && errno == EPERM)
            let access = PROT_READ | PROT_WRITE | PROT_EXEC
            #expect(mmap(nil, 4096, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
            #expect(open("/etc/hosts", O_RDONLY) >= 0)
            if state.isComplete { #expect(Self.possibilities(secret, parent).isEmpty) }
        }
    }

    private static let header = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"

    /// Numbers of calls are those of the system's header.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: header), "needs linux-libc-dev on x86-64"))
    func numbers() throws {
        #if arch(x86_64)
        let text = try String(contentsOfFile: Self.header, encoding: .utf8)
        let pairs = text.matches(of: #/#define __NR_(\w+) (\d+)/#).map { (String($0.1), UInt32($0.2)) }
        let numbers = Dictionary(pairs) { first, _ in first }
        let profiles: [SandboxProfile.Work] = [
            .offline, .live(packetSocket: 3), .peers, .making, .capturing, .serving(packetSocket: 3),
            .serving(packetSocket: nil),
        ]
        for work in profiles {
            let files = SandboxProfile.Files(read: ["/"], written: ["/"])
            for rule in SandboxProfile(work, files: files, helpers: [4]).rules {
                #expect(rule.call.number == numbers[rule.call.name] ?? nil, "\(rule.call.name)")
            }
        }
        #endif
    }
}
