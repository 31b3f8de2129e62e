import Glibc
import System

/// Records a live capture: to one file, or, as `-b` asks, to one after another.
///
/// Frames are handed to the system once a second at least, and whenever there is nothing else to do, if only
/// ``keepTime()`` is called: so a crash loses one buffer at most.
public struct RecordingFiles: ~Copyable {
    /// The file being written; nil between two files, since the next is begun by its first frame.
    public private(set) var currentPath: String?
    /// Files that are closed. Some may be deleted since.
    public private(set) var completedFiles: UInt64 = 0

    private let path: String
    private let format: CaptureFormat
    private let linkType: LinkTypeNumber
    private let snapLength: Int
    private let description: CaptureDescription
    /// What was received and lost so far in the capture. A file says at its end what has come since the file before it,
    /// where its format has room for that.
    public var statistics = CaptureStatistics()
    /// What the files before this one have said.
    private var statisticsBefore = CaptureStatistics()
    /// When the next file begins, and how many are kept; nil for one file without an end.
    private let ring: CaptureLimits?
    /// Nobody but this user may read the files.
    private let isPrivate: Bool
    /// What is read meanwhile.
    private let inputs: [String]
    /// See ``CaptureDestination/isEnding``.
    private let isEnding: @Sendable () -> Bool

    private var writer: CaptureWriter?
    /// The ring's folder and files, where some are to be deleted, and by this process.
    private var folder: Descriptor?
    private var kept: RingFiles?
    /// That of the ring's newest file.
    private var number: UInt64 = 0
    /// The file being written.
    private var identity: FileIdentity?
    /// Makes and deletes files where we may not; nil where this process does it all.
    private var helper: RecordingHelper?
    /// This process does not even try.
    private var helperMakesAll: Bool
    /// The helper has made the file being written.
    private var isHelpers = false
    /// Files that it makes before their time; it allows no fewer.
    private var early = Allowance(most: RecordingHelper.mostEarlyFiles - 1, now: monotonicSeconds())
    private var begun: Double
    private var flushed: Double
    private var isFlushed = false
    /// Lines of a key log that came between two files.
    private var waitingSecrets: [UInt8] = []
    /// A full file stays open for secrets of its frames, until it is closed or the next one is full.
    var keepsFullFilesOpen = false
    /// That file, and the number of its last frame; nil where there is none.
    private var aside: CaptureWriter?
    private(set) var asideThrough: UInt64?
    /// The number of the last frame in a file that is closed.
    private(set) var closedThrough: UInt64 = 0
    private var lastFrame: UInt64 = 0

    /// Begins the first file, whose header is handed to the system.
    ///
    /// - Parameters:
    ///   - path: A path, or, without `ring`, `-` for standard output. With `ring` the files are called as
    ///     dumpcap's: `name_00001_20261123142233.pcap`.
    ///   - ring: How long a file becomes (`duration`, `fileSize`, `packets`), and how many are kept (`files`), those of
    ///     earlier runs among them.
    ///   - isPrivate: Nobody but this user may read the files, from their creation on.
    ///   - inputs: What is read meanwhile: none of these files may be one that is written.
    ///   - helper: Is asked where this process may not make a file, or may do so no longer; or for all files if it is made
    ///     so.
    ///   - isEnding: See ``CaptureDestination/isEnding``.
    /// - Throws: `CaptureError` where the file cannot be made.
    public init(
        path: String, format: CaptureFormat = .pcap, linkType: LinkTypeNumber,
        snapLength: Int = CaptureWriter.snapLength, description: CaptureDescription = CaptureDescription(),
        ring: CaptureLimits? = nil, isPrivate: Bool = false, inputs: [String] = [],
        helper: consuming RecordingHelper? = nil,
        isEnding: @escaping @Sendable () -> Bool = { false }
    ) throws(CaptureError) {
        self.path = path
        self.format = format
        self.description = description
        self.linkType = linkType
        self.snapLength = snapLength
        self.ring = ring
        self.isPrivate = isPrivate
        self.inputs = inputs
        self.isEnding = isEnding
        helperMakesAll = helper?.makesAll ?? false
        self.helper = helper
        begun = monotonicSeconds()
        flushed = begun
        if ring?.files != nil, !helperMakesAll { try takeOver() }
        try begin()
    }

    /// Counts the files of earlier runs as the ring's. Where the folder is closed to us, so are they, and the helper does it.
    private mutating func takeOver() throws(CaptureError) {
        do throws(SystemFailure) {
            let folder = try Descriptor(folderOf: path)
            let files = try RingFiles(RingFileName(path), in: folder, owner: geteuid())
            number = files.number
            kept = files
            self.folder = .some(folder)
        } catch {
            guard helper == nil else { return }
            throw CaptureError(.cannotCreate, path: path, detail: error.message)
        }
    }

    /// Bytes of the file being written, its header and what is buffered included; 0 between two files.
    public var currentBytes: UInt64 {
        switch writer {
        case .some(let writer): writer.bytesWritten
        case .none: 0
        }
    }

    /// The socket to the helper, where there is one: for a sandbox.
    public var helperSocket: Int32? {
        switch helper {
        case .some(let helper): helper.socketNumber
        case .none: nil
        }
    }

    /// Frames of the file being written that have not come into it, where writing has failed.
    var framesLost: UInt64 {
        switch writer {
        case .some(let writer): writer.framesLost
        case .none: 0
        }
    }

    /// Whether a file has room for ``statistics``.
    var takesStatistics: Bool { format == .pcapng }

    /// Whether the file is full: it is completed before the next frame, or in a moment without frames.
    public var isFull: Bool { isFull(monotonicSeconds()) }

    /// Files that are full or closed, for `-a files:`.
    public var fullFiles: UInt64 { completedFiles &+ (isFull ? 1 : 0) }

    /// Adds a frame; completes a full file and begins the next one before it.
    ///
    /// A full file is not completed after its last frame, since secrets may come of that frame.
    ///
    /// - Throws: `CaptureError`; after one of writing nothing more can be written.
    public mutating func write(_ header: FrameHeader, _ bytes: RawSpan) throws(CaptureError) {
        try keepTime(isIdle: false)
        if writer == nil { try begin() }
        try writer?.write(header, bytes)
        lastFrame = header.number
        isFlushed = false
    }

    /// Adds lines of a key log, by which frames of this file can be decrypted. Between two files they wait for the next
    /// one, which only a frame begins.
    public mutating func write(secrets lines: [UInt8]) throws(CaptureError) {
        if lines.isEmpty { return }
        guard writer != nil else {
            waitingSecrets += lines
            return
        }
        try writer?.write(secrets: lines)
        isFlushed = false
    }

    /// As ``write(secrets:)``, into the file that a frame is in, if that is still open.
    mutating func write(secrets lines: [UInt8], of frame: UInt64) throws(CaptureError) {
        guard let asideThrough, frame <= asideThrough else { return try write(secrets: lines) }
        try aside?.write(secrets: lines)
    }

    /// What time brings: completes a file after its duration, and flushes. To be called whenever no frame came for a
    /// moment, and then at least once a second.
    public mutating func keepTime() throws(CaptureError) { try keepTime(isIdle: true) }

    /// What SIGHUP asks for. Of a ring, the file is complete, and the next frame begins the next one, but where a helper
    /// would refuse that: as many files at once the ring's limits do not allow. A single file is made anew if it has been
    /// moved or deleted, as programs that rotate logs do; else it goes on.
    public mutating func rotate() throws(CaptureError) {
        if ring != nil {
            if writer != nil, helper == nil || early.take(at: monotonicSeconds()) {
                try complete()
            } else {
                try flush()
            }
        } else if isHelpers {
            // Who may look into the folder knows whether the file is still there.
            guard let next = try createByHelper() else { return try flush() }
            try closeFile()
            try begin(next)
        } else if path == "-" || FileIdentity(of: path) == identity {
            try flush()
        } else {
            try closeFile()
            try begin()
        }
    }

    /// Writes what is buffered, and closes.
    public consuming func close() throws(CaptureError) { try finish() }

    /// As ``close()``; nothing may be written afterwards.
    mutating func finish() throws(CaptureError) {
        try closeAside()
        keepsFullFilesOpen = false
        try closeFile()
    }

    /// Completes the file: nothing but secrets is written into it any more.
    private mutating func closeFile() throws(CaptureError) {
        guard writer != nil else { return }
        // Two at most are open: who finds secrets may be slower than the frames come.
        try closeAside()
        try writer?.write(statistics.since(statisticsBefore))
        statisticsBefore = statistics
        completedFiles &+= 1
        guard keepsFullFilesOpen else {
            closedThrough = lastFrame
            // Where that fails the writer stays, and knows what has not come into the file.
            try writer?.flush()
            try writer.take()?.close()
            return
        }
        // Who makes the next file may look at how long this one is.
        try flush()
        aside = writer.take()
        asideThrough = lastFrame
    }

    /// Closes the file that was full before this one.
    mutating func closeAside() throws(CaptureError) {
        guard let last = asideThrough else { return }
        asideThrough = nil
        closedThrough = last
        try aside.take()?.close()
    }

    private mutating func keepTime(isIdle: Bool) throws(CaptureError) {
        let now = monotonicSeconds()
        try completeIfFull(now)
        if !isFlushed, isIdle || now - flushed >= 1 { try flush(now) }
    }

    mutating func flush(_ now: Double = monotonicSeconds()) throws(CaptureError) {
        try aside?.flush()
        try writer?.flush()
        isFlushed = true
        flushed = now
    }

    // MARK: From file to file

    private mutating func completeIfFull(_ now: Double = monotonicSeconds()) throws(CaptureError) {
        if isFull(now) { try complete() }
    }

    private func isFull(_ now: Double) -> Bool {
        guard let ring else { return false }
        return switch writer {
        case .some(let writer):
            ring.isReached(duration: now - begun, packets: writer.framesWritten, bytes: writer.bytesWritten)
        case .none: false
        }
    }

    private mutating func complete() throws(CaptureError) {
        currentPath = nil
        try closeFile()
    }

    private mutating func begin() throws(CaptureError) { try begin(create()) }

    private mutating func begin(_ file: consuming CaptureDestination) throws(CaptureError) {
        var destination = file
        destination.isEnding = isEnding
        identity = destination.descriptor.fileIdentity
        let path = destination.path
        writer = try CaptureWriter(
            destination, format: format, linkType: linkType, snapLength: snapLength, description: description)
        currentPath = path
        begun = monotonicSeconds()
        isFlushed = false
        let secrets = waitingSecrets
        waitingSecrets = []
        try writer?.write(secrets: secrets)
        // One who comes upon the file sees what it is.
        try flush(begun)
    }

    /// Makes the next file: by this process where it may, else by the helper.
    private mutating func create() throws(CaptureError) -> CaptureDestination {
        // The helper must not be asked for it either.
        if ring == nil, path != "-", let identity = FileIdentity(of: path), isInput(identity) {
            throw CaptureError(.isAnInput, path: path)
        }
        if helperMakesAll { return try createdByHelper() }
        let name = ring == nil ? RecordingName() : RecordingName(number: number &+ 1, time: time(nil))
        let destination: CaptureDestination
        do throws(CaptureError) {
            destination = try CaptureDestination(
                path: name.path(in: path, isRing: ring != nil), inputs: inputs, isPrivate: isPrivate)
        } catch {
            guard helper != nil, error.problem == .cannotCreate else { throw error }
            // From now on the helper knows which files there are.
            helperMakesAll = ring != nil
            return try createdByHelper()
        }
        if ring != nil, !WrittenMark.set(destination.descriptor.number) {
            throw CaptureError(.cannotCreate, path: destination.path, detail: "it is being written already")
        }
        isHelpers = false
        if ring != nil { try add(name) }
        return destination
    }

    /// Counts a file that this process has made as the ring's, and deletes the oldest where there are too many now.
    private mutating func add(_ name: RecordingName) throws(CaptureError) {
        number = name.number
        guard let bound = ring?.files else { return }
        let file = name.path(in: path, isRing: true)
        kept?.add(String(file[Path.nameStart(file)...]), number: name.number)
        var failed: (name: String, failure: SystemFailure)?
        switch folder {
        case .some(let folder): failed = kept?.delete(downTo: bound, in: folder).map { ($0.name, $0.1) }
        case .none: break
        }
        guard let failed else { return }
        let path = file[..<Path.nameStart(file)] + failed.name
        throw CaptureError(.writeFailed, path: String(path), detail: failed.failure.message)
    }

    private mutating func createdByHelper() throws(CaptureError) -> CaptureDestination {
        if let destination = try createByHelper() { return destination }
        throw CaptureError(.cannotCreate, path: path, detail: "it is being written already")
    }

    /// - Returns: Nil where there is one file only, and the last that was made is still there.
    private mutating func createByHelper() throws(CaptureError) -> CaptureDestination? {
        var name = RecordingName()
        var isAnInput: String?
        do throws(SystemFailure) {
            guard let descriptor = try helper?.next(&name) else { throw SystemFailure(code: EACCES) }
            isHelpers = true
            let made = name.path(in: path, isRing: ring != nil)
            if let identity = descriptor.fileIdentity, isInput(identity) { isAnInput = made }
            if isAnInput == nil { return CaptureDestination(descriptor, path: made) }
        } catch {
            if error.code == EALREADY { return nil }
            let words =
                switch error.code {
                case EAGAIN: "more files than the limits of the ring allow"
                case EBUSY: "it is being written already"
                default: error.message
                }
            throw CaptureError(.cannotCreate, path: path, detail: words)
        }
        throw CaptureError(.isAnInput, path: isAnInput ?? path)
    }

    private func isInput(_ identity: FileIdentity) -> Bool {
        inputs.contains { FileIdentity(of: $0) == identity }
    }
}
