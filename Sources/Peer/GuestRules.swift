import BitcoinP2P

/// What a guest of the public network may do: others pay for each connection, and nobody has invited us.
///
/// Loopback and private targets are one's own: for a survey of nothing else, none of this holds.
public struct GuestRules: Sendable {
    public static let mostPerSecond = 100.0
    public static let mostAtOnce = 256
    /// More public targets are wanted only on purpose, and by somebody who can be asked.
    public static let mostUnannounced = 100

    /// Targets with a public address, or with a name.
    public let publicTargets: Int
    /// Private addresses and loopback are not called along with public ones.
    private let skipsOwn: Bool
    /// Nor are those that no host of the Internet has. Some of them lead to one all the same, by translation or a tunnel.
    private let skipsReserved: Bool

    public init(_ targets: [Target], _ network: Network) {
        publicTargets = targets.count { $0.range == .public }
        let isPublic = network.name != "regtest"
        skipsOwn = publicTargets > 0 && isPublic
        skipsReserved = isPublic
    }

    public func skips(_ target: Target) -> Bool {
        switch target.range {
        case .public: false
        case .reserved: skipsReserved
        case .loopback, .private: skipsOwn
        }
    }

    /// Why a survey may not begin; nil where it may.
    public func objection(rate: Double?, concurrency: Int, contact: String?, mayScan: Bool) -> String? {
        guard publicTargets > 0 else { return nil }
        if (rate ?? .infinity) > Self.mostPerSecond {
            return "--rate: at most \(Int(Self.mostPerSecond)) a second towards public addresses."
        }
        if concurrency > Self.mostAtOnce {
            return "--concurrency: at most \(Self.mostAtOnce) towards public addresses."
        }
        guard publicTargets > Self.mostUnannounced else { return nil }
        let many = "\(SurveyTally.grouped(publicTargets)) public targets"
        if contact == nil {
            return "\(many) are more than \(Self.mostUnannounced): say who can be asked about it with --contact, which "
                + "all peers will see."
        }
        if !mayScan {
            return "\(many) are more than \(Self.mostUnannounced): add --i-may-scan once you have made sure that your "
                + "network's rules allow it."
        }
        return nil
    }

    /// What the survey will take, before it begins.
    ///
    /// - Parameters:
    ///   - rate: Calls a second.
    ///   - timeout: Seconds that a meeting may take.
    public static func estimate(targets: Int, rate: Double?, concurrency: Int, timeout: Double) -> String {
        let byRate = rate.map { Double(targets) / $0 } ?? 0
        let atMost = max(byRate, Double(targets) * timeout / Double(max(1, concurrency)))
        // Our messages and the acknowledgements of the peer's, and the peer's: 600 bytes and 1,500.
        let kilobytes = targets * 21 / 10
        return "\(SurveyTally.grouped(targets)) targets, \(concurrency) at once"
            + (rate.map { ", \($0.formatted) a second" } ?? "")
            + ": \(minutes(byRate)) to \(minutes(atMost)), about \(SurveyTally.grouped(kilobytes)) kB of traffic"
    }

    private static func minutes(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 1e9))
        return whole < 60
            ? "\(whole) s" : whole < 3600 ? "\(whole / 60) min" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

extension Double {
    /// Without a fraction where there is none.
    package var formatted: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
