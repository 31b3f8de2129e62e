#if Peer
import ArgumentParser
import BitcoinP2P
import Glibc
import Peer
import System

/// What `connect` and `survey` have in common.
struct PeerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The network the peers are of: mainnet, testnet4, signet, regtest, …", valueName: "name"),
        completion: .networks)
    var network = "mainnet"

    @Option(
        help: ArgumentHelp("Call through this SOCKS5 proxy, which also resolves names.", valueName: "host:port"),
        completion: .nothing)
    var proxy: String?

    func knownNetwork() throws -> Network { try Pasted.network(network) }

    func knownProxy() throws -> Target? {
        try proxy.map {
            guard let target = Target($0, defaultPort: 9050) else {
                throw ValidationError("--proxy: '\($0)' is not HOST:PORT.")
            }
            return target
        }
    }

    /// A number of seconds that somebody has typed.
    static func duration(_ seconds: Double, _ option: String, in range: ClosedRange<Double>) throws -> Duration {
        guard range.contains(seconds) else {
            throw ValidationError(
                "\(option): \(range.lowerBound.formatted) to \(range.upperBound.formatted) seconds.")
        }
        return .nanoseconds(Int64(seconds * 1e9))
    }
}

/// Gives up what this process may do more than any user, for good: before it speaks with strangers.
enum PeerPrivileges {
    /// Root becomes the user who called `sudo`, or `nobody`.
    static func giveUp() throws {
        guard !Privileges.isRoot || user != nil else {
            StandardError.complain("root does not call peers, and there is no user 'nobody' to become instead")
            throw ExitCode(Status.input.rawValue)
        }
        do throws(PrivilegesError) {
            if Privileges.isRoot, let user {
                try Privileges.drop(to: user)
            } else if Privileges.hasCapabilities {
                try Privileges.dropCapabilities()
            }
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(Status.input.rawValue)
        }
    }

    private static var user: User? { User.sudoCaller ?? User(named: "nobody") }
}
#endif
