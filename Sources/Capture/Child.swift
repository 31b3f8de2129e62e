import Glibc

/// A child process of ours. It is ended, at once and without a word, when its owner goes, and never left a zombie.
struct Child: ~Copyable {
    /// How a child ended.
    enum End: CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// The system does not tell, since this process ignores SIGCHLD.
        case unknown

        var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "ended by signal \(signal)"
            case .unknown: "ended"
            }
        }
    }

    private let pid: pid_t

    /// Takes over a child that is running and has not been waited for.
    init(pid: pid_t) {
        self.pid = pid
    }

    deinit {
        // Not SIGTERM: our children have nothing to tidy up, and must not be able to hold us up.
        kill(pid, SIGKILL)
        _ = Self.end(of: pid)
    }

    /// Waits for the child to end by itself.
    consuming func wait() -> End {
        let pid = pid
        discard self
        return Self.end(of: pid)
    }

    private static func end(of pid: pid_t) -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return .unknown }
        }
        // As the macros WIFSIGNALED, WTERMSIG and WEXITSTATUS, which Swift does not import.
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
}
