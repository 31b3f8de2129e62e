import System

/// How far a capture or one of its files goes, as dumpcap's options say: `-a` (autostop), where the capture ends, and
/// `-b` (ring buffer), where the next file begins.
public struct CaptureLimits: Hashable, Sendable {
    /// Why a text is no limit.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// One sentence for the user.
        public let description: String
    }

    /// In seconds, more than 0.
    public var duration: Double?
    /// In bytes, at least 1,000; a file goes over it by less than one frame.
    public var fileSize: UInt64?
    /// At least 1. Autostop: files that are written. Ring: files that are kept.
    public var files: UInt64?
    /// At least 1.
    public var packets: UInt64?

    public init() {}

    /// Whether there is no limit at all.
    public var isEmpty: Bool { self == CaptureLimits() }

    /// Adds one limit as dumpcap writes it: `duration:SECONDS`, `filesize:KB` (of 1,000 bytes), `files:NUMBER` or
    /// `packets:NUMBER`. The last of a kind is the one that holds.
    public mutating func add(_ text: String) throws(Invalid) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : ""
        switch parts.first {
        case "duration": duration = try Self.seconds(value, text)
        case "filesize": fileSize = try Self.number(value, text, upTo: 1 << 40) * 1_000
        case "files": files = try Self.number(value, text, upTo: 1 << 40)
        case "packets": packets = try Self.number(value, text, upTo: .max)
        default:
            throw Invalid(
                description: "'\(text.singleLine)' is not one of duration:SECONDS, filesize:KB, files:N and packets:N")
        }
    }

    /// Whether one of these counts, of the capture or of a file, is enough.
    ///
    /// - Parameters:
    ///   - duration: Seconds.
    ///   - bytes: Of the file that is being written; 0 where there is none.
    ///   - files: That are complete.
    public func isReached(duration: Double, packets: UInt64, bytes: UInt64, files: UInt64 = 0) -> Bool {
        self.duration.map { duration >= $0 } ?? false || self.packets.map { packets >= $0 } ?? false
            || fileSize.map { bytes >= $0 } ?? false || self.files.map { files >= $0 } ?? false
    }

    private static func number(_ value: String, _ text: String, upTo limit: UInt64) throws(Invalid) -> UInt64 {
        guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(value), number > 0,
            number <= limit
        else { throw Invalid(description: "'\(text.singleLine)' needs a whole number above 0 after the colon") }
        return number
    }

    private static func seconds(_ value: String, _ text: String) throws(Invalid) -> Double {
        // Neither exponents nor "nan" nor "inf", which Double would take.
        guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }), let seconds = Double(value),
            seconds > 0, seconds.isFinite
        else { throw Invalid(description: "'\(text.singleLine)' needs a number of seconds above 0 after the colon") }
        return seconds
    }
}
