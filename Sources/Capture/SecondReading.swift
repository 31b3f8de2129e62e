import Glibc

/// Lets the frames of a capture be read a second time.
///
/// Files are opened again. What can be read only once, standard input or a FIFO, is copied at its first reading to a
/// temporary file without a name, in `TMPDIR` or else `/tmp`, which goes with this value.
public struct SecondReading: ~Copyable {
    private let paths: [String]
    /// By index of the input; nil where it can be read again.
    private var copies: [TemporaryCapture?]
    private let isReadOnce: [Bool]
    /// By index of the input, the number of the last frame that was read; 0 where there was none.
    private var lastFrames: [UInt64]

    /// - Parameter paths: The inputs as `CaptureFiles` takes them.
    public init(paths: [String]) {
        self.paths = paths
        copies = Array(repeating: nil, count: paths.count)
        lastFrames = Array(repeating: 0, count: paths.count)
        isReadOnce = paths.map { $0 == "-" || FileIdentity(of: $0) == nil }
    }

    /// Takes each frame of the first reading.
    public mutating func note(_ header: FrameHeader, _ bytes: RawSpan) throws(CaptureError) {
        guard paths.indices.contains(header.file) else { return }
        lastFrames[header.file] = header.number
        guard isReadOnce[header.file] else { return }
        let copy: TemporaryCapture
        if let known = copies[header.file] {
            copy = known
        } else {
            copy = try TemporaryCapture(linkType: header.linkType)
            copies[header.file] = copy
        }
        try copy.writer.write(header, bytes)
    }

    /// Reads the frames again, each with the number it had.
    ///
    /// - Parameters:
    ///   - last: The number of the last frame that is needed: what is behind it is not looked at.
    ///   - body: Is lent one frame after another.
    /// - Throws: Where a frame cannot be read that could be read before. What could not be read then is passed over.
    public mutating func read(
        upTo last: UInt64, _ body: (FrameHeader, RawSpan) throws(CaptureError) -> Void
    ) throws(CaptureError) {
        var number: UInt64 = 0
        for file in paths.indices where number < last && lastFrames[file] > number {
            guard var capture = try open(file, framesBefore: number) else { continue }
            let end = min(last, lastFrames[file])
            while number < end {
                var failure: CaptureError?
                let more = try capture.next { header, bytes in
                    number = header.number
                    do throws(CaptureError) { try body(header, bytes) } catch { failure = error }
                }
                if let failure { throw failure }
                // Else the frames of the files behind it would be taken for others.
                guard more else {
                    throw CaptureError(
                        .readFailed, path: paths[file], frame: number &+ 1, detail: "it has changed since it was read")
                }
            }
        }
    }

    private func open(_ file: Int, framesBefore: UInt64) throws(CaptureError) -> OfflineCapture? {
        guard isReadOnce[file] else {
            return try OfflineCapture(path: paths[file], file: file, framesBefore: framesBefore)
        }
        // Without a frame there is no copy.
        guard let copy = copies[file] else { return nil }
        return try copy.reopen(file: file, framesBefore: framesBefore)
    }
}

/// A capture in a file that has no name.
private final class TemporaryCapture {
    var writer: CaptureWriter
    private let path: String
    private var readEnd: Descriptor?

    init(linkType: LinkTypeNumber) throws(CaptureError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let path = (folder.isEmpty ? "/tmp" : folder) + "/btcshark-XXXXXX"
        let file: TemporaryFile
        do throws(SystemFailure) {
            file = try TemporaryFile(path)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: error.message)
        }
        self.path = path
        writer = try CaptureWriter(file.writeEnd, path: path, linkType: linkType)
        readEnd = .some(file.readEnd)
    }

    /// The capture from its beginning; once.
    func reopen(file: Int, framesBefore: UInt64) throws(CaptureError) -> OfflineCapture? {
        try writer.flush()
        guard let input = readEnd.take() else { return nil }
        return try OfflineCapture(input, path: path, file: file, framesBefore: framesBefore)
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
