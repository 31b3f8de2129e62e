import BitcoinP2P
import Capture
import Fields
import Output
import Reassembly
import Records

/// Dissects what Bitcoin Core writes with `-capturemessages`: one after another the messages of all files, by time.
///
/// Peers are named and numbered after their folders; the node itself is called `node`. A record's frame number is the
/// message's place among all. Of two messages of one time the one that the node received comes first.
public struct MessageCaptures: ~Copyable {
    /// What a reading takes beside its input.
    public struct Options: Sendable {
        /// The network of all messages; where nil it follows from the folders' names: `regtest`, `signet` and so on, then
        /// by the peer's port, else it is mainnet.
        public var network: Network?
        /// Filter, columns and limit are looked at.
        public var pipeline = PipelineOptions()

        public init() {}
    }

    /// Of some peer nothing tells the network, which is taken as mainnet.
    public let assumesNetwork: Bool
    private var files: MessageCaptureFiles
    private var peers: [CapturedPeer]
    /// Of which directions there was a message: two for each peer.
    private var hasMessages: [Bool]
    private var stage: RecordStage
    private var bytes: [UInt8] = []
    private var found = Counts()
    private var bytesRead: UInt64 = 0

    /// Finds the files and reads the first header of each.
    ///
    /// - Parameters:
    ///   - paths: Files, folders of a peer, or any folder above: of a node, of several; `-` for standard input.
    ///   - writer: Nil to count only.
    /// - Throws: Where a path leads to nothing. What is wrong with a file is thrown by ``next()``.
    public init(
        paths: [String], _ options: Options = Options(), writer: (any RecordSink)?
    ) throws(MessageCaptureError) {
        var finder = MessageCaptureFinder(network: options.network)
        for path in paths { try finder.add(path) }
        peers = finder.peers
        assumesNetwork = finder.assumesNetwork
        hasMessages = Array(repeating: false, count: 2 * finder.peers.count)
        files = MessageCaptureFiles(finder.files)
        var pipeline = options.pipeline
        let notes = CaptureNotes()
        notes.note(files: finder.files.map(\.path))
        pipeline.captureNotes = notes
        stage = RecordStage(pipeline.relating(for: writer), writer: writer)
        found.messageFiles = UInt64(finder.files.count)
        found.peers = UInt64(finder.peers.count)
        found.connections = UInt64(finder.peers.count)
    }

    /// Whether the path is for this reader: a folder, or what begins with records of messages and is neither a capture of
    /// packets nor compressed; a file called `msgs_recv.dat` or `msgs_sent.dat` need not. Standard input and what is named
    /// by its descriptor are looked into, and stay as they were; a pipe's first bytes are waited for.
    public static func recognises(_ path: String) -> Bool { MessageCaptureFinder.recognises(path) }

    /// Whether a folder holds such files, or a folder in it does, up to five deep.
    ///
    /// - Throws: Where a folder cannot be read.
    public static func areBelow(_ folder: String) throws(MessageCaptureError) -> Bool {
        !(try MessageCaptureFinder.files(below: folder).isEmpty)
    }

    /// How many files and folders in the folders of a folder cannot be looked at, since no text is their name.
    public static func unnamable(below folder: String) throws(CaptureError) -> UInt64 {
        try FileTree.unnamable(below: folder, depth: MessageCaptureFinder.depth)
    }

    /// Hands the next message to the writer.
    ///
    /// - Returns: False at the end, or when as many messages as were asked for have been shown.
    /// - Throws: What is wrong with one file, once; a further call goes on with what is left.
    public mutating func next() throws(MessageCaptureError) -> Bool {
        guard !stage.isDone else { return false }
        if let error = takeError() { throw error }
        // The array is taken out, so that its bytes can be lent while the rest of this value is changed.
        var bytes: [UInt8] = []
        swap(&bytes, &self.bytes)
        defer { swap(&bytes, &self.bytes) }
        guard let (index, record) = files.next(into: &bytes) else {
            if let error = takeError() { throw error }
            return false
        }
        bytesRead &+= UInt64(bytes.count)
        show(record, bytes.span.bytes, index)
        return true
    }

    /// The files that are read, those of folders among them.
    public var paths: [String] { files.files.map(\.path) }

    public var counts: Counts {
        var counts = found
        counts.skippedBytes = files.skippedBytes
        counts.shown = stage.shownByFilter
        return counts
    }

    /// How far the reading has come; nil where that is not known, as with a pipe.
    public var progress: CaptureProgress? {
        guard files.files.allSatisfy({ $0.size < .max }) else { return nil }
        return CaptureProgress(bytesRead: bytesRead, totalBytes: files.files.reduce(0) { $0 &+ $1.size })
    }

    private mutating func takeError() -> MessageCaptureError? {
        guard let (file, error) = files.takeError() else { return nil }
        peers[files.files[file].peer].isDamaged = true
        return error
    }

    private mutating func show(_ record: MessageCaptureRecord, _ bytes: RawSpan, _ index: Int) {
        let file = files.files[index]
        let header = record.header(network: peers[file.peer].network)
        let payload = bytes.extracting(droppingFirst: header.byteCount)
        let isCut = payload.byteCount < Int(header.length)
        let direction = 2 * file.peer + (file.direction == .sent ? 1 : 0)
        if !hasMessages[direction] {
            hasMessages[direction] = true
            found.bitcoinStreams += 1
        }
        found.messages += 1
        if isCut { found.cutMessages += 1 }
        stage.begin(record.time)
        let message = MessageFramer.Message(
            header: header, payloadLength: payload.byteCount, status: .notPresent,
            payloadHash: isCut || !stage.makesRecords ? nil : DoubleSHA256.hash(payload))
        var finding = Finding(
            message: message, origin: Origin(frame: found.messages, time: record.time), frames: [])
        let number = UInt64(file.peer)
        let isReceived = file.direction != .sent
        if peers[file.peer].note(header.command, isReceived: isReceived) { stage.closeConnection(number) }
        var sender = peers[file.peer].sender(isReceived: isReceived)
        sender.file = UInt32(clamping: index) &+ 1
        stage.take(&finding, of: sender, number: number, bytes)
    }
}
