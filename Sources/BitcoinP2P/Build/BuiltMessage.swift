import Fields

/// A message that was built of values.
public struct BuiltMessage: Sendable {
    /// Header and payload, as they go on the wire.
    public let bytes: [UInt8]
    public let type: MessageType
    /// Fields that were not given and were made up, in the order of the message.
    public let made: [Field]
    /// Given values that nothing follows from any more, of a message that was changed; see
    /// ``MessageBuilder/updates``.
    public let outdated: [BuildProblem]

    /// What follows the header of 24 bytes.
    public var payload: ArraySlice<UInt8> { bytes.dropFirst(MessageHeader.Form.withChecksum.byteCount) }
}
