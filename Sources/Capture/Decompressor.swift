import CPcap
import Glibc

/// A running child that decompresses an input to a pipe. It is ended, at once and without a word, when its owner goes.
struct Decompressor: ~Copyable {
    /// Why there is no decompressor.
    enum Failure: Error {
        case programMissing
        case system(String)
    }

    private let child: Child
    private let compression: Compression

    /// The program's name, for messages.
    var program: String { compression.program }

    /// What the child says on its standard error: a file, not a pipe, so that the child never waits for us to read it.
    private let messages: Descriptor

    /// Starts the program.
    /// - Parameters:
    ///   - input: Read from where it stands; its position is shared with us.
    ///   - output: Where the decompressed bytes go, as a rule a pipe. Only the child holds it afterwards, so that the
    ///     reader's end of input is the child's end.
    init(
        _ compression: Compression, reading input: borrowing Descriptor, writing output: consuming Descriptor
    ) throws(Failure) {
        let messages: Descriptor
        do {
            messages = try Descriptor(memoryFileNamed: "messages of \(compression.program)")
        } catch {
            throw .system(error.message)
        }
        // A larger pipe means fewer turns between the two processes. Where it is refused, the usual size will do.
        _ = fcntl(output.number, LINUX_F_SETPIPE_SZ, 1 << 20)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.number, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, messages.number, STDERR_FILENO)

        // The child gets usual signals whatever we ignore or block, so that a closed pipe ends it; and a process group
        // of its own, so that Ctrl-C reaches us alone: we read on to a clean end, or end the child ourselves.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
        )

        var pid: pid_t = 0
        var arguments = [strdup(compression.program), strdup("-dc"), nil]
        defer { arguments.forEach { free($0) } }
        switch posix_spawnp(&pid, compression.program, &actions, &attributes, &arguments, environ) {
        case 0: break
        case ENOENT: throw .programMissing
        case let code: throw .system(SystemFailure(code: code).message)
        }
        self.child = Child(pid: pid)
        self.compression = compression
        self.messages = messages
    }

    /// Waits for the program, which has closed its output, to end.
    /// - Returns: What went wrong, in the program's words; nil where all is well.
    consuming func finish() -> String? {
        let status = child.wait()
        switch status {
        case .exited(let code) where compression.goodStatuses.contains(code): return nil
        case .unknown: return nil
        default: break
        }
        let words = String(decoding: messages.contents(limit: 1_000), as: UTF8.self).singleLine
        return words.isEmpty ? status.description : words
    }
}
