import Glibc

/// Several saved captures, read as one by time.
///
/// Regular files are read in the order of their first frames, whatever order they are given in, and where they overlap
/// they are merged: the earliest of their next frames comes first, of frames of one time that of the file that began
/// first. Within a file frames keep their order. An input that can be read only once, such as standard input or a FIFO,
/// keeps its place: inputs given before it are read before it, and those given after it are read after it.
///
/// A file is opened for its first frame's time, where there are several, and again when its turn has come; then it stays
/// open to its end. No more than ``mostOpenFiles`` are open at once: where more overlap, the next waits until one has
/// ended, and its frames come late. Frame numbers go on from file to file; link types may differ from file to file, and
/// within a pcapng file.
public struct CaptureFiles: ~Copyable, PacketSource {
    /// How many files are open at once at most.
    public static let mostOpenFiles = 16

    /// The inputs as they were given: paths, or `-` for standard input. `FrameHeader.file` is an index into them.
    public let paths: [String]
    /// What the files say of their frames beside the headers.
    public let notes: CaptureNotes

    @usableFromInline var header: FrameHeader
    /// The bytes of the frame that `header` describes, good until the next `advance`.
    @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    /// The file of the last frame.
    private var current: OfflineCapture?
    /// What `current` is among the files that are merged; nil where it is read alone.
    private var currentInMerge: MergedFile?
    /// The time and the place of the first of the files that wait: `current` goes on until they come first.
    private var limit = (time: Int64.max, place: Int.max)
    private var merged = MergedFiles()
    /// Of files of which not even a first frame could be read: reported after the files beside them.
    private var failures: [(file: Int, error: CaptureError)] = []

    private var openFiles = 0
    /// How many of `paths` have been taken up.
    private var begun = 0
    private var currentInput: Int?
    /// The sizes of the files in bytes when this value was made; nil where one of them is not a regular file.
    private let sizes: [UInt64]?
    /// The bytes of files that are done with.
    private var bytesDone: UInt64 = 0
    private var packetsBackDone: UInt64 = 0
    private var dropsDone: UInt64 = 0

    /// Prepares to read `paths`; opens none yet, so a missing file is found at `next`. Looks up their sizes.
    ///
    /// - Parameters:
    ///   - paths: Files, FIFOs, or `-` for standard input; where empty, there are no frames.
    ///   - notes: Takes what the files say of their frames beside the headers.
    public init(paths: [String], notes: CaptureNotes = CaptureNotes()) {
        self.paths = paths
        self.notes = notes
        notes.note(files: paths)
        let sizes = paths.compactMap(Self.size)
        self.sizes = sizes.count == paths.count ? sizes : nil
        header = FrameHeader(
            number: 0, time: 0, capturedLength: 0, originalLength: 0, linkType: LinkTypeNumber(rawValue: 0), file: 0
        )
    }

    /// Hands the next frame to `body`, lent until `body` returns; see `PacketSource.next`.
    ///
    /// An error ends the file it is about, not the capture: a further call goes on with the other files, whose frames
    /// take the next numbers. To stop there, do not call again.
    @inlinable
    public mutating func next(_ body: (FrameHeader, RawSpan) -> Void) throws(CaptureError) -> Bool {
        guard try advance() else { return false }
        body(header, bytes.bytes)
        return true
    }

    /// The input of the last frame or error; nil before the first call of `next`.
    public var currentPath: String? {
        currentInput.map { paths[$0] }
    }

    /// Reads no more of the file of the last frame.
    public mutating func leaveCurrent() {
        close()
    }

    /// How many frames are a second or more earlier than one before them in their file.
    public var packetsBack: UInt64 {
        packetsBackDone &+ sumOfOpen { $0.packetsBack }
    }

    /// Packets that were lost while the files were captured, as pcapng files may tell.
    public var drops: UInt64 { dropsDone &+ sumOfOpen { $0.drops } }

    /// How many files came late, since ``mostOpenFiles`` others were open when their turn came.
    public var filesHeldUp: Int { merged.heldUpCount }

    /// How far the reading has come, over all files; nil where that is not known, as with a pipe among them.
    /// Takes a system call or two for each open file: ask a few times a second, not at each frame.
    public var progress: CaptureProgress? {
        guard let sizes else { return nil }
        return CaptureProgress(
            bytesRead: bytesDone &+ sumOfOpen { $0.bytesRead ?? 0 }, totalBytes: sizes.reduce(0, &+))
    }

    /// The sum of a number over all files that are open.
    private func sumOfOpen(_ number: (borrowing OfflineCapture) -> UInt64) -> UInt64 {
        switch current {
        case .some(let current): merged.sum(number) &+ number(current)
        case .none: merged.sum(number)
        }
    }

    /// Moves on to the next frame: `header` and `bytes` describe it. False at the end.
    @usableFromInline
    mutating func advance() throws(CaptureError) -> Bool {
        while true {
            if try advanceInCurrent() { return true }
            if let file = merged.takeFirst(mayOpen: openFiles < Self.mostOpenFiles) {
                if try takeTurn(file) { return true }
            } else if let (file, error) = failures.first {
                failures.removeFirst()
                currentInput = file
                throw error
            } else if begun < paths.count {
                try begin()
            } else {
                return false
            }
        }
    }

    /// Moves on to the next frame of the file that is read, if no other file's comes before it. Closes the file where
    /// there is none, or at an error.
    private mutating func advanceInCurrent() throws(CaptureError) -> Bool {
        do throws(CaptureError) {
            guard try current?.advance() == true else {
                close()
                return false
            }
        } catch {
            close()
            throw error
        }
        if let currentInMerge, let time = current?.header.time,
            (time, currentInMerge.place) > limit
        {
            currentInMerge.time = time
            currentInMerge.capture = current.take()
            merged.insert(currentInMerge)
            return false
        }
        show()
        return true
    }

    /// Makes the frame that the current file stands at the next one.
    private mutating func show() {
        let number = header.number &+ 1
        switch current {
        case .some(let current):
            header = current.header
            bytes = current.bytes
        case .none: break
        }
        header.number = number
    }

    // MARK: Files

    /// Has a file be the one that is read.
    ///
    /// - Returns: Whether it stood at a frame already, which is the next one now.
    private mutating func takeTurn(_ file: MergedFile) throws(CaptureError) -> Bool {
        limit = merged.first.map { ($0.time, $0.place) } ?? (.max, .max)
        current = file.capture.take()
        currentInMerge = file
        guard current != nil else {
            try open(file.file)
            return false
        }
        currentInput = file.file
        show()
        return true
    }

    /// Takes up the next inputs: one that can be read only once, or all files up to the next such one.
    private mutating func begin() throws(CaptureError) {
        let first = begun
        begun += 1
        if !Self.isReadOnce(paths[first]) {
            while begun < paths.count, !Self.isReadOnce(paths[begun]) { begun += 1 }
        }
        guard begun - first > 1 else { return try open(first) }
        var firstTimes: [(file: Int, time: Int64)] = []
        for file in first..<begun {
            do throws(CaptureError) {
                // Its frames are noted when its turn has come.
                var capture = try OfflineCapture(path: paths[file], file: file, notes: nil)
                if try capture.advance() {
                    firstTimes.append((file, capture.header.time))
                    continue
                }
                dropsDone &+= capture.drops
            } catch {
                failures.append((file, error))
            }
            countBytes(of: file)
        }
        merged.begin(firstTimes)
    }

    /// Opens an input to be read now.
    private mutating func open(_ file: Int) throws(CaptureError) {
        currentInput = file
        do throws(CaptureError) {
            current = try OfflineCapture(path: paths[file], file: file, notes: notes)
            openFiles += 1
        } catch {
            countBytes(of: file)
            currentInMerge = nil
            merged.admit()
            throw error
        }
    }

    /// Closes the file that is read, if one is.
    private mutating func close() {
        guard let capture = current.take() else { return }
        packetsBackDone &+= capture.packetsBack
        dropsDone &+= capture.drops
        countBytes(of: capture.header.file)
        currentInMerge = nil
        openFiles -= 1
        merged.admit()
    }

    private mutating func countBytes(of file: Int) {
        bytesDone &+= sizes?[file] ?? 0
    }

    /// Whether an input may give its bytes only once, as standard input, a FIFO or a device may.
    private static func isReadOnce(_ path: String) -> Bool {
        if path == "-" { return true }
        var status = stat()
        // What is not there is no reason to part the others.
        guard stat(path, &status) == 0 else { return false }
        let type = status.st_mode & S_IFMT
        return type != S_IFREG && type != S_IFDIR
    }

    /// The size of a regular file in bytes; nil for anything else.
    private static func size(_ path: String) -> UInt64? {
        var status = stat()
        let result = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(exactly: status.st_size)
    }
}
