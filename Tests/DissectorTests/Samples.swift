import Foundation

/// A payload of `Tests/BitcoinP2PTests/Samples`, where every type of message has one.
struct Sample: Decodable {
    let command: String
    let payload: String

    static func all() throws -> [Sample] {
        try ["messages.json", "more-messages.json"].flatMap { name in
            let path = folder("Tests/BitcoinP2PTests/Samples/" + name)
            return try JSONDecoder().decode([Sample].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    var bytes: [UInt8] {
        let digits = Array(payload.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }

    /// The 12 bytes of its command.
    var name: [UInt8] { Array((Array(command.utf8) + [UInt8](repeating: 0, count: 12)).prefix(12)) }
}
