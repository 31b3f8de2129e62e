import Glibc
import System

/// Names of the files that one capture is written to in turn, as dumpcap makes them of the one name given: of
/// `name.pcap`, `name_00001_20261123142233.pcap`.
struct RingFileName {
    private let stem: Substring
    /// With its full stop; empty where there is none.
    private let suffix: Substring

    init(_ path: String) {
        let end = path[Path.nameStart(path)...].lastIndex(of: ".") ?? path.endIndex
        stem = path[..<end]
        suffix = path[end...]
    }

    /// - Parameters:
    ///   - number: From 1; of five digits, it begins again at 0 after 99,999.
    ///   - time: When the file is begun, in seconds since the Unix epoch; written as local time.
    func path(number: UInt64, time: Int) -> String {
        var time = time
        var local = tm()
        localtime_r(&time, &local)
        let date = [local.tm_year &+ 1_900, local.tm_mon &+ 1, local.tm_mday]
        let clock = [local.tm_hour, local.tm_min, local.tm_sec]
        let digits = Self.padded(Int(number % 100_000), 5)
        let moment = Self.padded(Int(date[0]), 4) + (date[1...] + clock).map { Self.padded(Int($0), 2) }.joined()
        return "\(stem)_\(digits)_\(moment)\(suffix)"
    }

    /// The number in a file's name of this pattern; nil for any other name.
    ///
    /// - Parameter name: Without folders.
    func number(in name: String) -> UInt64? {
        let (beginning, end) = (Array((stem[Path.nameStart(String(stem))...] + "_").utf8), Array(suffix.utf8))
        let bytes = Array(name.utf8)
        // 00001_20261123142233
        guard bytes.count == beginning.count + 20 + end.count, bytes.starts(with: beginning),
            bytes.suffix(end.count).elementsEqual(end)
        else { return nil }
        let middle = bytes[beginning.count...].prefix(20)
        let parts = middle.split(separator: 0x5f, omittingEmptySubsequences: false)
        guard parts.map(\.count) == [5, 14], middle.allSatisfy({ $0 == 0x5f || (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(String(decoding: parts[0], as: UTF8.self))
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
