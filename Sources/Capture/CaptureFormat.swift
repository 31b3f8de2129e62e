/// The format of a capture that is written.
public enum CaptureFormat: Sendable, Hashable {
    /// Classic pcap, of one link type.
    case pcap
    /// pcapng: of any number of link types, with interfaces, comments and what was lost.
    case pcapng

    /// Of a file whose format nobody names: pcapng where its name ends in `.pcapng` or `.ntar`, in letters of any case,
    /// else pcap.
    public init(path: String) {
        let name = path.lowercased()
        self = name.hasSuffix(".pcapng") || name.hasSuffix(".ntar") ? .pcapng : .pcap
    }
}

/// What a pcapng file that is written says beside its frames; a pcap file has no room for it.
public struct CaptureDescription: Sendable {
    /// The program and its version, such as `btcshark 1.0`; empty for none.
    public var application: String
    /// The name of the interface of frames whose header names none; empty for none.
    public var interface: String
    /// What the frames' headers refer to.
    public var notes: CaptureNotes?

    public init(application: String = "", interface: String = "", notes: CaptureNotes? = nil) {
        self.application = application
        self.interface = interface
        self.notes = notes
    }
}
