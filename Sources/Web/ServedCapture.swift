#if Web
import Capture
import Dissector
import Insight
import Records
import Synchronization

/// What is shown: the index of its rows, and the way to read it again.
public final class ServedCapture: Sendable {
    /// What is said of the capture as a whole, by who reads it.
    public struct Account: Sendable {
        /// Names of files, or of the interface, without folders, safe to print.
        public var names: [String] = []
        public var linkTypes: [String] = []
        /// The closing counts, or those so far.
        public var counts = ""
        /// Why not all could be read.
        public var doubt: String?
        public var bytesRead: UInt64 = 0
        /// Nil where that is not known.
        public var bytesTotal: UInt64?
        /// Packets lost by the kernel.
        public var kernelDropped: UInt64 = 0
        public var packets: UInt64 = 0
        /// Directions that nobody can read without their key.
        public var encryptedStreams: UInt64 = 0

        public init() {}
    }

    public let index: MessageIndex
    let input: ServedInput
    /// Of each reading, as far as they are alike.
    let options: PipelineOptions
    /// The node that the capture is of, where it was named.
    let node: Insight.Node?
    public let isLive: Bool
    public let version: String
    /// Of a capture under way.
    public let metrics = MetricsDesk()
    private let account = Mutex(Account())
    private let complete = Atomic<Bool>(false)
    private let ending = Atomic<Bool>(false)

    /// - Parameters:
    ///   - options: How packets are read: keys, ports, limits.
    ///   - version: Of this program.
    public init(
        _ index: MessageIndex, _ input: ServedInput, _ options: PipelineOptions, node: Insight.Node?, isLive: Bool,
        version: String
    ) {
        self.node = node
        self.index = index
        self.input = input
        var options = options
        // Each reading has its own.
        options.inquiry = nil
        options.usesRecordThread = false
        options.recordWait = nil
        options.unreadSinks = []
        options.usedSecrets = nil
        options.namesEarlierConnections = false
        self.options = options
        self.isLive = isLive
        self.version = version
    }

    /// All is read: no row comes any more.
    public var isComplete: Bool { complete.load(ordering: .acquiring) }
    public func noteComplete() { complete.store(true, ordering: .releasing) }

    /// The program ends: readings stop.
    public var isEnding: Bool { ending.load(ordering: .relaxed) }
    public func noteEnding() { ending.store(true, ordering: .relaxed) }

    public func update(_ change: (inout Account) -> Void) { account.withLock { change(&$0) } }
    var known: Account { account.withLock { $0 } }
    public var packets: UInt64 { account.withLock { $0.packets } }
    public var counts: String { account.withLock { $0.counts } }
}
#endif
