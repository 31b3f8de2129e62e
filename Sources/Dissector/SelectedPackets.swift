import Capture

/// Copies selected frames of a capture into a new one: a classic pcap file with nanoseconds, or a pcapng file.
///
/// Which frames are wanted is known only after the capture has been read, so it is read again.
public struct SelectedPackets: ~Copyable {
    private var reading: SecondReading
    private var destination: CaptureDestination
    private let format: CaptureFormat
    private let application: String
    private let isEnding: @Sendable () -> Bool
    /// The link type of a file without frames: that of the first frame read.
    private var linkType: LinkTypeNumber?
    /// Frames of other link types were read after it.
    private var hasSeveralLinkTypes = false
    /// After ``complete(_:for:_:)``, in how many groups of ends a reader of the new file still finds other messages.
    public private(set) var differingEnds = 0

    /// Opens the output, and leaves what it holds as it is.
    ///
    /// - Parameters:
    ///   - paths: The inputs, as `CaptureFiles` takes them.
    ///   - others: What else is read meanwhile.
    ///   - notes: Those of the first reading.
    ///   - output: A file, a FIFO, or `-` for standard output; none of what is read.
    ///   - application: What a pcapng file names as the program that has written it.
    ///   - isPrivate: Nobody but this user may read the new file.
    ///   - isEnding: The program is to end: a reader of the output that takes nothing is not waited for.
    public init(
        from paths: [String], besides others: [String] = [], notes: CaptureNotes = CaptureNotes(), to output: String,
        format: CaptureFormat = .pcap,
        application: String = "", isPrivate: Bool = false, isEnding: @escaping @Sendable () -> Bool = { false }
    ) throws(CaptureError) {
        destination = try CaptureDestination(path: output, inputs: paths + others, isPrivate: isPrivate)
        destination.isEnding = isEnding
        self.isEnding = isEnding
        reading = SecondReading(paths: paths, notes: notes)
        self.format = format
        self.application = application
    }

    /// Takes each frame as it is read for the first time: those of a pipe cannot be read again and are copied.
    public mutating func receive(_ header: FrameHeader, _ bytes: RawSpan) throws(CaptureError) {
        if linkType == nil { linkType = header.linkType }
        if header.linkType != linkType { hasSeveralLinkTypes = true }
        try reading.note(header, bytes)
    }

    /// Adds what a selection lacks so that a reader of it finds the same messages: all frames of connections in which more
    /// than the frames of the messages decides, such as acknowledgements.
    ///
    /// - Parameters:
    ///   - messages: Those for which the frames were selected.
    ///   - options: Those of the reading that found them, with an inquiry of its own where one is needed.
    public mutating func complete(
        _ selection: FrameSelection, for messages: SelectedMessages, _ options: PipelineOptions
    ) throws(CaptureError) -> FrameSelection {
        try SelectionProof(messages, options, isEnding: isEnding).complete(selection, &reading, &differingEnds)
    }

    /// Whether the file was not there before, and cannot hold every selection: then it is taken back.
    public var mayBeTakenBack: Bool { destination.isNew && format == .pcap }

    /// A pcap file holds frames of one link type only: what it cannot hold must not cost what it holds now.
    private mutating func checkLinkTypes(of selection: FrameSelection) throws(CaptureError) {
        guard format == .pcap, hasSeveralLinkTypes else { return }
        let path = destination.path
        var first: LinkTypeNumber?
        try reading.read(upTo: selection.last, notes: CaptureNotes()) { header, _ throws(CaptureError) in
            guard selection.contains(header.number) else { return }
            guard let known = first else {
                first = header.linkType
                return
            }
            guard header.linkType == known else {
                throw CaptureError(.linkTypeDiffers(header.linkType, from: known), path: path, frame: header.number)
            }
        }
    }

    /// Writes the selected frames.
    ///
    /// - Parameter secrets: Lines of a key log, which a pcapng file has before its first frame.
    /// - Returns: How many frames there are in the new file.
    /// - Throws: `CaptureError` of the input that cannot be read again, or of the output.
    @discardableResult
    public consuming func write(
        _ selection: FrameSelection, secrets: [UInt8] = []
    ) throws(CaptureError) -> UInt64 {
        do throws(CaptureError) { try checkLinkTypes(of: selection) } catch {
            destination.removeIfNew()
            throw error
        }
        var destination: CaptureDestination? = destination
        var reading = reading
        let format = format
        let notes = reading.notes
        let description = CaptureDescription(application: application, notes: notes)
        // Its header can be written only when the link type is known.
        var writer: CaptureWriter?
        try reading.read(upTo: selection.last) { header, bytes throws(CaptureError) in
            // A frame's comments are needed until it is written.
            defer { if header.comment > 0 { notes.forgetComments() } }
            guard selection.contains(header.number) else { return }
            if let opened = destination.take() {
                // A pcapng file describes interfaces as their frames come.
                writer = try CaptureWriter(
                    opened, format: format, linkType: format == .pcap ? header.linkType : nil, description: description)
                try writer?.write(secrets: secrets)
            }
            try writer?.write(header, bytes)
        }
        if let opened = destination.take() {
            let ethernet = LinkTypeNumber(rawValue: 1)
            writer = try CaptureWriter(
                opened, format: format, linkType: linkType ?? ethernet, description: description)
        }
        guard let writer = writer.take() else { return 0 }
        let count = writer.framesWritten
        try writer.close()
        return count
    }
}
