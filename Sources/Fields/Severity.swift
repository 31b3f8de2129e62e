/// How much a remark matters, as in Wireshark's expert info.
public enum Severity: UInt8, Sendable, CaseIterable, Comparable {
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

    case chat, note, warning, error

    public var name: String {
        switch self {
        case .chat: "Chat"
        case .note: "Note"
        case .warning: "Warning"
        case .error: "Error"
        }
    }
}

/// What a remark is about, as in Wireshark's expert info.
public enum RemarkGroup: UInt8, Sendable, CaseIterable {
    case checksum, sequence, malformed, `protocol`, reassembly

    public var name: String {
        switch self {
        case .checksum: "Checksum"
        case .sequence: "Sequence"
        case .malformed: "Malformed"
        case .protocol: "Protocol"
        case .reassembly: "Reassemble"
        }
    }
}
