import CPcap
import Glibc
import System

/// Writes frames to a classic pcap file, by libpcap: all of one link type, since the format has no room for more.
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
    public private(set) var bytesWritten: UInt64 = 24
    public private(set) var framesWritten: UInt64 = 0

    private let linkType: LinkTypeNumber
    private let precision: Precision
    // libpcap's handle, what it calls a dumper, and the stream beneath, which libpcap closes with the dumper.
    private let handle: OpaquePointer
    private let dumper: OpaquePointer
    private let output: WriteStream
    private let stream: UnsafeMutablePointer<FILE>
    private let buffer: UnsafeMutableRawPointer
    /// Bytes in the buffer.
    private var buffered = 24

    /// So many bytes at most are handed to the system at once: whole records, so that a file which nobody completes ends
    /// with a whole one as a rule.
    private static let mostBuffered = 1 << 18
    /// With room for a record that is longer than that by its header; a still longer one goes to the system in pieces.
    private static let bufferSize = 1 << 19

    /// Creates the file, or empties it.
    ///
    /// - Parameters:
    ///   - path: A file, a FIFO, or `-` for standard output, which is left open.
    ///   - linkType: Of all frames to come.
    ///   - snapLength: What is said in the file of the longest frame it may hold.
    ///   - precision: The unit of its times.
    public init(
        path: String, linkType: LinkTypeNumber, snapLength: Int = Self.snapLength, precision: Precision = .nanoseconds
    ) throws(CaptureError) {
        try self.init(
            CaptureDestination(path: path), linkType: linkType, snapLength: snapLength, precision: precision)
    }

    /// As `init(path:linkType:snapLength:precision:)`, for a file that is open already.
    public init(
        _ destination: consuming CaptureDestination, linkType: LinkTypeNumber, snapLength: Int = Self.snapLength,
        precision: Precision = .nanoseconds
    ) throws(CaptureError) {
        let (path, isEnding) = (destination.path, destination.isEnding)
        try self.init(
            destination.emptied(), path: path, linkType: linkType, snapLength: snapLength, precision: precision,
            isEnding: isEnding)
    }

    init(
        _ descriptor: consuming Descriptor, path: String, linkType: LinkTypeNumber, snapLength: Int = Self.snapLength,
        precision: Precision = .nanoseconds, isEnding: @escaping @Sendable () -> Bool = { false }
    ) throws(CaptureError) {
        let output = WriteStream(descriptor, isEnding: isEnding)
        guard let stream = output.open() else {
            throw CaptureError(.cannotCreate, path: path, detail: SystemFailure().message)
        }
        let unit = precision == .nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO
        let length = Int32(clamping: max(1, snapLength))
        guard let handle = pcap_open_dead_with_tstamp_precision(linkType.rawValue, length, UInt32(unit)) else {
            fclose(stream)
            throw CaptureError(.cannotCreate, path: path, detail: SystemFailure(code: ENOMEM).message)
        }
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
        setvbuf(stream, buffer, _IOFBF, Self.bufferSize)
        _ = __fsetlocking(stream, Int32(FSETLOCKING_BYCALLER))
        guard let dumper = pcap_dump_fopen(handle, stream) else {
            let message = pcap_geterr(handle).map { String(cString: $0).singleLine } ?? ""
            fclose(stream)
            pcap_close(handle)
            buffer.deallocate()
            throw CaptureError(.linkTypeNotWritable(linkType), path: path, detail: message)
        }
        self.path = path
        self.linkType = linkType
        self.precision = precision
        self.handle = handle
        self.dumper = dumper
        self.output = output
        self.stream = stream
        self.buffer = buffer
    }

    deinit {
        pcap_dump_close(dumper)
        pcap_close(handle)
        buffer.deallocate()
    }

    /// Writes one frame.
    ///
    /// - Parameters:
    ///   - header: Its time is clamped to the years 1970 to 2106, which is all that the format holds.
    ///   - bytes: What was captured; borrowed for the call.
    /// - Throws: `linkTypeDiffers` for a frame of another link type, which is not written; `writeFailed` or
    ///   `outputClosed`, after which nothing more can be written.
    public mutating func write(_ header: FrameHeader, _ bytes: RawSpan) throws(CaptureError) {
        guard header.linkType == linkType else {
            throw CaptureError(
                .linkTypeDiffers(header.linkType, from: linkType), path: path, frame: header.number)
        }
        let size = 16 + bytes.byteCount
        if buffered > 0, buffered + size > Self.mostBuffered { try flush(before: header.number) }
        var packet = pcap_pkthdr()
        packet.ts = Self.time(header.time, precision)
        packet.caplen = UInt32(clamping: bytes.byteCount)
        packet.len = UInt32(clamping: header.originalLength)
        bytes.withUnsafeBytes { bytes in
            pcap_dump(
                UnsafeMutablePointer<UInt8>(dumper), &packet, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        // libpcap does not tell.
        if ferror(stream) != 0 { throw failure(at: header.number) }
        buffered += size
        bytesWritten &+= UInt64(size)
        framesWritten &+= 1
    }

    /// Hands what is buffered to the system.
    public mutating func flush() throws(CaptureError) { try flush(before: nil) }

    /// - Parameter frame: Which is to be written next.
    private mutating func flush(before frame: UInt64?) throws(CaptureError) {
        if pcap_dump_flush(dumper) != 0 || ferror(stream) != 0 { throw failure(at: frame) }
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
