import BitcoinP2P
import Capture
import DisplayFilter
import Fields
import Insight
import Keys
import Output
import Reassembly
import Records

/// How a pipeline works, beside its input.
public struct PipelineOptions: Sendable {
    /// Ports to be taken for Bitcoin's beside the usual ones.
    public var ports: Set<UInt16> = []
    /// What the capture says of its frames beside their headers; nil where it says nothing.
    public var captureNotes: CaptureNotes?
    /// The number of records after which reading stops; those of gaps do not count.
    public var recordLimit: UInt64 = .max
    /// Bytes held of one direction of a connection while a hole is open or a message incomplete.
    public var bytesPerStream = Limits().bytesPerDirection
    /// Bytes held of all connections together.
    public var bytesInAll = Limits().totalBytes
    /// Bytes of records that may wait for others of lower frames; a part of ``bytesInAll``. Nil is 64 MiB, or an eighth of
    /// that where it is less.
    public var recordBytes: Int?
    /// How long a record may wait for others of lower frames, as the clock on the wall runs: where somebody watches. Nil
    /// is for as long as need be.
    public var recordWait: Duration?
    /// Nanoseconds of capture time for which a hole may still be filled after the other side has acknowledged it.
    public var gapGrace = Limits().grace

    /// How the time column is shown, where the columns of the summary line are wanted as fields; else nil.
    public var columns: TimeColumn?

    /// The secrets of v2 connections; nil where there are none. It is read again when a connection's is not in it.
    public var keys: KeyLog?
    /// The secret of a v2 connection may come after its first bytes, as in a live run: up to 1 MiB of each direction
    /// wait for it. See ``Pipeline/lookForKeys()``.
    public var waitsForKeys = false
    /// A v2 connection whose secret is not known yet has a record as soon as it is recognised, as in a live run, and not
    /// only at its end.
    public var tellsEncryptedAtOnce = false
    /// Connections that were open before the capture began, and of which no message is found, are named, as in a live
    /// run: see ``Pipeline/takeNotices()``.
    public var namesEarlierConnections = false
    /// Receives the secrets by which something was decrypted.
    public var usedSecrets: UsedSecrets?
    /// Magics of networks, such as custom signets, to be tried for v2 connections beside those that are known.
    public var magics: [UInt32] = []
    /// Records of v2 packets have their encrypted bytes, too.
    public var showsCiphertext = false

    /// Receives all messages, also those that a filter keeps back.
    public var inquiry: Inquiry?

    /// Lines of answers say how long the request has waited, where the inquiry relates messages.
    public var showsResponseTimes = false
    /// The end of a connection has a record.
    public var tellsEnds = false

    /// Summary lines have hashes with all their digits.
    public var showsWholeHashes = false

    /// Which messages are shown; all where nil.
    public var filter: Filter?
    /// Only messages that have it are shown, with where they have it.
    public var identifier: Identifier?
    /// Other names of what ``identifier`` names: those of an earlier reading, and those that messages tell.
    public var otherNames: OtherNames?

    /// Only of records in it anything is made, and reading stops with the last of them; all where nil.
    public var window: RecordWindow?

    /// Receives the messages that are shown, and writes them as clean ones of v1.
    public var decrypted: DecryptedMessages?
    /// Want to know when bytes came that cannot be read; called where the records are made.
    public var unreadSinks: [any UnreadBytesSink] = []

    /// What is noted of packets, whatever they carry.
    public var observation = Observation.none

    /// Records are made on a thread of their own, in the same order: for files, where nobody waits for a single record.
    /// The writer is then called on that thread until ``Pipeline/finish()`` has returned. With a ``recordLimit`` or a
    /// collector of frames everything stays on one thread.
    public var usesRecordThread = false
    /// Records are made by several threads, each with a writer of its own in place of that of the pipeline. Some wait until
    /// more have come: where somebody waits for a single record, call ``Pipeline/pauseRecords(_:)`` now and then. It is not
    /// looked at where the order of records matters to more than what they tell of earlier messages; see
    /// ``sharesRecords(_:_:)``.
    public var sharedWriting: SharedWriting?
    /// Bytes of messages that are handed to that thread at once; as many again may wait for it.
    public var recordBatchSize = 1 << 18

    public init() {}

    /// A record limit ends the reading with the very message that reaches it, and a collector is shown each record
    /// before the next frame. Without a filter and a writer no records are made.
    private func mayUseThreads(_ writer: (any RecordSink)?, _ collector: FrameCollector?) -> Bool {
        recordLimit == .max && collector == nil
            && (writer != nil || filter != nil || identifier != nil || decrypted != nil)
    }

    func usesThread(_ writer: (any RecordSink)?, _ collector: FrameCollector?) -> Bool {
        usesRecordThread && mayUseThreads(writer, collector)
    }

    /// Several threads may make records where each can be made without knowing of which others are shown.
    func sharesRecords(_ writer: (any RecordSink)?, _ collector: FrameCollector?) -> SharedWriting? {
        guard let sharedWriting, mayUseThreads(writer, collector), writer != nil else { return nil }
        guard identifier == nil, window == nil, decrypted == nil, unreadSinks.isEmpty else { return nil }
        if let filter {
            let delta = RecordFields.standard.packet.timeDeltaDisplayed
            let packets = PacketChoice(writer?.wants, filter.fields)
            if packets.all.contains(delta) { return nil }
        }
        return columns?.dependsOnRecordBefore == true ? nil : sharedWriting
    }

    /// With an inquiry where relations are looked at, by a tree or by name in a filter or a column; with records of ends
    /// where those are named.
    func relating(for writer: (any RecordSink)?) -> PipelineOptions {
        let wants = writer?.wants
        func areNamed(_ fields: Set<Field>) -> Bool {
            filter.map { !$0.fields.isDisjoint(with: fields) } ?? false
                || wants.map { !$0.fields.isDisjoint(with: fields) } ?? false
        }
        let fields = RecordFields.standard
        let told = fields.relations.told.union(MessageTypes.standard.fields.earlierTransactions)
        let tells = wants?.depth == .tree || areNamed(told)
        let (looksAtEnds, relates) = (areNamed(fields.close.all), areNamed(fields.relations.all) || tells)
        guard looksAtEnds || relates else { return self }
        var options = self
        if looksAtEnds {
            options.tellsEnds = true
            options.observation = max(options.observation, .connections)
        }
        options.observation = max(options.observation, .messages)
        let inquiry = options.inquiry ?? Inquiry([])
        if relates { inquiry.relate(tellingAnnouncements: tells) }
        options.inquiry = inquiry
        return options
    }

    var heldRecordBytes: Int { recordBytes ?? min(64 << 20, bytesInAll / 8) }

    var limits: Limits {
        var limits = Limits()
        limits.bytesPerDirection = bytesPerStream
        limits.totalBytes = max(bytesInAll - heldRecordBytes, 0)
        limits.grace = gapGrace
        return limits
    }
}
