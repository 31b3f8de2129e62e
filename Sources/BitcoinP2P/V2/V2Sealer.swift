/// Encrypts the packets of one direction of a v2 connection, one after the other (BIP 324; protocol.md section 11.3).
///
/// The first packet comes after the garbage terminator and authenticates the garbage; what is appended begins with the
/// terminator, then. After every 224th packet the keys are changed. The first packet that is no decoy must be
/// ``appendVersion(to:)``: receivers take it for that whatever it holds.
public struct V2Sealer: Sendable {
    private let terminator: [UInt8]
    private let garbage: [UInt8]
    private var lengths: LengthCipher
    private var packets: PacketCipher

    /// How many packets were encrypted, decoys too.
    public private(set) var count: UInt64 = 0

    /// - Parameters:
    ///   - side: The keys of the side that sends.
    ///   - garbage: What that side sends between its key and the terminator, 0 to 4095 bytes.
    public init(_ side: KeySchedule.Side, garbage: [UInt8]) throws(V2SealingError) {
        guard garbage.count <= V2Framer.garbageLimit else { throw .garbageTooLong(garbage.count) }
        terminator = side.terminator
        self.garbage = garbage
        lengths = LengthCipher(side.lengthKey)
        packets = PacketCipher(side.packetKey)
    }

    /// Appends the packet that ends the handshake. It has no contents: no extension of the transport is defined yet.
    public mutating func appendVersion(to bytes: inout [UInt8]) throws(V2SealingError) {
        try append(contents: [], to: &bytes)
    }

    /// Appends a packet that carries a message.
    public mutating func append(
        _ command: Command, _ payload: RawSpan, to bytes: inout [UInt8]
    ) throws(V2SealingError) {
        try append(contents: PacketContents.message(command, payload), to: &bytes)
    }

    /// Appends a packet with any contents, 0 to 2²⁴ − 1 bytes; Bitcoin Core takes 4,000,013 at most.
    ///
    /// If it throws, nothing was appended, and the next packet has the number that this one would have had.
    ///
    /// - Parameter isDecoy: Whether receivers skip it.
    public mutating func append(
        contents: [UInt8], isDecoy: Bool = false, to bytes: inout [UInt8]
    ) throws(V2SealingError) {
        guard contents.count <= LengthCipher.lengthLimit else { throw .contentsTooLong(contents.count) }
        let isFirst = count == 0
        let plain = [isDecoy ? PacketContents.ignoreBit : 0] + contents
        let start = bytes.count
        bytes.reserveCapacity(start + KeySchedule.terminatorLength + contents.count + V2Framer.overhead)
        if isFirst { bytes.append(contentsOf: terminator) }
        guard lengths.seal(length: contents.count, ofPacket: count, to: &bytes),
            packets.seal(plain, number: count, authenticating: isFirst ? garbage : [], to: &bytes)
        else {
            bytes.removeSubrange(start...)
            throw .notEncrypted(packet: count)
        }
        count += 1
        lengths.forget(before: count)
        packets.forget(before: count)
    }
}

/// Why nothing can be sent on a v2 connection.
public enum V2SealingError: Error, Equatable, CustomStringConvertible {
    case garbageTooLong(Int)
    case contentsTooLong(Int)
    /// The ciphers refused, which they have no reason for.
    case notEncrypted(packet: UInt64)

    public var description: String {
        switch self {
        case .garbageTooLong(let count):
            "the garbage of a v2 connection has at most \(V2Framer.garbageLimit) bytes, not \(count)"
        case .contentsTooLong(let count):
            "\(count) bytes are too long for a packet of a v2 connection, which holds \(LengthCipher.lengthLimit)"
        case .notEncrypted(let number): "packet \(number) of a v2 connection could not be encrypted"
        }
    }
}
