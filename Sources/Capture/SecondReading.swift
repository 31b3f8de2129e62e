import Glibc
import System

/// Lets the frames of a capture be read a second time.
///
/// Files are opened again. What can be read only once, standard input or a FIFO, is copied at its first reading to a
/// temporary file without a name, in `TMPDIR` or else `/tmp`, which goes with this value. The order in which files that
/// are merged took turns is kept: two bytes or so for each turn.
public struct SecondReading: ~Copyable {
    private let paths: [String]
    /// By index of the input; nil where it can be read again.
    private var copies: [TemporaryCapture?]
    private let isReadOnce: [Bool]
    private var turns = Turns()
    /// What the inputs say of their frames beside the headers that are handed out.
    public let notes = CaptureNotes()
    /// The same of the first reading, of what is copied.
    private let firstNotes: CaptureNotes
    /// By index of the input, how many frames of it were read.
    private var frameCounts: [UInt64]

    /// - Parameters:
    ///   - paths: The inputs as `CaptureFiles` takes them.
    ///   - notes: Those of the first reading.
    public init(paths: [String], notes: CaptureNotes = CaptureNotes()) {
        self.paths = paths
        firstNotes = notes
        copies = Array(repeating: nil, count: paths.count)
        frameCounts = Array(repeating: 0, count: paths.count)
        isReadOnce = paths.map { $0 == "-" || FileIdentity(of: $0) == nil }
    }

    /// Takes each frame of the first reading.
    public mutating func note(_ header: FrameHeader, _ bytes: RawSpan) throws(CaptureError) {
        guard paths.indices.contains(header.file) else { return }
        turns.add(header.file)
        frameCounts[header.file] &+= 1
        guard isReadOnce[header.file] else { return }
        let copy: TemporaryCapture
        if let known = copies[header.file] {
            copy = known
        } else {
            copy = try TemporaryCapture(notes: firstNotes)
            copies[header.file] = copy
        }
        // A pipe brings them before the frame that they stand before.
        try copy.writer.write(secrets: firstNotes.waitingSecrets(of: header.file))
        try copy.writer.write(header, bytes)
    }

    /// Reads the frames again, each with the number it had. It can be called several times.
    ///
    /// - Parameters:
    ///   - last: The number of the last frame that is needed: what comes after it is not looked at.
    ///   - notes: What the frames' headers refer to, where that is not to be added to ``notes``.
    ///   - body: Is lent one frame after another.
    /// - Throws: Where a frame cannot be read that could be read before. What could not be read then is skipped.
    public mutating func read(
        upTo last: UInt64, notes: CaptureNotes? = nil, _ body: (FrameHeader, RawSpan) throws(CaptureError) -> Void
    ) throws(CaptureError) {
        var number: UInt64 = 0
        var left = frameCounts
        // A file is open from its first frame to its last, so no more than in the first reading.
        var files: [OpenFile?] = Array(repeating: nil, count: paths.count)
        var turns = turns.reader
        while number < last, let turn = turns.next() {
            let file: OpenFile
            if let known = files[turn.file] { file = known } else { file = try open(turn.file, notes ?? self.notes) }
            files[turn.file] = file
            let end = number &+ min(turn.frames, last - number)
            while number < end {
                number &+= 1
                try file.read(number, body)
            }
            left[turn.file] &-= turn.frames
            if left[turn.file] == 0 { files[turn.file] = nil }
        }
    }

    private func open(_ file: Int, _ notes: CaptureNotes) throws(CaptureError) -> OpenFile {
        if isReadOnce[file], let copy = copies[file] { return OpenFile(try copy.reopen(file: file, notes: notes)) }
        return OpenFile(try OfflineCapture(path: paths[file], file: file, notes: notes))
    }
}

/// A file that is read a second time.
private final class OpenFile {
    private var capture: OfflineCapture

    init(_ capture: consuming OfflineCapture) { self.capture = capture }

    /// Hands out the next frame, which has this number.
    func read(
        _ number: UInt64, _ body: (FrameHeader, RawSpan) throws(CaptureError) -> Void
    ) throws(CaptureError) {
        var failure: CaptureError?
        let more = try capture.next { header, bytes in
            var header = header
            header.number = number
            do throws(CaptureError) { try body(header, bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        // Else the frames of other files would be taken for others.
        guard more else {
            throw CaptureError(
                .readFailed, path: capture.path, frame: capture.header.number &+ 1,
                detail: "it has changed since it was read")
        }
    }
}

/// A capture in a file that has no name.
private final class TemporaryCapture {
    var writer: CaptureWriter
    private let path: String
    private let readEnd: Descriptor

    init(notes: CaptureNotes) throws(CaptureError) {
        let path = Path.temporaryFolder + "/btcshark-XXXXXX"
        let file: TemporaryFile
        do throws(SystemFailure) {
            file = try TemporaryFile(path)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: error.message)
        }
        self.path = path
        // Frames may be of several link types.
        writer = try CaptureWriter(
            file.writeEnd, path: path, format: .pcapng, linkType: nil, snapLength: 0,
            description: CaptureDescription(notes: notes))
        readEnd = file.readEnd
    }

    /// The capture from its beginning, which nobody else reads meanwhile.
    func reopen(file: Int, notes: CaptureNotes) throws(CaptureError) -> OfflineCapture {
        try writer.flush()
        let input: Descriptor
        do throws(SystemFailure) {
            guard lseek(readEnd.number, 0, SEEK_SET) == 0 else { throw SystemFailure() }
            input = try Descriptor(copying: readEnd.number)
        } catch {
            throw CaptureError(.cannotOpen, path: path, detail: error.message)
        }
        return try OfflineCapture(input, path: path, file: file, notes: notes)
    }
}

/// A file that has lost its name, open twice.
private struct TemporaryFile: ~Copyable {
    let writeEnd: Descriptor
    let readEnd: Descriptor

    /// - Parameter path: Ends in `XXXXXX`, for which another ending is put that no file has.
    init(_ path: String) throws(SystemFailure) {
        var name = Array(path.utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw SystemFailure() }
        defer { unlink(name) }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let first = try Descriptor(owning: number)
        let bytes = name.dropLast().map { UInt8(bitPattern: $0) }
        readEnd = try Descriptor(opening: String(decoding: bytes, as: UTF8.self))
        writeEnd = first
    }
}
