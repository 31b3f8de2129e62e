import Synchronization

/// What files say of their frames beside time and bytes: interfaces, comments, which frames have no time, and secrets.
///
/// Readers of captures fill it, and ``FrameHeader/interface`` and ``FrameHeader/comment`` refer to it. Any thread may use
/// it. It is bounded: see ``interfaceLimit``, ``commentLimit`` and ``timelessLimit``.
public final class CaptureNotes: Sendable {
    /// An interface of a pcapng file.
    public struct Interface: Hashable, Sendable {
        /// From 0, in the order of the file; those of later sections go on from those of earlier ones, as in Wireshark.
        public var number: UInt32
        /// As it came: not safe to print. Empty where the file names none.
        public var name: [UInt8]

        public init(number: UInt32, name: [UInt8]) {
            self.number = number
            self.name = name
        }
    }

    /// The most interfaces that are known; frames of others have none.
    public static let interfaceLimit = 65_536
    /// The most bytes of comments that are kept, equal ones once; frames that come later have none.
    public static let commentLimit = 16 << 20
    /// The most runs of frames without a time that are kept; frames that come later have the time of the frame before.
    public static let timelessLimit = 1 << 20

    /// The most bytes of secrets that may wait to be taken; others are skipped.
    public static let secretsLimit = 256 << 20

    /// Lines of a key log that a file brings along.
    public struct Secrets: Sendable {
        /// The file, as in ``FrameHeader/file``.
        public var file: Int
        public var lines: [UInt8]

        public init(file: Int, lines: [UInt8]) {
            self.file = file
            self.lines = lines
        }
    }

    private struct State {
        var paths: [String] = []
        var secrets: [Secrets] = []
        var secretsBytes = 0
        var interfaces: [Interface] = []
        var places: [Interface: UInt32] = [:]
        var unreadSecretBytes: UInt64 = 0
        var comments = CommentStore(limit: CaptureNotes.commentLimit)
        var timeless: [ClosedRange<UInt64>] = []
    }

    private let state = Mutex(State())
    private let hasTimeless = Atomic(false)
    private let waitingSecrets = Atomic(false)

    public init() {}

    // MARK: Filling

    /// Notes the inputs, as they were given: ``FrameHeader/file`` is an index into them.
    public func note(files paths: [String]) { state.withLock { $0.paths = paths } }

    /// The place of an interface, from 1; 0 where there are too many.
    func place(of interface: Interface) -> UInt32 {
        state.withLock { state in
            if let known = state.places[interface] { return known }
            guard state.interfaces.count < Self.interfaceLimit else { return 0 }
            state.interfaces.append(interface)
            let place = UInt32(state.interfaces.count)
            state.places[interface] = place
            return place
        }
    }

    /// The place of a frame's comments, from 1; 0 where there are too many.
    func place(ofComments comments: [[UInt8]]) -> UInt32 {
        state.withLock { $0.comments.place(of: comments) }
    }

    /// Forgets the comments so far, to which no frame to come refers: there is room for others.
    public func forgetComments() { state.withLock { $0.comments.forgetAll() } }

    /// Notes a frame without a time, by its number in the whole capture. Called in the order of the frames.
    public func note(timeless frame: UInt64) {
        state.withLock { state in
            if let last = state.timeless.last, last.upperBound &+ 1 >= frame {
                guard last.upperBound < frame else { return }
                state.timeless[state.timeless.count - 1] = last.lowerBound...frame
            } else if state.timeless.count < Self.timelessLimit {
                state.timeless.append(frame...frame)
            }
        }
        hasTimeless.store(true, ordering: .releasing)
    }

    /// Notes the secrets of a file.
    func note(secrets lines: [UInt8], of file: Int) {
        state.withLock { state in
            guard lines.count <= Self.secretsLimit - state.secretsBytes else {
                state.unreadSecretBytes &+= UInt64(lines.count)
                return
            }
            state.secretsBytes += lines.count
            state.secrets.append(Secrets(file: file, lines: lines))
        }
        waitingSecrets.store(true, ordering: .releasing)
    }

    /// Notes bytes of secrets that were not even read.
    func note(unreadSecrets bytes: UInt64) {
        if bytes > 0 { state.withLock { $0.unreadSecretBytes &+= bytes } }
    }

    // MARK: Asking

    /// Bytes of secrets that were skipped, since there are too many.
    public var unreadSecretBytes: UInt64 { state.withLock { $0.unreadSecretBytes } }

    /// How many comments were left out, since there are too many.
    public var commentsLeftOut: UInt64 { state.withLock { $0.comments.leftOut } }

    /// The secrets of a file that wait to be taken, and go on waiting.
    package func waitingSecrets(of file: Int) -> [UInt8] {
        guard hasSecrets else { return [] }
        return state.withLock { state in
            Array(state.secrets.filter { $0.file == file }.map(\.lines).joined())
        }
    }

    /// Secrets wait to be taken.
    public var hasSecrets: Bool { waitingSecrets.load(ordering: .acquiring) }

    /// The secrets that were noted since this was last asked.
    public func takeSecrets() -> [Secrets] {
        waitingSecrets.store(false, ordering: .releasing)
        return state.withLock { state in
            defer {
                state.secrets = []
                state.secretsBytes = 0
            }
            return state.secrets
        }
    }

    /// The path of an input as it was given, `-` for standard input: not safe to print. Nil where it is not known.
    ///
    /// - Parameter file: ``FrameHeader/file``.
    public func path(ofFile file: Int) -> String? {
        state.withLock { $0.paths.indices.contains(file) ? $0.paths[file] : nil }
    }

    /// - Parameter place: ``FrameHeader/interface``.
    public func interface(_ place: UInt32) -> Interface? {
        guard place > 0 else { return nil }
        return state.withLock { $0.interfaces.indices.contains(Int(place) - 1) ? $0.interfaces[Int(place) - 1] : nil }
    }

    /// Texts as they came, in UTF-8 if the file is right: not safe to print.
    ///
    /// - Parameter place: ``FrameHeader/comment``.
    public func comments(_ place: UInt32) -> [[UInt8]] {
        guard place > 0 else { return [] }
        return state.withLock { $0.comments[place] }
    }

    /// Whether a frame has no time, by its number in the whole capture.
    public func isTimeless(_ frame: UInt64) -> Bool {
        // Nearly always.
        guard hasTimeless.load(ordering: .acquiring) else { return false }
        return state.withLock { state in
            var (low, high) = (0, state.timeless.count)
            while low < high {
                let middle = low + (high - low) / 2
                if state.timeless[middle].upperBound < frame { low = middle + 1 } else { high = middle }
            }
            return low < state.timeless.count && state.timeless[low].lowerBound <= frame
        }
    }
}
