import Layers
import Support

extension Sample {
    /// Frames of the link types and encapsulations that few captures have, each around an IP packet.
    ///
    /// - Parameters:
    ///   - type: The packet's EtherType.
    ///   - family: Its address family.
    static func rare(_ name: String, _ ip: [UInt8], type: Int, family: UInt8) -> [(String, Int32, [UInt8])] {
        typealias B = Build
        let isSix = type == 0x86dd
        let ppp: [UInt8] = [0xff, 3, 0, isSix ? 0x57 : 0x21]
        let frame = B.ethernet(ip, type: type)
        let service: UInt8 = isSix ? 2 : 1
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        func udp(_ payload: [UInt8], port: Int) -> [UInt8] { B.ipv4(B.udp(payload, port: port), protocol: 17) }
        func pktap(_ dlt: UInt8) -> [UInt8] { [108, 0, 0, 0, 1, 0, 0, 0, dlt, 0, 0, 0] + zeros(96) }
        let data: [UInt8] = [8, 1, 0, 0] + zeros(20)
        let quality: [UInt8] = [0x88, 0x83, 0, 0] + zeros(20) + zeros(6) + [5, 0] + zeros(4)
        let snap = B.snap(ip, type: type)
        // The lower byte of an attribute's length.
        let logged = [UInt8(ip.count + 4)]
        var samples: [(String, Int32, [UInt8])] = [
            ("PKTAP", 258, pktap(1) + frame), ("PKTAP of raw IP", 258, pktap(12) + ip),
            ("PKTAP as 149", 149, pktap(1) + frame),
            (
                "NFLOG", 239,
                [family, 0, 0, 42, 8, 0, 1, 0] + B.u16(0x0800) + [3, 0, 7, 0, 10, 0, 1, 2, 3, 0] + logged + [0, 9, 0]
                    + ip
            ),
            (
                "NFLOG, big-endian, with nested attributes", 239,
                [family, 0, 0, 42, 0, 8, 0x80, 0x14, 8, 0, 3, 0, 0] + logged + [0, 9] + ip
            ),
            ("NFLOG, big-endian", 239, [family, 0, 0, 42, 0, 8, 0, 1, 8, 0, 3, 0, 0] + logged + [0, 9] + ip),
            ("PFLOG", 117, [61, isSix ? 24 : 2, 0, 0] + zeros(60) + ip),
            ("ENC", 109, [isSix ? 24 : 2, 0, 0, 0] + zeros(8) + ip),
            ("ENC, big-endian", 109, [0, 0, 0, isSix ? 24 : 2] + zeros(8) + ip),
            ("PPP with direction", 204, [1] + ppp + ip),
            ("PPP with direction, received", 204, [0] + ppp.dropFirst(2) + ip),
            ("C-HDLC", 104, [0x0f, 0] + B.u16(type) + ip), ("C-HDLC in PPP", 9, [0x0f, 0] + B.u16(type) + ip),
            ("C-HDLC to all in PPP", 50, [0x8f, 0] + B.u16(type) + ip),
            ("C-HDLC with direction", 205, [1, 0x0f, 0] + B.u16(type) + ip),
            ("Frame Relay", 107, [0x18, 0x41, 3, isSix ? 0x8e : 0xcc] + ip),
            ("Frame Relay, padded", 107, [0x18, 0x40, 0x01, 3, 0, 0x80, 0, 0, 0] + B.u16(type) + ip),
            ("Frame Relay, PPP", 107, [0x18, 0x41, 3, 0xcf, 0, isSix ? 0x57 : 0x21] + ip),
            ("Frame Relay, bridged", 107, [0x18, 0x40, 0, 1, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7] + frame),
            ("Frame Relay, Cisco", 107, [0x18, 0x41] + B.u16(type) + ip),
            ("Frame Relay with direction", 206, [0, 0x18, 0x41, 3, isSix ? 0x8e : 0xcc] + ip),
            ("PPI", 192, [0, 0, 12, 0, 1, 0, 0, 0, 1, 2, 3, 4] + frame),
            ("PPI of 802.11", 192, [0, 0, 8, 0, 105, 0, 0, 0] + data + snap),
            ("802.11", 105, data + snap), ("802.11 with QoS, four addresses and HT control", 105, quality + snap),
            ("radiotap", 127, [0, 0, 8, 0, 0, 0, 0, 0] + data + snap),
            // QoS, padded to 28 bytes; two words of present flags, and a time before the flags.
            (
                "radiotap, padded", 127,
                [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0] + zeros(4) + zeros(8) + [0x20] + [0x88, 1, 0, 0] + zeros(20)
                    + [5, 0, 0, 0] + snap
            ),
            ("DSA", 284, zeros(12) + [0xc0, 1, 2, 3] + B.u16(type) + ip),
            ("DSA with EtherType", 285, zeros(12) + [0xda, 0xda, 0, 0, 0xc0, 1, 2, 3] + B.u16(type) + ip),
            ("DSA with SNAP", 284, zeros(12) + [0xc0, 1, 2, 3] + B.u16(8 + ip.count) + snap),
            ("Broadcom tag", 281, zeros(12) + [0, 1, 2, 3] + B.u16(type) + ip),
            ("Broadcom tag in front", 282, [0, 1, 2, 3] + frame),
            ("VN-Tag", 1, B.ethernet([0, 0, 0, 5] + B.u16(type) + ip, type: 0x8926)),
            ("E-Tag", 1, B.ethernet([0, 1, 2, 3, 4, 5] + B.u16(type) + ip, type: 0x893f)),
            ("PBB", 1, B.ethernet(B.tag([0, 0, 0, 9] + frame, type: 0x88e7), type: 0x88a8)),
            ("MACsec", 1, B.ethernet([0, 0, 0, 0, 0, 7] + B.u16(type) + ip, type: 0x88e5)),
            ("MACsec with SCI", 1, B.ethernet([0x20, 0, 0, 0, 0, 7] + zeros(8) + B.u16(type) + ip, type: 0x88e5)),
            ("NSH", 1, B.ethernet([0, 6, 1, service, 0, 0, 1, 255] + zeros(16) + ip, type: 0x894f)),
            ("NSH in NSH", 1, B.ethernet([0, 2, 2, 4, 0, 0, 1, 255, 0, 2, 2, 3, 0, 0, 1, 255] + frame, type: 0x894f)),
            ("EtherIP", 101, B.ipv4([0x30, 0] + frame, protocol: 97)),
            ("EtherIP of old BSDs", 101, B.ipv4([3, 0] + frame, protocol: 97)),
            ("ERSPAN I", 101, B.ipv4([0, 0, 0x88, 0xbe] + frame, protocol: 47)),
            (
                "ERSPAN II", 101,
                B.ipv4([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0, 1, 0, 0, 0, 2] + frame, protocol: 47)
            ),
            (
                "ERSPAN III", 101,
                B.ipv4([0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 1] + zeros(8) + frame, protocol: 47)
            ),
            (
                "ERSPAN III with a platform part, of IP", 101,
                B.ipv4(
                    [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 1] + zeros(6) + [8, 1] + zeros(8) + ip, protocol: 47)
            ),
            ("TZSP", 101, udp([1, 0, 0, 1, 0, 10, 1, 50, 1] + frame, port: 37008)),
            ("TZSP of 802.11", 101, udp([1, 1, 0, 18, 1] + data + snap, port: 37008)),
            ("VXLAN-GPE", 101, udp([0x0c, 0, 0, service, 0, 0, 5, 0] + ip, port: 4790)),
            ("VXLAN-GPE of Ethernet", 101, udp([0x0c, 0, 0, 3, 0, 0, 5, 0] + frame, port: 4790)),
            (
                "VXLAN-GPE of NSH", 101,
                udp([0x0c, 0, 0, 4, 0, 0, 5, 0] + [0, 2, 2, service, 0, 0, 1, 255] + ip, port: 4790)
            ),
            ("VXLAN-GPE without a protocol", 101, udp([0x08, 0, 0, 0, 0, 0, 5, 0] + frame, port: 4790)),
            ("GTP-U", 101, udp([0x30, 0xff] + B.u16(ip.count) + [0, 0, 0, 9] + ip, port: 2152)),
            (
                "GTP-U with sequence", 101,
                udp([0x32, 0xff] + B.u16(ip.count + 4) + [0, 0, 0, 9, 0, 1, 0, 0] + ip, port: 2152)
            ),
            (
                "GTP-U with extensions", 101,
                udp(
                    [0x34, 0xff] + B.u16(ip.count + 16) + [
                        0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 9, 0x40, 2, 1, 2, 3, 4, 5, 6, 0,
                    ] + ip,
                    port: 2152)
            ),
            ("GTP-U of Ethernet", 101, udp([0x30, 0xff] + B.u16(frame.count) + [0, 0, 0, 9] + frame, port: 2152)),
            ("L2TP", 101, udp([0, 2, 0, 1, 0, 1] + ppp + ip, port: 1701)),
            (
                "L2TP with all fields", 101,
                udp(
                    [0x4a, 2] + B.u16(17 + ppp.count + ip.count) + [0, 1, 0, 1, 0, 1, 0, 2, 0, 3, 0, 0, 0] + ppp + ip,
                    port: 1701)
            ),
            ("LISP", 101, udp([0x80, 1, 2, 3, 0, 0, 0, 1] + ip, port: 4341)),
            ("LISP of Ethernet", 101, udp([0x04, 0, 0, 3, 0, 0, 0, 1] + frame, port: 4341)),
            ("802.11 in Linux cooked", 113, B.cooked(data + snap, hardware: 801)),
        ]
        if isSix {
            samples += [
                ("Teredo", 101, udp(ip, port: 3544)),
                ("Teredo with origin", 101, udp(zeros(2) + [1, 2, 3, 4, 5, 6] + ip, port: 3544)),
                (
                    "Teredo with authentication and origin", 101,
                    udp([0, 1, 1, 2] + zeros(12) + zeros(2) + [1, 2, 3, 4, 5, 6] + ip, port: 3544)
                ),
            ]
        }
        return samples.map { ("\($0.0), \(name)", $0.1, $0.2) }
    }
}
