import Foundation
import Testing

/// A message that a node logged.
struct Logged: Equatable {
    var command: String
    var payload: [UInt8]

    /// Reads a file that a node wrote with `-capturemessages` (protocol.md section 12).
    static func messages(_ path: String) throws -> [Logged] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("captures/message-capture") + "/" + path)))
        var messages: [Logged] = []
        var at = 0
        while at + 24 <= bytes.count {
            let command = bytes[at + 8..<at + 20].prefix { $0 != 0 }
            let length = (0..<4).reduce(0) { $0 | Int(bytes[at + 20 + $1]) << (8 * $1) }
            try #require(at + 24 + length <= bytes.count)
            messages.append(
                Logged(
                    command: String(decoding: command, as: UTF8.self),
                    payload: Array(bytes[at + 24..<at + 24 + length])))
            at += 24 + length
        }
        #expect(at == bytes.count)
        return messages
    }
}
