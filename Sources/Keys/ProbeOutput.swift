/// What bpftrace prints, taken apart.
struct ProbeOutput {
    /// All probes are attached.
    private(set) var isWatching = false
    /// Lines that may be secrets, without line feed.
    private var keys: [[UInt8]] = []
    /// Lines that bpftrace could not print, since its buffer was full.
    private var lost: UInt64 = 0
    private var line: [UInt8] = []

    /// Longer lines are none of ours.
    private static let lineLimit = 1024
    private static let label = Array("BIP324_SHARED_SECRET ".utf8)
    private static let lostLabel = Array("Lost ".utf8)

    mutating func take(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte == 0x0a {
                endLine()
            } else if line.count <= Self.lineLimit {
                line.append(byte)
            }
        }
    }

    mutating func takeKeys() -> [[UInt8]] {
        defer { keys = [] }
        return keys
    }

    mutating func takeLost() -> UInt64 {
        defer { lost = 0 }
        return lost
    }

    private mutating func endLine() {
        defer { line.removeAll(keepingCapacity: true) }
        if line.count > Self.lineLimit { return }
        if line.starts(with: Self.label) {
            keys.append(line)
        } else if line.elementsEqual(KeyProbe.watching.utf8) {
            isWatching = true
        } else if line.starts(with: Self.lostLabel) {
            // "Lost 3 events"
            let digits = line.dropFirst(Self.lostLabel.count).prefix { $0 != 0x20 }
            lost &+= UInt64(String(decoding: digits, as: UTF8.self)) ?? 1
        }
    }
}
