import Foundation
import Support
import Testing

/// The connections of a capture without losses, and what of their messages a part of its frames carries: the plain way,
/// by a table of bytes.
struct StreamModel {
    /// One direction of a connection; a client has the higher port.
    private struct Direction: Hashable {
        let from: UInt16
        let to: UInt16
    }

    private struct Message {
        let shown: ShownMessage
        let bytes: Range<Int>
    }

    private var messages: [Direction: [Message]] = [:]
    private var origins: [Direction: UInt32] = [:]

    /// - Parameter frames: On Ethernet, with all SYNs and all bytes.
    init(_ frames: [[UInt8]]) throws {
        var streams: [Direction: [UInt8]] = [:]
        for segment in frames.compactMap({ TCPSegment($0, start: 14) }) {
            let direction = Direction(from: segment.sourcePort, to: segment.destinationPort)
            if segment.isSYN {
                origins[direction] = segment.sequence &+ 1
                continue
            }
            let origin = try #require(origins[direction])
            let offset = Int(segment.sequence &- origin)
            if segment.payload.isEmpty { continue }
            try #require(offset <= streams[direction, default: []].count, "a hole")
            streams[direction, default: []] += segment.payload.dropFirst(streams[direction, default: []].count - offset)
        }
        for (direction, bytes) in streams {
            messages[direction] = Self.messages(bytes, isFromClient: direction.from > direction.to)
        }
    }

    private static func messages(_ bytes: [UInt8], isFromClient: Bool) -> [Message] {
        var messages: [Message] = []
        var at = 0
        while bytes.count - at >= 24 {
            let length = bytes[at + 16..<at + 20].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard bytes.count - at - 24 >= length else { break }
            let command = String(decoding: bytes[at + 4..<at + 16].prefix { $0 != 0 }, as: UTF8.self)
            let message = BitcoinMessage(command, Array(bytes[at + 24..<at + 24 + length]))
            messages.append(
                Message(shown: ShownMessage(message, isFromClient: isFromClient), bytes: at..<at + 24 + length))
            at += 24 + length
        }
        return messages
    }

    var all: [ShownMessage] { messages.values.flatMap { $0.map(\.shown) } }

    /// The messages of which every byte is in `frames`.
    func messages(in frames: [[UInt8]]) -> [ShownMessage] {
        var present: [Direction: IndexSet] = [:]
        for segment in frames.compactMap({ TCPSegment($0, start: 14) }) where !segment.payload.isEmpty {
            let direction = Direction(from: segment.sourcePort, to: segment.destinationPort)
            guard let origin = origins[direction] else { continue }
            let offset = Int(segment.sequence &- origin)
            present[direction, default: []].insert(integersIn: offset..<offset + segment.payload.count)
        }
        return messages.flatMap { direction, messages in
            messages.filter { present[direction, default: []].contains(integersIn: $0.bytes) }.map(\.shown)
        }
    }
}

extension [ShownMessage] {
    /// How often there is each, whatever the order.
    var counted: [ShownMessage: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}

/// The frames of a capture of this package.
func recordedFrames(_ name: String) throws -> [[UInt8]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return try PacketFile(root.appendingPathComponent("captures/\(name)").path).frames
}
