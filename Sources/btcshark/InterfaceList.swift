import Capture
import Fields
import Glibc
import Output

/// `-D`: the interfaces that can be captured from, numbered as `-i` takes them.
enum InterfaceList {
    static func print() -> Status {
        let interfaces: [Interface]
        do throws(CaptureError) {
            interfaces = try Interface.all()
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        guard !interfaces.isEmpty else {
            StandardError.complain("this user sees no interface to capture from: try it with sudo")
            return .input
        }
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        let width = interfaces.map(\.name.count).max() ?? 0
        for (index, interface) in interfaces.enumerated() {
            let name = interface.name + String(repeating: " ", count: max(0, width - interface.name.count))
            output.buffer.append("\(index + 1). \(name)  \(facts(of: interface).joined(separator: "  "))\n")
        }
        output.flush()
        return StandardError.complain(ofFailed: output) ? .input : .success
    }

    /// Its state, its addresses, and what it is where it is no network card.
    static func facts(of interface: Interface) -> [String] {
        // What libpcap explains is no network card, and has no state.
        let state = interface.isUp || interface.explanation == nil ? [state(interface)] : []
        return state + interface.addresses + (interface.explanation.map { ["(\($0))"] } ?? [])
    }

    private static func state(_ interface: Interface) -> String {
        var words = [interface.isUp ? "up" : "down"]
        if interface.isUp, !interface.isRunning { words.append("not running") }
        if interface.connection == .disconnected { words.append("disconnected") }
        if interface.isLoopback { words.append("loopback") }
        if interface.isWireless { words.append("wireless") }
        return words.joined(separator: ", ")
    }
}
