import Glibc
import System

/// The only part that stays root while packets are parsed: a process that runs bpftrace, parses nothing, and ends
/// bpftrace when its standard input, a pipe from us, is closed.
///
/// It is this program itself, started again with arguments that no help shows.
public enum NodeKeyHelper {
    /// bpftrace, the process's number or `-`, the path of the file that has the function, and where in it: see
    /// ``ProbePlace/argument``.
    static let keep = "--node-key-helper"
    /// The same, and the number of the helper.
    static let become = "--node-key-probe"

    /// What a shell answers where there is no such program.
    static let missing: Int32 = 127

    /// Is the helper where these arguments ask for it, and answers the exit status; else nil. To be called before
    /// anything else is done.
    ///
    /// - Parameter arguments: All of the process, its name included.
    public static func run(_ arguments: [String]) -> Int32? {
        switch arguments.dropFirst().first {
        case keep where arguments.count == 6: keepBpftrace(Array(arguments.dropFirst(2)))
        case become where arguments.count == 7: becomeBpftrace(Array(arguments.dropFirst(2)))
        default: nil
        }
    }

    /// Runs bpftrace until it ends or standard input is closed.
    private static func keepBpftrace(_ arguments: [String]) -> Int32 {
        do throws(SystemFailure) {
            let child = try Child(
                ["/proc/self/exe", become] + arguments + ["\(getpid())"], input: try Descriptor(opening: "/dev/null"),
                output: try Descriptor(copying: STDOUT_FILENO), errors: try Descriptor(copying: STDERR_FILENO))
            return keep(child)
        } catch {
            complain("bpftrace cannot be started: \(error.message)")
            return 1
        }
    }

    private static func keep(_ child: consuming Child) -> Int32 {
        var child = child
        while true {
            if let end = child.wait(milliseconds: 0) { return status(end) }
            // Nothing is ever written there.
            var leash = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            if poll(&leash, 1, 250) > 0 { break }
        }
        // It takes the probe away. If it does not, it is killed on return.
        child.signal(SIGINT)
        _ = child.wait(milliseconds: 2_000)
        return 0
    }

    private static func status(_ end: Child.End) -> Int32 {
        switch end {
        case .exited(let status): return status
        case .signalled, .unknown:
            complain("\(end)")
            return 1
        }
    }

    /// Becomes bpftrace, which is killed if the helper is.
    private static func becomeBpftrace(_ arguments: [String]) -> Int32 {
        guard let place = ProbePlace(path: arguments[2], argument: arguments[3]), let parent = Int32(arguments[4]),
            Child.endWithParent(parent)
        else { return 1 }
        let program: String
        do throws(NodeKeysError) {
            // The option -p only ends it with the process.
            program = try KeyProbe.watcher(of: place, process: seesAllProcesses ? Int32(arguments[1]) : nil)
        } catch {
            complain("\(error)")
            return 1
        }
        let process = arguments[1] == "-" ? [] : ["-p", arguments[1]]
        var words = ([arguments[0]] + place.options + process + ["-e", program]).map { strdup($0) } + [nil]
        execvp(arguments[0], &words)
        complain("\(arguments[0]): \(SystemFailure().message)")
        return missing
    }

    /// Processes have the same numbers for us as for the kernel. In a PID namespace of a container they have not, and what
    /// bpftrace compares depends on its version: there all processes of the program are watched.
    private static var seesAllProcesses: Bool {
        // PROC_PID_INIT_INO of the kernel.
        target(ofLink: "/proc/self/ns/pid") == "pid:[4026531836]"
    }

    /// Read by the process that started us, and made harmless there.
    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
