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
    /// Those that are still there, oldest first. Only filled where some are to be deleted.
    private var kept: [RecordingName] = []
    /// The file being written.
    private var identity: FileIdentity?
    /// Makes and deletes files where we may not; nil where it is not needed.
    private var helper: RecordingHelper?
    private var filesBegun: UInt64 = 0
    private var begun: Double
    private var flushed: Double
    private var isFlushed = false
    /// Lines of a key log that came between two files.
    private var waitingSecrets: [UInt8] = []

    /// Begins the first file, whose header is handed to the system.
    ///
    /// - Parameters:
    ///   - path: A path, or, without `ring`, `-` for standard output. With `ring` the files are called as
    ///     dumpcap's: `name_00001_20261123142233.pcap`.
    ///   - ring: How long a file becomes (`duration`, `fileSize`, `packets`), and how many are kept (`files`).
    ///   - isPrivate: Nobody but this user may read the files, from their creation on.
    ///   - inputs: What is read meanwhile: none of these files may be one that is written.
    ///   - helper: Is asked where this process may not make a file. It ends if this process has made the first file
    ///     itself; that a file which is there can be opened does not tell whether the next can be made.
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
        self.helper = helper
        begun = monotonicSeconds()
        flushed = begun
        if try begin() { self.helper = nil }
        try flush()
    }

    /// Bytes of the file being written, its header and what is buffered included; 0 between two files.
    public var currentBytes: UInt64 {
        switch writer {
        case .some(let writer): writer.bytesWritten
        case .none: 0
        }
    }

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
        if writer == nil { _ = try begin() }
        try writer?.write(header, bytes)
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

    /// What time brings: completes a file after its duration, and flushes. To be called whenever no frame came for a
    /// moment, and then at least once a second.
    public mutating func keepTime() throws(CaptureError) { try keepTime(isIdle: true) }

    /// What SIGHUP asks for. Of a ring, the file is complete, and the next frame begins the next one. A single file is
    /// made anew if it has been moved or deleted, as programs that rotate logs do; else it goes on.
    public mutating func rotate() throws(CaptureError) {
        if ring != nil {
            if writer != nil { try complete() }
        } else if path == "-" || FileIdentity(of: path) == identity {
            try flush()
        } else {
            try closeFile()
            _ = try begin()
            try flush()
        }
    }

    /// Writes what is buffered, and closes.
    public consuming func close() throws(CaptureError) {
        try closeFile()
    }

    private mutating func closeFile() throws(CaptureError) {
        guard writer != nil else { return }
        try writer?.write(statistics.since(statisticsBefore))
        statisticsBefore = statistics
        completedFiles &+= 1
        try writer.take()?.close()
    }

    private mutating func keepTime(isIdle: Bool) throws(CaptureError) {
        let now = monotonicSeconds()
        try completeIfFull(now)
        if !isFlushed, isIdle || now - flushed >= 1 { try flush(now) }
    }

    private mutating func flush(_ now: Double = monotonicSeconds()) throws(CaptureError) {
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

    /// - Returns: Whether this process has made the file.
    private mutating func begin() throws(CaptureError) -> Bool {
        filesBegun &+= 1
        let name = ring == nil ? RecordingName() : RecordingName(number: filesBegun, time: time(nil))
        let path = name.path(in: self.path, isRing: ring != nil)
        try makeRoom()
        var destination = try create(path, name)
        destination.isEnding = isEnding
        let isNew = destination.isNew
        identity = destination.descriptor.fileIdentity
        writer = try CaptureWriter(
            destination, format: format, linkType: linkType, snapLength: snapLength, description: description)
        currentPath = path
        if ring?.files != nil { kept.append(name) }
        begun = monotonicSeconds()
        isFlushed = false
        let secrets = waitingSecrets
        waitingSecrets = []
        try writer?.write(secrets: secrets)
        return isNew
    }

    private func create(
        _ path: String, _ name: RecordingName
    ) throws(CaptureError) -> CaptureDestination {
        // The helper must not be asked for it either.
        if path != "-", let identity = FileIdentity(of: path),
            inputs.contains(where: { FileIdentity(of: $0) == identity })
        {
            throw CaptureError(.isAnInput, path: path)
        }
        do throws(CaptureError) {
            return try CaptureDestination(path: path, inputs: inputs, isPrivate: isPrivate)
        } catch {
            guard helper != nil, error.problem == .cannotCreate else { throw error }
        }
        do throws(SystemFailure) {
            guard let descriptor = try helper?.create(name) else { throw SystemFailure(code: EACCES) }
            return CaptureDestination(descriptor, path: path)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: error.message)
        }
    }

    /// Deletes the oldest files, so that the next one is not one too many. One that somebody else has deleted is no harm.
    private mutating func makeRoom() throws(CaptureError) {
        guard let files = ring?.files else { return }
        while UInt64(kept.count) >= files, let oldest = kept.first {
            let path = oldest.path(in: self.path, isRing: true)
            if let failure = delete(path, oldest), failure.code != ENOENT {
                throw CaptureError(.writeFailed, path: path, detail: failure.message)
            }
            kept.removeFirst()
        }
    }

    private func delete(_ path: String, _ name: RecordingName) -> SystemFailure? {
        if unlink(path) == 0 { return nil }
        let failure = SystemFailure()
        if helper == nil || failure.code == ENOENT { return failure }
        do throws(SystemFailure) {
            try helper?.delete(name)
            return nil
        } catch {
            return error
        }
    }
}
