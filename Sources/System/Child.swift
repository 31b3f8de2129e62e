import CLinux
import Glibc

/// A child process of ours. It is ended, at once and without a word, when its owner goes, and never left a zombie.
package struct Child: ~Copyable {
    /// How a child ended.
    package enum End: CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// The system does not tell, since this process ignores SIGCHLD.
        case unknown

        /// - Parameter status: As `waitpid` gives it.
        fileprivate init(status: Int32) {
            // As the macros WIFSIGNALED, WTERMSIG and WEXITSTATUS, which Swift does not import.
            let signal = status & 0x7f
            self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
        }

        package var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "ended by signal \(signal)"
            case .unknown: "ended"
            }
        }
    }

    private let pid: pid_t
    /// Set once it has been waited for: its number may be another process's by now.
    private var end: End?

    /// Takes over a child that is running and has not been waited for.
    package init(pid: pid_t) {
        self.pid = pid
    }

    /// Starts a program, found by its name where that has no slash.
    ///
    /// The child gets usual signals whatever we ignore or block, so that a closed pipe ends it; and a process group of
    /// its own, so that Ctrl-C reaches us alone: we read on to a clean end, or end the child ourselves.
    ///
    /// - Parameters:
    ///   - arguments: Beginning with the program's name.
    ///   - input: What becomes its standard input, and so on.
    ///   - hearsEnding: Else SIGINT, SIGTERM and SIGHUP are blocked in it from its first moment on: for one that is
    ///     needed until our own orderly end, though who ends us ends all processes that belong to us, as systemd does.
    /// - Throws: ENOENT where there is no such program.
    package init(
        _ arguments: [String], input: borrowing Descriptor, output: borrowing Descriptor, errors: borrowing Descriptor,
        hearsEnding: Bool = true
    ) throws(SystemFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.number, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.number, STDERR_FILENO)
        // Neither an interface nor anything else of ours.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        if !hearsEnding { for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) } }
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigemptyset(&signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGCHLD] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var pid: pid_t = 0
        var words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let code = posix_spawnp(&pid, arguments.first ?? "", &actions, &attributes, &words, environ)
        guard code == 0 else { throw SystemFailure(code: code) }
        self.init(pid: pid)
    }

    deinit {
        guard end == nil else { return }
        // Not SIGTERM: our children have nothing to tidy up, and must not be able to hold us up. Nor must one that this
        // process may no longer signal.
        if kill(pid, SIGKILL) == 0 { _ = Self.end(of: pid) } else { _ = Self.end(of: pid, milliseconds: 2000) }
    }

    /// Waits for the child to end by itself.
    package consuming func wait() -> End {
        let (pid, end) = (pid, end)
        discard self
        return end ?? Self.end(of: pid)
    }

    /// How the child ended; nil where it is still running after so long.
    package mutating func wait(milliseconds: Int32) -> End? {
        if end == nil { end = Self.end(of: pid, milliseconds: milliseconds) }
        return end
    }

    /// Sends it a signal, if it has not been waited for.
    package func signal(_ number: Int32) {
        if end == nil { kill(pid, number) }
    }

    /// Leaves the child to itself.
    package consuming func leave() {
        discard self
    }

    private static func end(of pid: pid_t) -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return .unknown }
        }
        return End(status: status)
    }

    private static func end(of pid: pid_t, milliseconds: Int32) -> End? {
        var left = milliseconds
        while true {
            var status: Int32 = 0
            switch waitpid(pid, &status, WNOHANG) {
            case 0: break
            case -1 where errno == EINTR: break
            case -1: return .unknown
            default: return End(status: status)
            }
            guard left > 0 else { return nil }
            let turn = min(left, 10)
            usleep(UInt32(turn) * 1000)
            left -= turn
        }
    }

    /// From now on the calling process is killed when its parent goes, also as another program that it becomes.
    ///
    /// - Returns: False where the parent is gone already.
    package static func endWithParent(_ parent: pid_t) -> Bool {
        linux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) == 0 && getppid() == parent
    }
}
