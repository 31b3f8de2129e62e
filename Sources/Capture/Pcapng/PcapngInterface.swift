/// What an interface description block of pcapng says, and what came of the interface since.
struct PcapngInterface {
    let linkType: LinkTypeNumber
    /// Bytes of a packet that are kept at most; 0 for all. Only simple packets need it.
    let snapLength: UInt32
    /// Its number in the whole file, from 0: sections number their own.
    let number: UInt32
    /// As it came, cut to ``nameLimit``.
    private(set) var name: [UInt8] = []
    private(set) var clock = PcapngClock()
    /// Among those of ``CaptureNotes``, once a packet came.
    var place: UInt32?

    /// Packets lost at the interface, and by the system that captured, each as the newest statistics that say it.
    var interfaceDrops: UInt64 = 0
    var systemDrops: UInt64 = 0
    /// Packets lost as the packets tell; they may be the same ones.
    var packetDrops: UInt64 = 0

    var drops: UInt64 { max(interfaceDrops &+ systemDrops, packetDrops) }

    /// Bytes of a name that are kept.
    static let nameLimit = 255

    /// - Parameter block: Without type, lengths and what belongs to no block; at least 8 bytes.
    init(_ block: BlockBytes, number: UInt32) {
        linkType = LinkTypeNumber(inFile: block.number(0, as: UInt16.self))
        snapLength = block.number(4)
        self.number = number
        var name: [UInt8] = []
        var clock = PcapngClock()
        block.forEachOption(from: 8) { code, value in
            switch code {
            case 2: name = Array(value.bytes.prefix(Self.nameLimit))
            case 9 where value.count == 1: clock.resolution = value.number(0)
            case 14 where value.count == 8: clock.offset = value.number(0)
            default: break
            }
        }
        self.name = name
        self.clock = clock
    }
}

/// How an interface counts time: in which units, and from when.
struct PcapngClock: Equatable {
    /// `if_tsresol`: n for units of 10⁻ⁿ seconds, 128 + n for units of 2⁻ⁿ seconds.
    var resolution: UInt8 = 6
    /// `if_tsoffset`: seconds to be added to each time.
    var offset: Int64 = 0

    /// Nanoseconds since the Unix epoch, clamped to what an `Int64` holds.
    func nanoseconds(_ units: UInt64) -> Int64 {
        // Nearly all files.
        if offset == 0, resolution == 9 { return Int64(clamping: units) }
        if offset == 0, resolution == 6 {
            let (product, overflow) = units.multipliedReportingOverflow(by: 1_000)
            return overflow ? .max : Int64(clamping: product)
        }
        let count = exact(units)
        // Less than 2⁶³ · 10⁹ on both sides.
        return Int64(clamping: Int128(clamping: count) + Int128(offset) * 1_000_000_000)
    }

    /// At most 2⁶⁴ · 10⁹.
    private func exact(_ units: UInt64) -> UInt128 {
        let exponent = Int(resolution & 0x7f)
        let billionths = UInt128(units) * 1_000_000_000
        // Smart shifts: by 128 bits and more nothing is left.
        if resolution & 0x80 != 0 { return billionths >> exponent }
        // 10³⁸ is less than 2¹²⁸; units of less than that never reach a nanosecond.
        if exponent > 38 { return 0 }
        var divisor: UInt128 = 1
        for _ in 0..<exponent { divisor *= 10 }
        return billionths / divisor
    }
}

extension LinkTypeNumber {
    /// Of a `LINKTYPE_` value, as it stands in a file.
    init(inFile value: UInt16) {
        switch value {
        case 100: self.init(rawValue: 11)  // ATM, RFC 1483
        case 101: self = .rawIP
        default: self.init(rawValue: Int32(value))
        }
    }

    /// The `LINKTYPE_` value for a file; nil where there is none.
    var inFile: UInt16? {
        switch rawValue {
        case 11: 100
        // Raw IP of Linux, and of OpenBSD.
        case 12, 14: 101
        default: UInt16(exactly: rawValue)
        }
    }
}
