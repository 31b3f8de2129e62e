/// A form of a known header after which nothing is read, though it may hold TCP.
@frozen
public enum UnreadForm: UInt8, Hashable, Sendable, CaseIterable {
    case greRouting, greVersion, erspan, etherIP, geneve, nsh, pseudowire, frameRelay, bridgedSNAP, macsecVersion
    case tzspPrism, tzspAVS, prism

    /// For people, as in "8 frames of … were not read".
    var text: String {
        switch self {
        case .greRouting: "GRE with source routes"
        case .greVersion: "GRE of an unknown version"
        case .erspan: "ERSPAN of an unknown version or frame type"
        case .etherIP: "EtherIP of an unknown version"
        case .geneve: "Geneve of an unknown version"
        case .nsh: "NSH of an unknown version"
        case .pseudowire: "MPLS pseudowires"
        case .frameRelay: "Frame Relay of an unknown protocol"
        case .bridgedSNAP: "SNAP with a bridged frame"
        case .macsecVersion: "MACsec of an unknown version"
        case .tzspPrism: "TZSP with a Prism header"
        case .tzspAVS: "TZSP with an AVS header"
        case .prism: "802.11 after a Prism header"
        }
    }
}
