import CPcap
import Glibc
import System

/// Writes frames to a capture file: a classic pcap file, by libpcap, of one link type, since that format has no room for
/// more; or a pcapng file of any.
///
/// What is written is sure to be in the file only after ``flush()`` or ``close()`` has returned without an error.
public struct CaptureWriter: ~Copyable {
    /// The unit of the file's times.
    public enum Precision: Sendable {
        case microseconds
        case nanoseconds
    }

    /// What is said in the file of the longest frame it may hold: the most that libpcap reads.
    public static let snapLength = LiveOptions.snapLengths.upperBound

    /// The file as it was given: a path, or `-` for standard output.
    public let path: String
    /// Bytes of the file so far, its header included; those of a buffer counted as written.
    public private(set) var bytesWritten: UInt64 = 0
    public private(set) var framesWritten: UInt64 = 0
    /// Frames written that are not in a regular file, where writing has failed.
    var framesLost: UInt64 { output.failure == nil ? 0 : framesWritten &- min(framesWritten, output.frames) }

    private let linkType: LinkTypeNumber
    private let precision: Precision
    /// What makes the file's bytes.
    private enum Form {
        /// libpcap's handle, and what it calls a dumper, which closes the stream beneath it.
        case pcap(handle: OpaquePointer, dumper: OpaquePointer)
        case pcapng(PcapngBlocks)
    }

    private let form: Form
    private let output: WriteStream
    private let stream: UnsafeMutablePointer<FILE>
    private let buffer: UnsafeMutableRawPointer
    /// Bytes in the buffer.
    private var buffered: Int

    /// The most bytes that are handed to the system at once: complete records, so that a file which nobody completes ends
    /// with such a one as a rule.
    private static let mostBuffered = 1 << 18
    /// With room for a record that is longer than that by its header; a still longer one goes to the system in pieces.
    private static let bufferSize = 1 << 19

    /// Creates the file, or empties it.
    ///
    /// - Parameters:
    ///   - path: A file, a FIFO, or `-` for standard output, which is left open.
    ///   - linkType: Of all frames to come.
    ///   - snapLength: What is said in the file of the longest frame it may hold.
    ///   - precision: The unit of a pcap file's times; those of a pcapng file are always nanoseconds.
    public init(
        path: String, linkType: LinkTypeNumber, snapLength: Int = Self.snapLength, precision: Precision = .nanoseconds
    ) throws(CaptureError) {
        try self.init(
            CaptureDestination(path: path), linkType: linkType, snapLength: snapLength, precision: precision)
    }

    /// As `init(path:linkType:snapLength:precision:)`, for a file that is open already.
    ///
    /// - Parameters:
    ///   - linkType: In a pcap file, of all frames to come. A pcapng file describes an interface of this type, of the
    ///     first input, and others as they come; none where nil.
    ///   - description: What a pcapng file says beside its frames.
    public init(
        _ destination: consuming CaptureDestination, format: CaptureFormat = .pcap, linkType: LinkTypeNumber?,
        snapLength: Int = Self.snapLength, precision: Precision = .nanoseconds,
        description: CaptureDescription = CaptureDescription()
    ) throws(CaptureError) {
        let (path, isEnding) = (destination.path, destination.isEnding)
        try self.init(
            destination.emptied(), path: path, format: format, linkType: linkType, snapLength: snapLength,
            precision: precision, description: description, isEnding: isEnding)
    }

    init(
        _ descriptor: consuming Descriptor, path: String, format: CaptureFormat = .pcap, linkType: LinkTypeNumber?,
        snapLength: Int = Self.snapLength, precision: Precision = .nanoseconds,
        description: CaptureDescription = CaptureDescription(), isEnding: @escaping @Sendable () -> Bool = { false }
    ) throws(CaptureError) {
        let output = WriteStream(descriptor, format, isEnding: isEnding)
        guard let stream = output.open() else {
            throw CaptureError(.cannotCreate, path: path, detail: SystemFailure().message)
        }
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
        setvbuf(stream, buffer, _IOFBF, Self.bufferSize)
        _ = __fsetlocking(stream, Int32(FSETLOCKING_BYCALLER))
        let form: Form
        var written: UInt64 = 24
        do throws(CaptureError) {
            switch format {
            case .pcap:
                form = try Self.pcap(stream, path: path, linkType ?? LinkTypeNumber(rawValue: 1), snapLength, precision)
            case .pcapng:
                let blocks = try Self.pcapng(path: path, linkType, snapLength, description)
                fwrite(blocks.bytes, 1, blocks.bytes.count, stream)
                written = UInt64(blocks.bytes.count)
                blocks.removeAll()
                form = .pcapng(blocks)
            }
        } catch {
            fclose(stream)
            buffer.deallocate()
            throw error
        }
        self.form = form
        bytesWritten = written
        buffered = Int(written)
        self.path = path
        self.linkType = linkType ?? LinkTypeNumber(rawValue: 1)
        self.precision = precision
        self.output = output
        self.stream = stream
        self.buffer = buffer
    }

    deinit {
        switch form {
        case .pcap(let handle, let dumper):
            pcap_dump_close(dumper)
            pcap_close(handle)
        case .pcapng:
            fclose(stream)
        }
        buffer.deallocate()
    }

    private static func pcap(
        _ stream: UnsafeMutablePointer<FILE>, path: String, _ linkType: LinkTypeNumber, _ snapLength: Int,
        _ precision: Precision
    ) throws(CaptureError) -> Form {
        let unit = precision == .nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO
        let length = Int32(clamping: max(1, snapLength))
        guard let handle = pcap_open_dead_with_tstamp_precision(linkType.rawValue, length, UInt32(unit)) else {
            throw CaptureError(.cannotCreate, path: path, detail: SystemFailure(code: ENOMEM).message)
        }
        guard let dumper = pcap_dump_fopen(handle, stream) else {
            let message = pcap_geterr(handle).map { String(cString: $0).singleLine } ?? ""
            pcap_close(handle)
            throw CaptureError(.linkTypeNotWritable(linkType), path: path, detail: message)
        }
        return .pcap(handle: handle, dumper: dumper)
    }

    private static func pcapng(
        path: String, _ linkType: LinkTypeNumber?, _ snapLength: Int, _ description: CaptureDescription
    ) throws(CaptureError) -> PcapngBlocks {
        let blocks = PcapngBlocks(description, snapLength: UInt32(clamping: max(0, snapLength)))
        if let linkType, !blocks.describe(linkType, file: 0) {
            throw CaptureError(.linkTypeNotWritable(linkType), path: path)
        }
        return blocks
    }

    /// Writes one frame.
    ///
    /// - Parameters:
    ///   - header: Its time is clamped to the years 1970 to 2106, which is all that pcap holds; in pcapng, to 1970 and
    ///     later.
    ///   - bytes: What was captured; borrowed for the call.
    ///   - comment: What is said of the frame in a pcapng file beside what its header refers to.
    /// - Throws: `linkTypeDiffers` for a frame of another link type than a pcap file has, `linkTypeNotWritable` for one
    ///   that pcapng has no number for: the frame is not written; `writeFailed` or `outputClosed`, after which nothing
    ///   more can be written.
    public mutating func write(
        _ header: FrameHeader, _ bytes: RawSpan, comment: String? = nil
    ) throws(CaptureError) {
        switch form {
        case .pcap(_, let dumper):
            guard header.linkType == linkType else {
                throw CaptureError(
                    .linkTypeDiffers(header.linkType, from: linkType), path: path, frame: header.number)
            }
            var packet = pcap_pkthdr()
            packet.ts = Self.time(header.time, precision)
            packet.caplen = UInt32(clamping: bytes.byteCount)
            packet.len = UInt32(clamping: header.originalLength)
            let size = 16 + bytes.byteCount
            try makeRoom(for: size, frame: header.number)
            bytes.withUnsafeBytes { bytes in
                pcap_dump(
                    UnsafeMutablePointer<UInt8>(dumper), &packet,
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            try count(size, frame: header.number)
        case .pcapng(let blocks):
            guard blocks.append(header, bytes, comment: comment) else {
                throw CaptureError(.linkTypeNotWritable(header.linkType), path: path, frame: header.number)
            }
            try write(blocks, frame: header.number)
        }
        framesWritten &+= 1
    }

    /// Says in a pcapng file what was received and lost of a live capture so far; a pcap file has no room for it.
    public mutating func write(_ statistics: CaptureStatistics) throws(CaptureError) {
        guard case .pcapng(let blocks) = form else { return }
        blocks.appendStatistics(
            received: statistics.received, droppedByInterface: statistics.droppedByInterface,
            bySystem: statistics.droppedByKernel &+ statistics.droppedByUs)
        try write(blocks)
    }

    /// Writes lines of a key log into a pcapng file, where readers of ours and of Wireshark find them; a pcap file has no
    /// room for them.
    public mutating func write(secrets lines: [UInt8]) throws(CaptureError) {
        guard case .pcapng(let blocks) = form, !lines.isEmpty else { return }
        blocks.appendSecrets(lines)
        try write(blocks)
    }

    private mutating func write(_ blocks: PcapngBlocks, frame: UInt64? = nil) throws(CaptureError) {
        let size = blocks.bytes.count
        try makeRoom(for: size, frame: frame)
        fwrite(blocks.bytes, 1, size, stream)
        blocks.removeAll()
        try count(size, frame: frame)
    }

    /// What is handed to the system ends with a complete record.
    private mutating func makeRoom(for size: Int, frame: UInt64?) throws(CaptureError) {
        if buffered > 0, buffered + size > Self.mostBuffered { try flush(before: frame) }
    }

    private mutating func count(_ size: Int, frame: UInt64?) throws(CaptureError) {
        // Neither libpcap nor the C library's buffer tells.
        if ferror(stream) != 0 { throw failure(at: frame) }
        buffered += size
        bytesWritten &+= UInt64(size)
    }

    /// Hands what is buffered to the system.
    public mutating func flush() throws(CaptureError) { try flush(before: nil) }

    /// - Parameter frame: Which is to be written next.
    private mutating func flush(before frame: UInt64?) throws(CaptureError) {
        if fflush(stream) != 0 || ferror(stream) != 0 { throw failure(at: frame) }
        buffered = 0
    }

    /// Writes what is buffered, and closes the file.
    public consuming func close() throws(CaptureError) {
        try flush()
    }

    private func failure(at frame: UInt64?) -> CaptureError {
        let failure = output.failure ?? .system(SystemFailure())
        return CaptureError(failure.problem, path: path, frame: frame, detail: failure.message)
    }

    /// A time as libpcap takes it: with nanoseconds in the place of microseconds where the file has nanoseconds.
    private static func time(_ time: Int64, _ precision: Precision) -> timeval {
        let billion: Int64 = 1_000_000_000
        let latest = Int64(UInt32.max) * billion + (billion - 1)
        let clamped = min(max(time, 0), latest)
        let fraction = clamped % billion
        return timeval(
            tv_sec: Int(clamped / billion), tv_usec: Int(precision == .nanoseconds ? fraction : fraction / 1000))
    }
}
