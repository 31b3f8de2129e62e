import CPcap
import Glibc
import System

/// A pcap file or pipe open in libpcap. Owns the stream, its buffer and libpcap's handle.
struct Savefile: ~Copyable {
    /// Why a capture cannot be opened or read.
    struct Failure: Error {
        /// Where the stream stood when it failed.
        enum Cause {
            /// At the end of input: more was expected.
            case endOfInput
            /// The system could not read.
            case system
            /// Anything else: the bytes themselves are wrong.
            case content
        }

        let cause: Cause
        /// libpcap's message; where there is an offset, ours.
        let message: String
        /// Where the block begins that cannot be read, in bytes; nil where libpcap reads, which does not tell.
        var offset: UInt64?
    }

    /// What `next` found.
    enum Step {
        case frame(UnsafeRawBufferPointer, time: Int64, originalLength: Int)
        case end
    }

    private static let bufferSize = 1 << 18

    private let handle: OpaquePointer
    private let buffer: UnsafeMutableRawPointer
    let linkType: LinkTypeNumber

    /// Opens what `descriptor` reads, for nanoseconds. Waits for the file header where it is a pipe.
    init(_ descriptor: consuming Descriptor) throws(Failure) {
        let number = descriptor.release()
        guard let stream = fdopen(number, "rb") else {
            let failure = SystemFailure()
            close(number)
            throw Failure(cause: .system, message: failure.message)
        }
        // The default buffer is one page. A read from a pipe still returns with what there is.
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
        setvbuf(stream, buffer, _IOFBF, Self.bufferSize)
        // Nobody but us uses the stream, so libpcap's two reads a frame need not lock it: a third of a frame's time.
        _ = __fsetlocking(stream, Int32(FSETLOCKING_BYCALLER))

        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard
            let handle = pcap_fopen_offline_with_tstamp_precision(
                stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message
            )
        else {
            let failure = Failure(cause: Self.cause(stream), message: String(libpcap: message))
            fclose(stream)
            buffer.deallocate()
            throw failure
        }
        // The major version is 1 for pcapng and 2 for pcap. libpcap would lose what pcapng says of frames.
        guard pcap_major_version(handle) != 1 else {
            pcap_close(handle)
            buffer.deallocate()
            throw Failure(cause: .content, message: "it is pcapng, which is read from files and pipes only")
        }
        self.handle = handle
        self.buffer = buffer
        linkType = LinkTypeNumber(rawValue: pcap_datalink(handle))
    }

    deinit {
        pcap_close(handle)  // closes the stream as well
        buffer.deallocate()
    }

    /// Reads the next frame. Its bytes are libpcap's, and hold until the next call.
    func next() throws(Failure) -> Step {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &bytes) {
        case 1:
            guard let header = header?.pointee, let bytes else { return .end }
            return .frame(
                UnsafeRawBufferPointer(start: bytes, count: Int(header.caplen)),
                time: Self.nanoseconds(header.ts, hasShortTimes: true),
                originalLength: Int(header.len)
            )
        case PCAP_ERROR_BREAK: return .end
        default:
            throw Failure(
                cause: pcap_file(handle).map { Self.cause($0) } ?? .content,
                message: pcap_geterr(handle).map { String(cString: $0).singleLine } ?? ""
            )
        }
    }

    /// How many bytes of the file have been used so far; nil for a pipe.
    var bytesRead: UInt64? {
        pcap_file(handle).flatMap { UInt64(exactly: ftello($0)) }
    }

    /// The time since the Unix epoch, clamped, from a `timeval` whose "microseconds" libpcap has made nanoseconds.
    ///
    /// libpcap takes a pcap file's seconds for signed where the file has this machine's byte order and for unsigned
    /// where it has the other. The format says unsigned, so both must give the same time.
    ///
    /// - Parameter hasShortTimes: The seconds are an unsigned number of 32 bits, as in a file, not in a live capture.
    static func nanoseconds(_ time: timeval, hasShortTimes: Bool) -> Int64 {
        let seconds = hasShortTimes ? Int64(UInt32(truncatingIfNeeded: time.tv_sec)) : Int64(time.tv_sec)
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(Int64(time.tv_usec))
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }

    private static func cause(_ stream: UnsafeMutablePointer<FILE>) -> Failure.Cause {
        feof(stream) != 0 ? .endOfInput : ferror(stream) != 0 ? .system : .content
    }
}
