import Foundation
import Support

/// A message as far as a reader's bytes and a line of the program can be compared.
struct ReadMessage: Equatable {
    var command: String
    /// Of a ping its nonce in hexadecimal, of others their length.
    var content: String
    /// Its checksum is right.
    var isGood: Bool

    init(_ message: BitcoinMessage, checksum: [UInt8]? = nil) {
        command = message.command
        content =
            message.command == "ping"
            ? "0x" + message.payload.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            : String(message.payload.count)
        isGood = checksum ?? message.checksum == message.checksum
    }

    // MARK: What the reader has read

    /// The messages in a stream that begins with one, and how many bytes are left.
    static func framed(_ bytes: [UInt8]) -> (all: [ReadMessage], rest: Int) {
        var all: [ReadMessage] = []
        var at = 0
        while bytes.count - at >= 24, bytes[at..<at + 4].elementsEqual([0xf9, 0xbe, 0xb4, 0xd9]) {
            let length = bytes[at + 16..<at + 20].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard bytes.count - at - 24 >= length else { break }
            let command = String(decoding: bytes[at + 4..<at + 16].prefix { $0 != 0 }, as: UTF8.self)
            let message = BitcoinMessage(command, Array(bytes[at + 24..<at + 24 + length]))
            all.append(ReadMessage(message, checksum: Array(bytes[at + 20..<at + 24])))
            at += 24 + length
        }
        return (all, bytes.count - at)
    }

    // MARK: What the program shows

    static let columns = [
        "-T", "fields", "-e", "bitcoin.message.direction", "-e", "bitcoin.command", "-e", "bitcoin.ping.nonce", "-e",
        "bitcoin.length", "-e", "bitcoin.checksum.status",
    ]

    /// What it shows of a capture.
    static func shown(file: String) throws -> (byClient: [ReadMessage], byServer: [ReadMessage]) {
        let (ending, output, errors) = try LiveProgram.run(["-r", file, "-Q"] + columns)
        guard ending == .status(0) else { throw SupportError(errors) }
        return try shown(text: String(decoding: output, as: UTF8.self))
    }

    static func shown(text: String) throws -> (byClient: [ReadMessage], byServer: [ReadMessage]) {
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        let messages = try rows.filter { $0.count == columns.count / 2 - 1 && !$0[1].isEmpty }.map { row in
            let message = try ReadMessage(row)
            return (isFromClient: row[0] == "0", message: message)
        }
        return (messages.filter(\.isFromClient).map(\.message), messages.filter { !$0.isFromClient }.map(\.message))
    }

    private init(_ row: [Substring]) throws {
        command = String(row[1])
        content = String(row[2].isEmpty ? row[3] : row[2])
        isGood = row[4] == "1"
    }

    /// How what is shown differs from what was read, for people; nil where it does not.
    static func difference(_ shown: [ReadMessage], _ read: [ReadMessage]) -> String? {
        if shown == read { return nil }
        let missing = read.filter { !shown.contains($0) }.map(\.description)
        let more = shown.filter { !read.contains($0) }.map(\.description)
        func list(_ all: [String]) -> String {
            all.isEmpty
                ? "none" : all.prefix(3).joined(separator: ", ") + (all.count > 3 ? " and \(all.count - 3) more" : "")
        }
        return "\(shown.count) shown, \(read.count) read (read alone: \(list(missing)); shown alone: \(list(more)))"
    }
}

extension ReadMessage: CustomStringConvertible {
    var description: String { "\(command) \(content)\(isGood ? "" : " (bad)")" }
}
