import Support

/// A TCP segment over IPv4 and Ethernet of which every field can be wrong.
struct RawSegment {
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 0x01)
        static let syn = Flags(rawValue: 0x02)
        static let rst = Flags(rawValue: 0x04)
        static let psh = Flags(rawValue: 0x08)
        static let ack = Flags(rawValue: 0x10)
        static let urg = Flags(rawValue: 0x20)
    }

    var destinationMAC = LocalNetwork.readerMAC
    var sourcePort: UInt16
    var sequence: UInt32
    var acknowledgment: UInt32
    var flags: Flags = [.ack, .psh]
    var window: UInt16 = 512
    var urgentPointer: UInt16 = 0
    /// TSval and TSecr, if there are any.
    var timestamps: (value: UInt32, echo: UInt32)?
    /// Others, in units of four bytes.
    var options: [UInt8] = []
    var payload: [UInt8] = []
    var identification: UInt16 = 0
    /// Of IPv4, in units of four bytes.
    var headerOptions: [UInt8] = []
    /// In a VLAN of this number.
    var vlan: UInt16?
    var isChecksumWrong = false
    var isHeaderChecksumWrong = false

    /// Header and payload with the checksum.
    var tcp: [UInt8] {
        var options = options
        if let timestamps { options += [1, 1, 8, 10] + bigEndian(timestamps.value) + bigEndian(timestamps.echo) }
        var bytes = bigEndian(sourcePort) + bigEndian(LocalNetwork.port) + bigEndian(sequence)
        bytes += bigEndian(acknowledgment) + [UInt8(5 + options.count / 4) << 4, flags.rawValue]
        bytes += bigEndian(window) + [0, 0] + bigEndian(urgentPointer) + options + payload
        let pseudoHeader =
            LocalNetwork.evaderAddress + LocalNetwork.readerAddress + [0, 6] + bigEndian(UInt16(bytes.count))
        let sum = ~internetSum(pseudoHeader + bytes)
        bytes.replaceSubrange(16..<18, with: bigEndian(isChecksumWrong ? sum ^ 0x1234 : sum))
        return bytes
    }

    /// The frame.
    var bytes: [UInt8] { ethernet(tcp, fragment: 0) }

    /// The frames of two fragments of it.
    ///
    /// - Parameter length: Bytes in the first, a multiple of 8.
    func fragments(_ length: Int) -> [[UInt8]] {
        let all = tcp
        return [
            ethernet(Array(all[..<length]), fragment: 0x2000),
            ethernet(Array(all[length...]), fragment: UInt16(length / 8)),
        ]
    }

    private func ethernet(_ payload: [UInt8], fragment: UInt16) -> [UInt8] {
        let words = 5 + headerOptions.count / 4
        var ip = [0x40 | UInt8(words), 0] + bigEndian(UInt16(words * 4 + payload.count)) + bigEndian(identification)
        ip += bigEndian(fragment) + [64, 6, 0, 0] + LocalNetwork.evaderAddress + LocalNetwork.readerAddress
        ip += headerOptions
        let sum = ~internetSum(ip)
        ip.replaceSubrange(10..<12, with: bigEndian(isHeaderChecksumWrong ? sum ^ 0x1234 : sum))
        let tag = vlan.map { [0x81, 0x00] + bigEndian($0) } ?? []
        return destinationMAC + LocalNetwork.evaderMAC + tag + [0x08, 0x00] + ip + payload
    }
}
