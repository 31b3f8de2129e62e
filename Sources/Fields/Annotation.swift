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

/// All that can be said about a field. Each kind is one row of ``facts(_:)``, and is listed in the manual.
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
    case memoryLimit
    case segmentConflict
    case segmentConflictOtherRight
    case segmentConflictOtherWrong
    case segmentDelivered
    case segmentDoubtful
    case fragmentsDiffer
    case treeLimit
    case treeLimitMalformed
    case versionRepeated
    case messageBeforeVersion
    case negotiationAfterVerack
    case pongWithoutPing
    case layoutUnsettled
    case targetInvalid
    case targetTooEasy
    case proofOfWorkWrong
    case merkleRootWrong
    case merkleTreeMutated
    case witnessCommitmentWrong
    case weightOverLimit
    case headerNotConnected
    case partialTreeWrong
    case clockOff
    case scriptOverrun
    case signatureNotStrict
    case sighashUndefined
    case amountOutOfRange
    case prevoutNull
    case coinbaseLengthWrong
    case notCaptured
    case secretWrong
    case packetNotAuthentic
    case packetsLost
    case packetWithoutMessage
    case feeRateOutOfRange

    /// Whether a message with this cannot be read by receivers: an error of the group `malformed` that its layout alone
    /// shows, without anything being computed. Summary lines tell of it.
    public var isMalformation: Bool {
        switch self {
        case .truncated, .compactSizeNotMinimal, .countOverLimit, .lengthOverLimit, .addressLengthWrong, .emptyWitness,
            .witnessFlagUnknown, .treeLimitMalformed:
            true
        default: false
        }
    }

    public var severity: Severity { facts("").severity }
    public var group: AnnotationGroup { facts("").group }

    /// The text, with `value` in it where it says something; an ellipsis stands for it where there is none.
    public func text(_ value: UInt64?) -> String { facts(value.map(shown) ?? "…").text }

    /// Versions may be negative, all else counts something.
    private func shown(_ value: UInt64) -> String {
        self == .fieldsDisagreeWithVersion ? String(Int64(bitPattern: value)) : String(value)
    }

    private func facts(_ n: String) -> (severity: Severity, group: AnnotationGroup, text: String) {
        switch self {
        case .checksumBad:
            (.error, .checksum, "The checksum is not that of the payload: receivers drop this message")
        case .checksumUnverified:
            (.note, .checksum, "The checksum cannot be verified: part of the payload was not captured")
        case .commandInvalid:
            (
                .warning, .protocol,
                "The command must be printable ASCII, then only NUL bytes: receivers drop this message"
            )
        case .commandUnknown: (.note, .protocol, "No message of this name is known: receivers ignore it")
        case .compactSizeNotMinimal:
            (.error, .malformed, "This CompactSize is longer than it need be: receivers reject the message")
        case .countOverLimit: (.error, .malformed, "More than the \(n) that receivers accept")
        case .lengthOverLimit: (.error, .malformed, "Longer than the \(n) bytes that receivers accept: they disconnect")
        case .truncated: (.error, .malformed, "The message ends before this field does")
        case .notCaptured: (.note, .reassembly, "The message goes on, but was not captured from here on")
        case .messageCut: (.warning, .reassembly, "Only the first \(n) bytes of the payload could be dissected")
        case .trailingBytes: (.warning, .protocol, "Bytes after the last known field: receivers ignore them")
        case .inventoryTypeUnknown: (.warning, .protocol, "No inventory type of this number is known")
        case .addressLengthWrong:
            (.error, .malformed, "The address of this network must have \(n) bytes: receivers reject the message")
        case .addressIgnored:
            (.warning, .protocol, "No address of this kind may be sent for this network: receivers ignore it")
        case .fieldsDisagreeWithVersion: (.note, .protocol, "The fields present are not those of protocol version \(n)")
        case .emptyWitness:
            (
                .error, .malformed,
                "The transaction says it has a witness, but every stack is empty: receivers reject it"
            )
        case .witnessFlagUnknown:
            (.error, .malformed, "Flag bits other than 0x01 are undefined: receivers reject the transaction")
        case .bytesMissing: (.warning, .reassembly, "\(n) bytes of this stream were not captured")
        case .bytesSkipped:
            (.warning, .reassembly, "\(n) bytes of this stream were passed over, as no message began there")
        case .memoryLimit:
            (
                .warning, .reassembly,
                "A limit of memory was reached, and what was kept of this stream was given up: see --memory-limit"
            )
        case .segmentConflict:
            (
                .warning, .reassembly,
                "Frame \(n) brought other bytes for the same place: what receivers read is shown, as far as that is known"
            )
        case .segmentConflictOtherRight:
            (
                .warning, .reassembly,
                "Frame \(n) brought other bytes for the same place: with them the checksum would be right"
            )
        case .segmentConflictOtherWrong:
            (
                .warning, .reassembly,
                "Frame \(n) brought other bytes for the same place: with them the checksum would be wrong"
            )
        case .segmentDelivered:
            (
                .warning, .reassembly,
                "This copy differs from bytes that were read before it: which of them the receiver has is not certain"
            )
        case .segmentDoubtful:
            (
                .warning, .reassembly,
                "Bytes are of a segment that receivers drop; but the other side acknowledged them, and no other copy came"
            )
        case .fragmentsDiffer:
            (
                .warning, .reassembly,
                "Fragments of a packet overlap and differ: which of them the receiver used cannot be known"
            )
        case .treeLimitMalformed:
            (
                .error, .malformed,
                "The message has more fields than are kept, and the rest, which is not shown, cannot be read as it should"
            )
        case .treeLimit: (.note, .protocol, "The message has more fields than are kept; the rest is not shown")
        case .versionRepeated:
            (.warning, .sequence, "The second version message of this side: receivers ignore or refuse it")
        case .messageBeforeVersion:
            (.warning, .sequence, "Sent before this side's version message: receivers ignore it")
        case .negotiationAfterVerack:
            (.warning, .sequence, "Belongs between version and verack: receivers disconnect")
        case .pongWithoutPing: (.note, .sequence, "Answers no ping that was seen")
        case .layoutUnsettled:
            (.note, .protocol, "How these bytes are laid out is not settled: they are shown as they are")
        case .targetInvalid:
            (.error, .malformed, "No hash can meet this target: it is negative, zero or over 256 bits")
        case .targetTooEasy:
            (.error, .protocol, "The target is easier than the easiest of this network: receivers reject the header")
        case .proofOfWorkWrong:
            (.error, .protocol, "The hash is above the target, so no work is proved: receivers reject the header")
        case .merkleRootWrong:
            (.error, .checksum, "The merkle root computed is not the header's: receivers reject the message")
        case .merkleTreeMutated:
            (
                .error, .malformed,
                "Transactions are repeated so that the merkle root stays the same (CVE-2012-2459): receivers reject it"
            )
        case .witnessCommitmentWrong:
            (.error, .checksum, "The coinbase does not commit to these witnesses: receivers reject the block")
        case .weightOverLimit:
            (.error, .protocol, "More than the \(n) weight units a block may have: receivers reject it")
        case .headerNotConnected:
            (.warning, .sequence, "This is not the hash of the header before it: receivers reject the message")
        case .partialTreeWrong:
            (.error, .malformed, "Hashes and flags do not make a partial merkle tree of so many transactions")
        case .clockOff:
            (.warning, .protocol, "The sender's clock is \(n) minutes from the capture's: one of the two is wrong")
        case .scriptOverrun:
            (.warning, .malformed, "A push runs past the end of the script: it cannot be run from here on")
        case .signatureNotStrict:
            (.note, .protocol, "The signature is not strict DER: blocks may not have such since July 2015 (BIP 66)")
        case .sighashUndefined:
            (.warning, .protocol, "No signature hash type of this number is defined for this kind of signature")
        case .amountOutOfRange: (.error, .protocol, "No amount may be negative or more than 21 million bitcoin")
        case .prevoutNull: (.error, .protocol, "Only a coinbase, which has one input, may spend no output")
        case .coinbaseLengthWrong:
            (.error, .protocol, "The signature script of a coinbase must have 2 to 100 bytes")
        case .secretWrong:
            (.error, .checksum, "The secret in the key log is not this connection's, or its network is not known")
        case .packetNotAuthentic:
            (.error, .checksum, "The packet does not authenticate: it was damaged, or is not what was sent")
        case .packetsLost: (.warning, .reassembly, "\(n) packets before this one could not be decrypted")
        case .packetWithoutMessage:
            (.warning, .malformed, "The packet is no decoy, and holds no whole command: receivers ignore it")
        case .feeRateOutOfRange:
            (.warning, .protocol, "No fee rate may be negative or more than 21 million bitcoin: receivers ignore it")
        }
    }
}
