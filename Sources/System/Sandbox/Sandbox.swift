import Glibc

/// Locks this process in before it looks at what strangers have sent: one who takes it over by that can do no more than its
/// profile says.
package enum Sandbox {
    /// What is on.
    package struct State: Sendable, CustomStringConvertible {
        /// Calls of the kernel are filtered; else why not.
        fileprivate(set) var calls: Result<Void, Missing> = .success(())
        /// The version of Landlock by which places of files are bound; else why they are not.
        fileprivate(set) var places: Result<Int, Missing> = .failure(Missing(reason: ""))

        /// Why a part is missing.
        package struct Missing: Error { let reason: String }

        /// `seccomp; Landlock (ABI 7)`
        package var description: String {
            let calls =
                switch calls {
                case .success: "seccomp"
                case .failure(let missing): "no seccomp (\(missing.reason))"
                }
            let places =
                switch places {
                case .success(let version): "Landlock (ABI \(version))"
                case .failure(let missing): "no Landlock (\(missing.reason))"
                }
            return "\(calls); \(places)"
        }

        /// It was not wanted.
        package fileprivate(set) var isSwitchedOff = false

        /// Whether all of it is on.
        package var isComplete: Bool {
            if case .failure = calls { return false }
            if case .failure = places { return false }
            return true
        }
    }

    /// Switches it off: for programs that watch this one from inside, such as sanitizers.
    package static let switchVariable = "BTCSHARK_SANDBOX"

    /// Locks this process in, for good. To be called while it has one thread: the threads that it makes later are bound by
    /// it, too.
    package static func enter(_ profile: SandboxProfile) -> State {
        var state = State()
        if let value = getenv(switchVariable), String(cString: value) == "off" {
            let missing = State.Missing(reason: "\(switchVariable)=off")
            state.calls = .failure(missing)
            state.places = .failure(missing)
            state.isSwitchedOff = true
            return state
        }
        // What times are written in, which the C library else reads when the first one is written.
        tzset()
        state.places = restrictPlaces(profile)
        if let filter = CallFilter(profile.rules) {
            if let failure = filter.install() { state.calls = .failure(State.Missing(reason: failure.message)) }
        } else {
            state.calls = .failure(State.Missing(reason: "not for this processor"))
        }
        return state
    }

    private static func restrictPlaces(_ profile: SandboxProfile) -> Result<Int, State.Missing> {
        guard let version = Landlock.version else {
            // Read before anything else asks the system.
            let failure = SystemFailure()
            return .failure(State.Missing(reason: reason(failure)))
        }
        let failure = Landlock.restrict(
            to: profile.places, allowsNetwork: profile.allowsNetwork, version: version)
        return failure.map { .failure(State.Missing(reason: $0.message)) } ?? .success(version)
    }

    /// Why there is no Landlock, by what the kernel says.
    private static func reason(_ failure: SystemFailure) -> String {
        switch failure.code {
        case ENOSYS: "\(kernel) has none: \(failure.message)"
        case EOPNOTSUPP: "it is switched off in \(kernel)"
        default: failure.message
        }
    }

    /// `Linux 6.1.0`
    private static var kernel: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "this kernel" }
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "Linux \(release)".singleLine
    }
}
