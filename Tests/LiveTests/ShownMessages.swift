import Foundation
import Support
import Testing

/// A message as far as it tells one from another: which side sent it, what it is, and the hash of its payload.
struct ShownMessage: Hashable {
    let isFromClient: Bool
    let command: String
    let length: Int
    let checksum: UInt32

    init(_ message: BitcoinMessage, isFromClient: Bool) {
        self.isFromClient = isFromClient
        command = message.command
        length = message.payload.count
        checksum = message.checksum.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// - Parameter line: Of `-T ndjson`. A message whose payload does not have the checksum it names is none.
    init?(line: some StringProtocol) throws {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        guard let message = object?["bitcoin.message"] as? [String: Any],
            let bitcoin = object?["bitcoin"] as? [String: Any],
            let direction = message["bitcoin.message.direction"] as? Int,
            let command = bitcoin["bitcoin.command"] as? String,
            let length = bitcoin["bitcoin.length"] as? Int, let checksum = bitcoin["bitcoin.checksum"] as? Int,
            bitcoin["bitcoin.checksum.status.name"] as? String == "Good"
        else { return nil }
        isFromClient = direction == 0
        self.command = command
        self.length = length
        self.checksum = UInt32(clamping: checksum)
    }
}

/// The messages of a connection, each side's in its order.
struct ShownMessages: Equatable {
    var byClient: [ShownMessage]
    var byServer: [ShownMessage]

    init(_ sent: BitcoinPeers.Sent) {
        byClient = sent.byClient.map { ShownMessage($0, isFromClient: true) }
        byServer = sent.byServer.map { ShownMessage($0, isFromClient: false) }
    }

    /// - Parameter ndjson: All that `-T ndjson` printed.
    init(ndjson: Data) throws {
        let lines = String(decoding: ndjson, as: UTF8.self).split(separator: "\n")
        let messages = try lines.compactMap { try ShownMessage(line: $0) }
        byClient = messages.filter(\.isFromClient)
        byServer = messages.filter { !$0.isFromClient }
    }

    /// What the program itself shows of a capture.
    init(file: String, _ options: [String] = []) throws {
        let (ending, output, errors) = try LiveProgram.run(["-r", file, "-T", "ndjson", "-Q"] + options)
        guard ending == .status(0) else { throw SupportError(errors) }
        try self.init(ndjson: output)
    }

    var count: Int { byClient.count + byServer.count }

    /// The commands, for people.
    var commands: String { "\(byClient.map(\.command)) / \(byServer.map(\.command))" }
}

/// The counts of packets with which a capture ends.
struct PacketCounts: Equatable {
    var received = -1
    var droppedByKernel = -1
    var droppedByInterface = -1
    var droppedByUs = -1
    var notShown = 0

    /// - Parameter text: Standard error; the last such line counts.
    init?(_ text: String) {
        let pattern =
            #/(\d+) packets? received, (\d+) dropped by the kernel, (\d+) by the interface, (\d+) by btcshark(?:, (\d+) recorded but not shown)?/#
        guard let match = text.matches(of: pattern).last?.output else { return nil }
        received = Int(match.1) ?? -1
        droppedByKernel = Int(match.2) ?? -1
        droppedByInterface = Int(match.3) ?? -1
        droppedByUs = Int(match.4) ?? -1
        notShown = match.5.flatMap { Int($0) } ?? 0
    }

    var hasDrops: Bool { droppedByKernel + droppedByInterface + droppedByUs > 0 }
}

/// The records of a classic pcap file.
struct PacketFile {
    /// Whole ones.
    private(set) var frames: [[UInt8]] = []
    /// Bytes behind the last of them.
    private(set) var rest = 0

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        guard bytes.count >= 24 else { throw SupportError("\(path): \(bytes.count) bytes") }
        var at = 24
        while bytes.count - at >= 16 {
            let length = bytes[at + 8..<at + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard bytes.count - at - 16 >= length else { break }
            frames.append(Array(bytes[at + 16..<at + 16 + length]))
            at += 16 + length
        }
        rest = bytes.count - at
    }
}
