import System

/// A saved capture: one pcap or pcapng file or pipe, or `-` for standard input, plain or compressed by gzip, zstd,
/// xz, bzip2 or lz4.
///
/// A compressed input is read through its own program (`gzip -dc` and so on), run as a child that ends with this
/// value at the latest.
public struct OfflineCapture: ~Copyable, PacketSource {
    /// The input as it was given: a path, or `-`.
    public let path: String

    @usableFromInline var header: FrameHeader
    /// The bytes of the frame that `header` describes, good until the next `advance`.
    @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    private var input: SavedInput
    /// The compressed input, of which the decompressor reads, kept to tell how far it has come.
    private let compressedInput: Descriptor?
    private var decompressor: Decompressor?
    private var hasEnded = false
    /// The latest time of a frame so far.
    private var latestTime = Int64.min
    /// How many frames are a second or more earlier than one before them.
    private(set) var packetsBack: UInt64 = 0

    /// Opens a capture and reads its file header; waits for it where the input is a pipe.
    ///
    /// - Parameter path: A file, a FIFO, or `-` for standard input, which is left open.
    /// - Throws: `CaptureError` where it cannot be opened, is empty or is not a capture.
    public init(path: String) throws(CaptureError) {
        try self.init(path: path, file: 0, notes: CaptureNotes())
    }

    /// As `init(path:)`, for an input that is one of several. Its frames are numbered from 1.
    ///
    /// - Parameter notes: Takes what the file says of its frames beside their headers; nil where nobody asks.
    init(path: String, file: Int, notes: CaptureNotes?) throws(CaptureError) {
        try self.init(Self.open(path), path: path, file: file, notes: notes)
    }

    /// As `init(path:file:notes:)`, for an input that is open already and stands at its beginning.
    init(_ input: consuming Descriptor, path: String, file: Int, notes: CaptureNotes?) throws(CaptureError) {
        if let compression = Compression.recognised(in: input.peek(Compression.longestMagic)) {
            var child: Decompressor?
            self.input = try Self.decompressed(
                input, through: compression, path: path, file: file, notes, child: &child)
            decompressor = child
            compressedInput = consume input
        } else {
            self.input = try Self.plain(input, path: path, file: file, notes)
            decompressor = nil
            compressedInput = nil
        }
        self.path = path
        header = FrameHeader(
            number: 0, time: 0, capturedLength: 0, originalLength: 0, linkType: self.input.linkType, file: file)
    }

    /// Hands the next frame to `body`, lent until `body` returns; see `PacketSource.next`.
    ///
    /// After an error the capture has ended: further calls return false.
    @inlinable
    public mutating func next(_ body: (FrameHeader, RawSpan) -> Void) throws(CaptureError) -> Bool {
        guard try advance() else { return false }
        body(header, bytes.bytes)
        return true
    }

    /// How many bytes of the file have been read so far, of the compressed file where it is compressed; nil where that
    /// is not known, as of a pipe.
    public var bytesRead: UInt64? {
        switch compressedInput {
        case .some(let input): input.position
        case .none: input.bytesRead
        }
    }

    /// Packets that were lost while this was captured, as a pcapng file may tell.
    var drops: UInt64 { input.drops }

    /// Moves on to the next frame: `header` and `bytes` describe it. False at the end.
    @usableFromInline
    mutating func advance() throws(CaptureError) -> Bool {
        guard !hasEnded else { return false }
        do throws(Savefile.Failure) {
            if let bytes = try input.next(&header) {
                self.bytes = bytes
                header.number &+= 1
                let time = header.time
                if time >= latestTime { latestTime = time } else { countBack(time) }
                return true
            }
            hasEnded = true
        } catch {
            hasEnded = true
            throw Self.error(error, path: path, frame: header.number &+ 1, decompressor: decompressor.take())
        }
        // Even where the last frame is whole, the decompressor may have ended in the middle of its file.
        guard let program = decompressor?.program, let message = decompressor.take()?.finish() else { return false }
        throw CaptureError(
            .decompressorFailed(program: program), path: path, frame: header.number &+ 1, detail: message
        )
    }

    /// Counts a frame that is earlier than one before it, unless by less than a second: queues of one card bring their
    /// frames by microseconds out of order.
    private mutating func countBack(_ time: Int64) {
        let (difference, overflow) = latestTime.subtractingReportingOverflow(time)
        if overflow || difference >= 1_000_000_000 { packetsBack &+= 1 }
    }
}
