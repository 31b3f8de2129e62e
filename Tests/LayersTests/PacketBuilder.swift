import Layers
import Support

/// Bytes of packets, put together layer by layer from the inside out.
enum Build {
    static func u16(_ value: Int) -> [UInt8] { bigEndian(UInt16(truncatingIfNeeded: value)) }
    static func u32(_ value: UInt32) -> [UInt8] { bigEndian(value) }

    static let source4: [UInt8] = [192, 0, 2, 1]
    static let destination4: [UInt8] = [198, 51, 100, 7]
    static let source6: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    static let destination6: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]

    static func tcp(
        _ payload: [UInt8], sequence: UInt32 = 0x0102_0304, flags: Int = 0x018, options: [UInt8] = [],
        offset: Int? = nil
    ) -> [UInt8] {
        let words = offset ?? 5 + options.count / 4
        return u16(50_000) + u16(8333) + u32(sequence) + u32(0xa0b0_c0d0) + u16(words << 12 | flags) + u16(64_240)
            + [0xbe, 0xef, 0, 0] + options + payload
    }

    static func ipv4(
        _ payload: [UInt8], protocol number: UInt8 = 6, options: [UInt8] = [], id: Int = 0x1234, offset: Int = 0,
        more: Bool = false, total: Int? = nil, words: Int? = nil, version: UInt8 = 4,
        source: [UInt8] = source4, destination: [UInt8] = destination4, checksum: Int? = nil
    ) -> [UInt8] {
        let header = words ?? 5 + options.count / 4
        let fragment = (offset == 0 && !more ? 0x4000 : 0) | (more ? 0x2000 : 0) | offset / 8
        var bytes = [version << 4 | UInt8(header), 0x02] + u16(total ?? 20 + options.count + payload.count) + u16(id)
        bytes += u16(fragment) + [64, number, 0, 0] + source + destination + options
        bytes.replaceSubrange(10..<12, with: u16(checksum ?? Int(~internetSum(bytes))))
        return bytes + payload
    }

    static func ipv6(
        _ payload: [UInt8], next: UInt8 = 6, length: Int? = nil, version: UInt8 = 6, source: [UInt8] = source6,
        destination: [UInt8] = destination6
    ) -> [UInt8] {
        u32(UInt32(version) << 28 | 0x02_12345) + u16(length ?? payload.count) + [next, 63] + source + destination
            + payload
    }

    /// An IPv6 extension header of `8 * units` bytes.
    static func option(next: UInt8, units: Int = 1) -> [UInt8] {
        [next, UInt8(units - 1)] + [UInt8](repeating: 1, count: units * 8 - 2)
    }

    static func authentication(next: UInt8) -> [UInt8] { [next, 4, 0, 0] + [UInt8](repeating: 7, count: 20) }

    static func fragment(next: UInt8, offset: Int, more: Bool, id: UInt32 = 77) -> [UInt8] {
        [next, 0] + u16(offset | (more ? 1 : 0)) + u32(id)
    }

    static func ethernet(_ payload: [UInt8], type: Int = 0x0800) -> [UInt8] {
        [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] + u16(type) + payload
    }

    static func tag(_ payload: [UInt8], type: Int = 0x0800, id: Int = 5) -> [UInt8] {
        u16(0xb000 | id) + u16(type) + payload
    }

    static func snap(_ payload: [UInt8], type: Int = 0x0800) -> [UInt8] {
        [0xaa, 0xaa, 3, 0, 0, 0] + u16(type) + payload
    }

    static func cooked(_ payload: [UInt8], type: Int = 0x0800, hardware: Int = 1, length: Int = 6) -> [UInt8] {
        u16(4) + u16(hardware) + u16(length) + [1, 2, 3, 4, 5, 6, 0, 0] + u16(type) + payload
    }

    static func cooked2(_ payload: [UInt8], type: Int = 0x0800, hardware: Int = 1, length: UInt8 = 6) -> [UInt8] {
        u16(type) + [0, 0] + u32(3) + u16(hardware) + [4, length] + [1, 2, 3, 4, 5, 6, 0, 0] + payload
    }

    static func udp(_ payload: [UInt8], port: Int) -> [UInt8] {
        u16(50_000) + u16(port) + u16(8 + payload.count) + [0, 0] + payload
    }

    static func vxlan(_ frame: [UInt8], port: Int = 4789) -> [UInt8] {
        udp([8, 0, 0, 0, 0, 0, 5, 0] + frame, port: port)
    }

    /// - Parameter options: In units of four bytes.
    static func geneve(_ payload: [UInt8], type: Int, options: Int = 0) -> [UInt8] {
        udp(
            [UInt8(options), 0] + u16(type) + [0, 0, 5, 0] + [UInt8](repeating: 3, count: options * 4) + payload,
            port: 6081)
    }

    static func pppoe(_ payload: [UInt8]) -> [UInt8] { [0x11, 0] + u16(9) + u16(payload.count) + payload }
}

/// A frame that holds one TCP segment, and how many of its bytes are headers.
struct Sample: CustomStringConvertible {
    let name: String
    let linkType: Int32
    let bytes: [UInt8]
    let headers: Int

    var description: String { name }
    var payload: [UInt8] { Array(bytes[headers...]) }

    init(_ name: String, _ linkType: Int32, _ bytes: [UInt8], headers: Int) {
        self.name = name
        self.linkType = linkType
        self.bytes = bytes
        self.headers = headers
    }

    static let payload: [UInt8] = (0..<61).map { UInt8($0 * 3 + 7 & 255) }

    /// Every link type, and every header on the way.
    static let all: [Sample] = {
        typealias B = Build
        let tcp = B.tcp(payload)
        let four = B.ipv4(tcp)
        let six = B.ipv6(tcp)
        let options = B.ipv4(
            B.tcp(payload, options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]), options: [148, 4, 0, 0, 1, 1, 1, 0])
        let chain = B.ipv6(
            B.option(next: 43) + B.option(next: 60, units: 3) + B.option(next: 51) + B.authentication(next: 135)
                + B.option(next: 139) + B.option(next: 140, units: 5) + B.option(next: 44)
                + B.fragment(next: 6, offset: 0, more: false) + tcp, next: 0)
        var samples: [(String, Int32, [UInt8])] = []
        for (name, ip, type, family, ppp) in [
            ("IPv4", four, 0x0800, 2, 0x21), ("IPv6", six, 0x86dd, 10, 0x57),
            ("IPv4 with options", options, 0x0800, 2, 0x21),
            ("IPv6 with extensions", chain, 0x86dd, 10, 0x57),
        ] {
            let byte = UInt8(ppp)
            samples += rare(name, ip, type: type, family: UInt8(family))
            samples += [
                ("null, little-endian, \(name)", 0, [UInt8(family), 0, 0, 0] + ip),
                ("null, big-endian, \(name)", 0, [0, 0, 0, UInt8(family)] + ip),
                ("loop, \(name)", 108, [0, 0, 0, UInt8(family)] + ip),
                ("ethernet, \(name)", 1, B.ethernet(ip, type: type)),
                ("VLAN, \(name)", 1, B.ethernet(B.tag(ip, type: type), type: 0x8100)),
                (
                    "four tags, \(name)", 1,
                    B.ethernet(
                        B.tag(B.tag(B.tag(B.tag(ip, type: type), type: 0x8100), type: 0x9100), type: 0x9200),
                        type: 0x88a8)
                ),
                ("SNAP, \(name)", 1, B.ethernet(B.snap(ip, type: type), type: 8 + ip.count)),
                (
                    "SNAP in a VLAN, \(name)", 1,
                    B.ethernet(B.tag(B.snap(ip, type: type), type: 8 + ip.count), type: 0x8100)
                ),
                ("PPPoE, \(name)", 1, B.ethernet(B.pppoe([0, byte] + ip), type: 0x8864)),
                ("PPPoE in a VLAN, \(name)", 1, B.ethernet(B.tag(B.pppoe([byte] + ip), type: 0x8864), type: 0x8100)),
                ("PPPoE without Ethernet, \(name)", 51, B.pppoe([0, byte] + ip)),
                ("PPP, \(name)", 9, [0, byte] + ip), ("PPP, short, \(name)", 9, [byte] + ip),
                ("PPP, HDLC, \(name)", 9, [0xff, 3, 0, byte] + ip),
                ("PPP, HDLC, short, \(name)", 50, [0xff, 3, byte] + ip),
                ("raw 101, \(name)", 101, ip), ("raw 12, \(name)", 12, ip), ("raw 14, \(name)", 14, ip),
                ("only IP, \(name)", type == 0x0800 ? 228 : 229, ip),
                ("cooked, \(name)", 113, B.cooked(ip, type: type)),
                ("cooked VLAN, \(name)", 113, B.cooked(B.tag(ip, type: type), type: 0x8100)),
                ("cooked SNAP, \(name)", 113, B.cooked(B.snap(ip, type: type), type: 4)),
                ("cooked without address, \(name)", 113, B.cooked(ip, type: type, hardware: 65534, length: 0)),
                ("cooked with a long address, \(name)", 113, B.cooked(ip, type: type, hardware: 32, length: 20)),
                ("cooked 2, \(name)", 276, B.cooked2(ip, type: type)),
                (
                    "cooked 2 with two tags, \(name)", 276,
                    B.cooked2(B.tag(B.tag(ip, type: type), type: 0x8100), type: 0x88a8)
                ),
                ("IP in IPv4, \(name)", 101, B.ipv4(ip, protocol: type == 0x0800 ? 4 : 41)),
                ("IP in IPv6, \(name)", 101, B.ipv6(B.option(next: type == 0x0800 ? 4 : 41) + ip, next: 60)),
                (
                    "authenticated, \(name)", 101,
                    B.ipv4(B.authentication(next: type == 0x0800 ? 4 : 41) + ip, protocol: 51)
                ),
                ("MPLS, \(name)", 1, B.ethernet([0, 1, 0x10, 9, 0, 2, 0x11, 9] + ip, type: 0x8847)),
                ("VXLAN, \(name)", 101, B.ipv4(B.vxlan(B.ethernet(ip, type: type)), protocol: 17)),
                (
                    "VXLAN on Linux's old port, \(name)", 101,
                    B.ipv6(B.vxlan(B.ethernet(ip, type: type), port: 8472), next: 17)
                ),
                ("Geneve, \(name)", 101, B.ipv4(B.geneve(ip, type: type), protocol: 17)),
                (
                    "Geneve with options, \(name)", 101,
                    B.ipv4(B.geneve(B.ethernet(ip, type: type), type: 0x6558, options: 3), protocol: 17)
                ),
                ("GRE, \(name)", 101, B.ipv4([0, 0] + B.u16(type) + ip, protocol: 47)),
                (
                    "GRE with all fields, \(name)", 101,
                    B.ipv6([0xb0, 0] + B.u16(type) + [UInt8](repeating: 9, count: 12) + ip, next: 47)
                ),
                (
                    "GRE with Ethernet, \(name)", 101,
                    B.ipv4([0, 0, 0x65, 0x58] + B.ethernet(ip, type: type), protocol: 47)
                ),
                (
                    "PPTP, \(name)", 101,
                    B.ipv4(
                        [0x30, 0x81, 0x88, 0x0b] + [UInt8](repeating: 9, count: 12) + [0xff, 3, byte] + ip, protocol: 47
                    )
                ),
            ]
        }
        for family: UInt8 in [24, 28, 30] { samples.append(("null, family \(family)", 0, [family, 0, 0, 0] + six)) }
        return samples.map { Sample($0.0, $0.1, $0.2, headers: $0.2.count - payload.count) }
    }()
}
