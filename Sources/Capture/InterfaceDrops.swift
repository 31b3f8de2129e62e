import Glibc
import System

/// What an interface has dropped, by the system's counters, whose files are open from the beginning: libpcap would open them
/// each time.
struct InterfaceDrops: ~Copyable {
    private var missed: Descriptor?
    private var overrun: Descriptor?
    private var first: UInt64 = 0

    init(_ interface: String) {
        // No name of an interface has a slash.
        guard !interface.contains("/") else { return }
        let folder = "/sys/class/net/\(interface)/statistics/"
        missed = try? Descriptor(file: folder + "rx_missed_errors")
        overrun = try? Descriptor(file: folder + "rx_fifo_errors")
        first = sum
    }

    func sinceBeginning() -> UInt64 {
        let sum = sum
        // It may have been set back.
        return sum > first ? sum - first : 0
    }

    private var sum: UInt64 { Self.number(missed) &+ Self.number(overrun) }

    private static func number(_ file: borrowing Descriptor?) -> UInt64 {
        switch file {
        case .some(let file):
            let digits = file.contents(limit: 32).prefix { (0x30...0x39).contains($0) }
            return UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
        case .none: return 0
        }
    }
}
