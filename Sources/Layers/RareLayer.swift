public import Fields

/// Headers that few captures have. Their layouts stand outside of the way that nearly all packets go.
@frozen
public enum RareLayer: UInt8, Hashable, Sendable, CaseIterable {
    // Link types.
    case pktap, userPktap, nflog, pflog, enc, directedPPP, directedCiscoHDLC, directedFrameRelay, ciscoHDLC, frameRelay
    case ppi, radiotap, wireless, dsa, etherTypeDSA, broadcom, prependedBroadcom
    // After an Ethernet header.
    case vnTag, eTag, providerBackbone, macsec, nsh
    // In IP, GRE and UDP.
    case etherIP, erspan, tzsp, vxlanGPE, gtp, l2tp, lisp, teredo
}

/// The headers of ``RareLayer``, each declared once.
public struct RareLayers: Sendable {
    public let pktap = PKTAP()
    public let nflog = NFLOG()
    public let pflog = PFLOG()
    public let enc = Enc()
    public let direction = FrameDirection()
    public let ciscoHDLC = CiscoHDLC()
    public let frameRelay = FrameRelay()
    public let ppi = PPI()
    public let radiotap = Radiotap()
    public let wireless = WirelessLAN()
    public let switchTag = SwitchTag()
    public let vnTag = VNTag()
    public let eTag = ETag()
    public let providerBackbone = ProviderBackbone()
    public let macsec = MACsec()
    public let nsh = NSH()
    public let etherIP = EtherIP()
    public let erspan = ERSPAN()
    public let tzsp = TZSP()
    public let vxlanGPE = VXLANGPE()
    public let gtp = GTP()
    public let l2tp = L2TP()
    public let lisp = LISP()
    public let teredo = Teredo()

    public init() {}

    /// Reads one header. It takes at least a byte, but for what is not PKTAP, after which nothing is read.
    @inlinable
    @inline(never)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ layer: RareLayer) throws(Stop) -> NextLayer {
        switch layer {
        case .pktap: try pktap.layout(&c)
        case .userPktap: try pktap.isConsistent(c) ? pktap.layout(&c) : .unread(.linkType(149))
        case .nflog: try nflog.layout(&c)
        case .pflog: try pflog.layout(&c)
        case .enc: try enc.layout(&c)
        case .directedPPP: try direction.layout(&c, .ppp)
        case .directedCiscoHDLC: try direction.layout(&c, .rare(.ciscoHDLC))
        case .directedFrameRelay: try direction.layout(&c, .rare(.frameRelay))
        case .ciscoHDLC: try ciscoHDLC.layout(&c)
        case .frameRelay: try frameRelay.layout(&c)
        case .ppi: try ppi.layout(&c)
        case .radiotap: try radiotap.layout(&c, wireless)
        case .wireless: try wireless.layout(&c, isPadded: false)
        case .dsa: try switchTag.layout(&c, .dsa)
        case .etherTypeDSA: try switchTag.layout(&c, .etherTypeDSA)
        case .broadcom: try switchTag.layout(&c, .broadcom)
        case .prependedBroadcom: try switchTag.layout(&c, .prependedBroadcom)
        case .vnTag: try vnTag.layout(&c)
        case .eTag: try eTag.layout(&c)
        case .providerBackbone: try providerBackbone.layout(&c)
        case .macsec: try macsec.layout(&c)
        case .nsh: try nsh.layout(&c)
        case .etherIP: try etherIP.layout(&c)
        case .erspan: try erspan.layout(&c)
        case .tzsp: try tzsp.layout(&c)
        case .vxlanGPE: try vxlanGPE.layout(&c)
        case .gtp: try gtp.layout(&c)
        case .l2tp: try l2tp.layout(&c)
        case .lisp: try lisp.layout(&c)
        case .teredo: try teredo.layout(&c)
        }
    }
}
