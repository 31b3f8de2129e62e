/// How much an annotation matters, as in Wireshark's expert info.
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

/// What an annotation is about, as in Wireshark's expert info.
public enum AnnotationGroup: UInt8, Sendable, CaseIterable {
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

/// Something worth saying about a field whose bytes could be read.
@frozen
public struct Annotation: BitwiseCopyable, Sendable {
    /// Index of the node it speaks of.
    public var node: UInt32
    public var kind: AnnotationKind
    /// A number that belongs to the text: a limit, a count of bytes.
    public var value: UInt64

    @inlinable
    public init(node: UInt32, kind: AnnotationKind, value: UInt64) {
        self.node = node
        self.kind = kind
        self.value = value
    }
}

/// All that can be said about a field. Each kind has a severity, a group and a text, and is listed in the manual.
public enum AnnotationKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case checksumBad
    case checksumUnverified
    case commandInvalid
    case commandUnknown
    case compactSizeNotMinimal
    case countOverLimit
    case lengthOverLimit
    case truncated
    case messageCut
    case trailingBytes
    case inventoryTypeUnknown
    case addressLengthWrong
    case addressIgnored
    case fieldsDisagreeWithVersion
    case emptyWitness
    case witnessFlagUnknown
    case bytesMissing
    case bytesSkipped
    case segmentConflict
    case treeLimit

    public var severity: Severity {
        switch self {
        case .checksumUnverified, .commandUnknown, .fieldsDisagreeWithVersion, .treeLimit: .note
        case .compactSizeNotMinimal, .commandInvalid, .trailingBytes, .inventoryTypeUnknown, .bytesMissing,
            .bytesSkipped, .messageCut, .segmentConflict, .emptyWitness, .witnessFlagUnknown, .addressIgnored:
            .warning
        case .checksumBad, .countOverLimit, .lengthOverLimit, .truncated, .addressLengthWrong: .error
        }
    }

    public var group: AnnotationGroup {
        switch self {
        case .checksumBad, .checksumUnverified: .checksum
        case .bytesMissing, .bytesSkipped, .messageCut, .segmentConflict: .reassembly
        case .truncated, .compactSizeNotMinimal, .countOverLimit, .lengthOverLimit, .addressLengthWrong, .emptyWitness,
            .witnessFlagUnknown:
            .malformed
        case .commandInvalid, .commandUnknown, .trailingBytes, .inventoryTypeUnknown, .fieldsDisagreeWithVersion,
            .addressIgnored, .treeLimit:
            .protocol
        }
    }

    /// The text, with `value` in it where it says something.
    public func text(_ value: UInt64) -> String {
        switch self {
        case .checksumBad: "The checksum is not that of the payload: receivers drop this message"
        case .checksumUnverified: "The checksum cannot be verified: part of the payload was not captured"
        case .commandInvalid:
            "The command must be printable ASCII, then only NUL bytes: receivers drop this message"
        case .commandUnknown: "No message of this name is known: receivers ignore it"
        case .compactSizeNotMinimal: "This CompactSize is longer than it need be: receivers reject the message"
        case .countOverLimit: "More than the \(value) that receivers accept"
        case .lengthOverLimit: "Longer than the \(value) bytes that receivers accept: they disconnect"
        case .truncated: "The message ends before this field does"
        case .messageCut: "Only the first \(value) bytes of this message could be dissected"
        case .trailingBytes: "Bytes after the last known field: receivers ignore them"
        case .inventoryTypeUnknown: "No inventory type of this number is known"
        case .addressLengthWrong: "The address of this network must have \(value) bytes: receivers reject the message"
        case .addressIgnored: "No address of this kind may be sent for this network: receivers ignore it"
        case .fieldsDisagreeWithVersion: "The fields present are not those of protocol version \(value)"
        case .emptyWitness: "The transaction says it has a witness, but every stack is empty: receivers reject it"
        case .witnessFlagUnknown: "Flag bits other than 0x01 are undefined: receivers reject the transaction"
        case .bytesMissing: "\(value) bytes of this stream were not captured"
        case .bytesSkipped: "\(value) bytes of this stream were passed over, as no message began there"
        case .segmentConflict: "A retransmission brought other bytes for the same place: the first copy is shown"
        case .treeLimit: "The message has more fields than are kept; the rest is not shown"
        }
    }
}
