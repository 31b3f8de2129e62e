import Fields

/// What stands before each message in the files that Bitcoin Core writes with `-capturemessages`
/// (protocol.md section 12): 24 bytes, then the payload. There is neither magic nor checksum, and messages of v2
/// transport look the same.
public struct MessageCaptureRecord: Hashable, Sendable {
    public static let headerLength = 24

    /// When the message was processed, or queued to be sent, in nanoseconds since the Unix epoch, clamped. The file has
    /// microseconds.
    public let time: Int64
    /// Not checked.
    public let command: Command
    /// Payload bytes that follow; not checked.
    public let length: UInt32

    /// The record that begins at `offset`; nil where there are fewer than 24 bytes.
    public init?(_ bytes: RawSpan, at offset: Int = 0) {
        guard offset >= 0, offset <= bytes.byteCount - Self.headerLength,
            let command = Command(bytes, at: offset + 8)
        else { return nil }
        time = Self.nanoseconds(
            Int64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Int64.self)))
        self.command = command
        length = UInt32(
            littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset + 20, as: UInt32.self))
    }

    /// Whether a file that begins so is likely to be one of these: a command, a possible length, and a time between
    /// Bitcoin's first day and the year 2100.
    public var isPlausible: Bool {
        let years = 1_230_940_800_000_000_000 as Int64..<4_102_444_800_000_000_000
        return command.isPlausible && length <= MessageFramer.oldLengthLimit && years.contains(time)
    }

    /// As the header of a message of this network.
    public func header(network: Network) -> MessageHeader {
        MessageHeader(network: network, command: command, length: length, checksum: 0, form: .captured)
    }

    static func nanoseconds(_ microseconds: Int64) -> Int64 {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (microseconds < 0 ? .min : .max) : product
    }
}
