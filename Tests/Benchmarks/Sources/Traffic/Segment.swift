/// A TCP segment and the headers around it.
struct Segment {
    static let payloadLimit = 1448
    static let finish: UInt8 = 0x01
    static let synchronise: UInt8 = 0x02
    static let push: UInt8 = 0x08
    static let acknowledge: UInt8 = 0x10

    /// Kinds 2, 4, 8, 1 and 3: 1460 bytes, selective acknowledgements, timestamps, nothing, scale 7.
    private static let synOptions: (head: [UInt8], tail: [UInt8]) = ([2, 4, 0x05, 0xb4, 4, 2, 8, 10], [1, 3, 3, 7])
    private static let options: [UInt8] = [1, 1, 8, 10]

    var flags: UInt8
    var sequence: UInt32
    var acknowledged: UInt32
    var timestamp: UInt32
    var echo: UInt32

    /// Appends a frame with `payload` bytes from the front of the sender's queue.
    func append(
        from sender: borrowing Side, to receiver: borrowing Side, payload: Int, at time: UInt64,
        into file: inout CaptureFile
    ) {
        let isSyn = flags & Self.synchronise != 0
        let tcpHeader = isSyn ? 40 : 32
        file.appendRecordHeader(time, length: 14 + 20 + tcpHeader + payload)
        appendEthernet(sender.address, receiver.address, into: &file.buffer)
        appendIP(sender, receiver, length: 20 + tcpHeader + payload, into: &file.buffer)
        let start = file.buffer.count
        file.buffer.append(bigEndian: sender.port)
        file.buffer.append(bigEndian: receiver.port)
        file.buffer.append(bigEndian: sequence)
        file.buffer.append(bigEndian: flags & Self.acknowledge != 0 ? acknowledged : 0)
        file.buffer.append([UInt8(tcpHeader / 4 * 16), flags])
        file.buffer.append(bigEndian: UInt16(isSyn ? 64240 : 2048))
        file.buffer.append(UInt32(0))
        file.buffer.append(isSyn ? Self.synOptions.head : Self.options)
        file.buffer.append(bigEndian: timestamp)
        file.buffer.append(bigEndian: echo)
        if isSyn { file.buffer.append(Self.synOptions.tail) }
        sender.queue.read(sender.sent..<sender.sent + payload) { file.buffer.append($0) }

        var pseudoHeader = Bytes()
        pseudoHeader.append(bigEndian: sender.address)
        pseudoHeader.append(bigEndian: receiver.address)
        pseudoHeader.append(bigEndian: UInt16(6))
        pseudoHeader.append(bigEndian: UInt16(tcpHeader + payload))
        let sum = pseudoHeader.internetSum(from: 0) + file.buffer.internetSum(from: start)
        file.buffer.replace(at: start + 16, with: Bytes.checksum(sum))
    }

    /// Locally administered addresses made of the IPv4 ones.
    private func appendEthernet(_ sender: UInt32, _ receiver: UInt32, into out: inout Bytes) {
        out.append([2, 0])
        out.append(bigEndian: receiver)
        out.append([2, 0])
        out.append(bigEndian: sender)
        out.append([8, 0])
    }

    private func appendIP(
        _ sender: borrowing Side, _ receiver: borrowing Side, length: Int, into out: inout Bytes
    ) {
        let start = out.count
        out.append([0x45, 0])
        out.append(bigEndian: UInt16(length))
        out.append(bigEndian: sender.identification)
        out.append([0x40, 0, 64, 6, 0, 0])
        out.append(bigEndian: sender.address)
        out.append(bigEndian: receiver.address)
        out.replace(at: start + 10, with: Bytes.checksum(out.internetSum(from: start)))
    }
}

extension Bytes {
    /// The sum of the 16-bit words from `start` on, in this machine's byte order, not folded.
    func internetSum(from start: Int) -> UInt64 {
        read(start..<count) { bytes in
            var sum: UInt64 = 0
            var offset = 0
            while offset + 4 <= bytes.count {
                sum &+= UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                offset += 4
            }
            if offset < bytes.count {
                let rest = InlineArray<4, UInt8> { offset + $0 < bytes.count ? bytes[offset + $0] : 0 }
                sum &+= UInt64(rest.span.bytes.unsafeLoadUnaligned(as: UInt32.self))
            }
            return sum
        }
    }

    /// The Internet checksum (RFC 1071) of that sum, as it is stored.
    static func checksum(_ sum: UInt64) -> UInt16 {
        var folded = sum
        while folded > 0xffff { folded = folded >> 16 + folded & 0xffff }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}
