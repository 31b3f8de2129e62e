import Foundation
import Glibc
import Testing

/// A program that is no node, but calls a function of the name that is watched, which checks its arguments as that does.
///
/// It is told one number a line: the key's bytes count up from it, and the secret is what the function makes of them.
/// The call is made by a thread other than the first, as in a node.
struct StandIn {
    static let source = """
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #ifdef ELSEWHERE
        int secp256k1_ellswift_xdh(
            const void *, unsigned char *, const unsigned char *, const unsigned char *, const unsigned char *, int,
            void *, void *);
        #else
        #ifdef COLD
        __attribute__((cold))
        #endif
        __attribute__((noinline)) static void complain(const char *text) { fputs(text, stderr); }
        #ifdef SILENT
        #define ARG_CHECK(condition) if (!(condition)) return 0
        #else
        #define ARG_CHECK(condition) if (__builtin_expect(!(condition), 0)) { complain(#condition); return 0; }
        #endif
        __attribute__((noinline, visibility("default"))) int secp256k1_ellswift_xdh(
            const void *ctx, unsigned char *output, const unsigned char *ell_a64, const unsigned char *ell_b64,
            const unsigned char *seckey32, int party, void *hashfp, void *data) {
            ARG_CHECK(ell_a64 != NULL);
            ARG_CHECK(ell_b64 != NULL);
            for (int i = 0; i < 32; i++) output[i] = ell_a64[i] * 5 + ell_b64[63 - i] + 1;
            return party;
        }
        #endif
        static void *call(void *argument) {
            unsigned char ours[64], theirs[64], secret[32] = {0};
            int number = *(int *)argument, party = number < 0 ? 0 : 1;
            for (int i = 0; i < 64; i++) { ours[i] = number + i; theirs[i] = 200 - i; }
            printf("%d\\n", secp256k1_ellswift_xdh(0, secret, ours, theirs, ours, party, 0, 0));
            fflush(stdout);
            return 0;
        }
        int main(void) {
            int number;
            pthread_t thread;
            while (scanf("%d", &number) == 1) {
                pthread_create(&thread, 0, call, &number);
                pthread_join(thread, 0);
            }
        }
        """

    /// The line of a key log for a number.
    static func line(_ number: UInt8) -> String {
        let key = (0..<64 as Range<UInt8>).map { number &+ $0 }
        let secret = (0..<32 as Range<UInt8>).map { key[Int($0)] &* 5 &+ (200 &- (63 - $0)) &+ 1 }
        func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
        return "BIP324_SHARED_SECRET \(hexadecimal(key)) \(hexadecimal(secret))"
    }

    let folder: URL
    var path: String { folder.appendingPathComponent(name).path }
    private let name: String

    /// Compiles it into a folder of its own.
    ///
    /// - Parameter options: Of the compiler.
    init(_ name: String = "stand-in", options: [String] = []) throws {
        self.name = name
        folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("node-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("stand-in.c")
        try Data(Self.source.utf8).write(to: file)
        try run(["cc", "-g", "-O1", "-pthread"] + options + ["-o", path, file.path])
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Runs a program to its end.
    @discardableResult func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Foundation.Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " "))")
        return text
    }

    /// A file of this content, which may be executed.
    func script(_ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        chmod(file.path, 0o755)
        return file.path
    }
}

/// A stand-in that runs.
final class RunningStandIn {
    let process = Process()
    private let input = Foundation.Pipe()
    private let output = Foundation.Pipe()

    /// - Parameter wrapper: What runs it, such as `unshare`.
    init(_ path: String, wrapper: [String] = []) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = wrapper + [path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { end() }

    /// Has the function called, and waits until it has returned.
    func call(_ number: Int) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(number)\n".utf8))
        _ = output.fileHandleForReading.availableData
    }

    func end() {
        guard process.isRunning else { return }
        // Its signals are blocked, as those of the thread that started it are.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// What is at hand for the tests that watch a program.
enum Machine {
    static let hasProbes = geteuid() == 0 && isInstalled("bpftrace") && isInstalled("cc")
    static let comment: Comment = "needs root, bpftrace and a C compiler"

    static func isInstalled(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// `btcshark`, as it was built with these tests.
    static let helper = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("btcshark").path

    /// The processes among whose arguments one contains `text`, and what they are.
    static func processes(with text: String) -> [(id: pid_t, arguments: [String])] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name), id != getpid(),
                let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return nil }
            let arguments = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return arguments.contains { $0.contains(text) } ? (id, arguments) : nil
        }
    }
}
