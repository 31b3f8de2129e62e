/// Why a capture cannot be opened, read on or written. Every frame before an error of reading has been handed out.
///
/// `description` is one sentence for the user: the file, what is wrong, at which frame, and what to do.
public struct CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Problem: Hashable, Sendable {
        /// The file does not exist, or the system does not let it be opened.
        case cannotOpen
        /// The file may not be read by this user.
        case permissionDenied
        /// The path names a directory.
        case isDirectory
        /// The input holds no byte at all (once decompressed).
        case empty
        /// The input is neither pcap nor pcapng.
        case notACapture
        /// The input ends in the middle of a header, of a packet or of a block.
        case cutShort
        /// The input holds something impossible, such as an absurd captured length, or a format version that
        /// is not known.
        case damaged
        /// The system failed to read on (a disk or network error).
        case readFailed
        /// The input is compressed, and the program that decompresses it is not installed.
        case decompressorMissing(format: String, program: String, package: String)
        /// The program that decompresses the input could not be started, or ended with an error: as a rule the
        /// compressed file is cut short or damaged.
        case decompressorFailed(program: String)

        /// The file to be written cannot be created or opened.
        case cannotCreate
        /// The file to be written is one of those that are read.
        case isAnInput
        /// The file to be written is a terminal.
        case isTerminal
        /// The system failed to write on, as on a full disk.
        case writeFailed
        /// The reader of what was written has gone away: no failure of ours.
        case outputClosed
        /// A pcap file holds frames of one link type, and this frame is of another than those before it.
        case linkTypeDiffers(LinkTypeNumber, from: LinkTypeNumber)
        /// The format has no number for frames of this link type, or libpcap knows none.
        case linkTypeNotWritable(LinkTypeNumber)

        /// A capture from an interface, whose name is in the place of the path.
        case live(LiveProblem)
    }

    /// What went wrong.
    public let problem: Problem

    /// The file as it was given: a path, or `-` for standard input or output.
    public let path: String

    /// The number that the file ``path`` itself gives the frame that could not be read; of an output, the number of the
    /// frame over all inputs. Nil where an input failed before its first frame was tried.
    public let frame: UInt64?

    /// Where the block of a pcapng file begins that could not be read, in bytes of the file once it is decompressed; nil
    /// for other inputs.
    public let offset: UInt64?

    /// The message of libpcap, of the reader of pcapng, of the decompressor or of the system, unchanged but for control
    /// characters; empty where there is none.
    public let detail: String

    /// Describes an error; for sources of frames, and for tests.
    public init(
        _ problem: Problem, path: String, frame: UInt64? = nil, offset: UInt64? = nil, detail: String = ""
    ) {
        self.problem = problem
        self.path = path
        self.frame = frame
        self.offset = offset
        self.detail = detail
    }

    /// Whether the input began as a capture and then stopped short: what was handed out is sound, but not all.
    public var isIncomplete: Bool {
        switch problem {
        case .cutShort, .damaged, .readFailed, .decompressorFailed: frame != nil
        default: false
        }
    }

    /// One sentence for the user, without a final full stop.
    public var description: String {
        let file = path == "-" ? isOfOutput ? "standard output" : "standard input" : path
        let advice = advice.map { ". \($0)" } ?? ""
        return "\(file): \(statement)\(advice)"
    }

    private var isOfOutput: Bool {
        switch problem {
        case .cannotCreate, .isAnInput, .isTerminal, .writeFailed, .outputClosed, .linkTypeDiffers,
            .linkTypeNotWritable:
            true
        default: false
        }
    }

    /// What who reads says, and where.
    private var reason: String {
        if let offset { return ", in the block at byte \(offset) (\(detail))" }
        return detail.isEmpty ? "" : " (libpcap: \(detail))"
    }

    private var statement: String {
        // "at frame 12", or where the very beginning is the trouble, nothing.
        let place = frame.map { " at frame \($0)" } ?? ""
        let libpcap = reason
        let system = detail.isEmpty ? "" : ": \(detail)"
        return switch problem {
        case .cannotOpen, .permissionDenied: "cannot be opened\(system)"
        case .isDirectory: "is a directory, not a capture file"
        case .empty: "is empty: it does not even have a file header"
        case .notACapture: "is neither a pcap nor a pcapng file\(libpcap)"
        case .cutShort: "is cut short\(frame == nil ? " in its file header" : place)\(libpcap)"
        case .damaged: frame == nil ? "is damaged or of an unknown version\(libpcap)" : "is damaged\(place)\(libpcap)"
        case .readFailed: "cannot be read further\(place)\(system)"
        case .decompressorMissing(let format, let program, _):
            "is compressed with \(format), and the program \(program) was not found"
        case .decompressorFailed(let program): "cannot be decompressed completely by \(program)\(place)\(system)"
        case .cannotCreate: "cannot be written\(system)"
        case .isAnInput: "is one of the files that are read, and would be overwritten"
        case .isTerminal: "is a terminal, and a capture is not text"
        case .writeFailed: "cannot be written further\(place)\(system)"
        case .outputClosed: "is no longer read"
        case .linkTypeDiffers(let type, let first):
            "can hold one link type only: frame \(frame ?? 0) is of \(type), those before it of \(first)"
        case .linkTypeNotWritable(let type): "cannot hold frames of link type \(type)\(libpcap)"
        case .live(let problem): problem.statement(detail)
        }
    }

    /// What the user can do.
    private var advice: String? {
        let file = path == "-" ? "FILE" : path.quotedForShell
        return switch problem {
        case .permissionDenied: "Captures made as root belong to root: change the owner with chown, or read it as root"
        case .isDirectory: "All captures in it are read with btcshark -r \(file)"
        case .notACapture: "If Wireshark can read it, convert it first: editcap -F nsecpcap \(file) OUT.pcap"
        case .decompressorMissing(_, _, let package):
            "Install it (apt install \(package)) or decompress the file first"
        case .isAnInput: "Write to another file"
        case .isTerminal: "Name a file, or redirect it with | or >"
        case .linkTypeDiffers: "pcapng holds several: write it with -F pcapng"
        case .live(let problem): problem.advice(interface: path)
        default: nil
        }
    }
}

extension String {
    /// The text as one word of a shell command, so that the advice can be copied whatever the file is called.
    package var quotedForShell: String {
        let isPlain = unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("-"..."9").contains($0) || $0 == "_" }
        return isPlain
            ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
