/// A pcapng file that a test makes block by block, in one of the two byte orders.
struct BlockFile {
    var isBigEndian = false
    private(set) var bytes: [UInt8] = []

    init(isBigEndian: Bool = false) { self.isBigEndian = isBigEndian }

    /// - Parameter length: What the block says at its beginning and end; the true length where nil.
    mutating func block(_ type: UInt32, length: UInt32? = nil, end: UInt32? = nil, _ fill: (inout ByteWriter) -> Void) {
        var body = ByteWriter(isBigEndian: isBigEndian)
        fill(&body)
        while body.bytes.count % 4 != 0 { body.bytes.append(0) }
        let whole = UInt32(body.bytes.count + 12)
        var block = ByteWriter(isBigEndian: isBigEndian)
        block.put(type, length ?? whole)
        block.bytes += body.bytes
        block.put(end ?? length ?? whole)
        bytes += block.bytes
    }

    mutating func section(bigEndian: Bool? = nil, major: UInt16 = 1, minor: UInt16 = 0, magic: UInt32 = 0x1a2b_3c4d) {
        if let bigEndian { isBigEndian = bigEndian }
        block(0x0a0d_0d0a) {
            $0.put(magic)
            $0.put(major, minor)
            $0.put(UInt64.max)
        }
    }

    mutating func interface(
        _ linkType: UInt16 = 1, snapLength: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil,
        name: String? = nil
    ) {
        block(1) {
            $0.put(linkType, 0)
            $0.put(snapLength)
            if let name { $0.option(2, Array(name.utf8)) }
            if let resolution { $0.option(9, [resolution]) }
            if let offset {
                $0.put(14, 8 as UInt16)
                $0.put(UInt64(bitPattern: offset))
            }
            $0.put(0, 0 as UInt16)
        }
    }

    mutating func packet(
        _ frame: [UInt8], interface: UInt32 = 0, units: UInt64 = 0, captured: UInt32? = nil, original: UInt32? = nil,
        options: (inout ByteWriter) -> Void = { _ in }
    ) {
        let length = UInt32(frame.count)
        block(6) {
            $0.put(
                interface, UInt32(units >> 32), UInt32(truncatingIfNeeded: units), captured ?? length,
                original ?? length)
            $0.bytes += frame
            while $0.bytes.count % 4 != 0 { $0.bytes.append(0) }
            options(&$0)
        }
    }

    mutating func simplePacket(_ frame: [UInt8], original: UInt32? = nil) {
        block(3) {
            $0.put(original ?? UInt32(frame.count))
            $0.bytes += frame
        }
    }

    mutating func obsoletePacket(_ frame: [UInt8], interface: UInt16 = 0, drops: UInt16 = .max, units: UInt64 = 0) {
        block(2) {
            $0.put(interface, drops)
            $0.put(UInt32(units >> 32), UInt32(truncatingIfNeeded: units), UInt32(frame.count), UInt32(frame.count))
            $0.bytes += frame
        }
    }

    mutating func statistics(_ interface: UInt32 = 0, drops: UInt64, systemDrops: UInt64) {
        block(5) {
            $0.put(interface, 0, 0)
            for (code, value) in [(5, drops), (7, systemDrops)] as [(UInt16, UInt64)] {
                $0.put(code, 8)
                $0.put(value)
            }
            $0.put(0, 0 as UInt16)
        }
    }
}

extension ByteWriter {
    mutating func option(_ code: UInt16, _ value: [UInt8]) {
        put(code, UInt16(value.count))
        bytes += value
        while bytes.count % 4 != 0 { bytes.append(0) }
    }
}
