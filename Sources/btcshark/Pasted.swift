import ArgumentParser
import BitcoinP2P
import Glibc

/// The bytes of `--decode`, and how they are to be read.
struct Pasted {
    let bytes: [UInt8]
    /// The type of a bare payload; nil where the bytes begin with a header.
    let command: Command?
    let network: Network

    static let limit = 64 << 20

    init(_ text: String, as name: String?, network: String) throws {
        if text == "-" {
            let input = Self.readStandardInput()
            guard input.count <= Self.limit else { throw ValidationError("--decode: more than 64 MiB.") }
            bytes = Self.bytes(of: input)
        } else {
            bytes = try Self.hexadecimal(Array(text.utf8))
        }
        guard !bytes.isEmpty else { throw ValidationError("--decode: there are no bytes.") }
        command = try name.map {
            guard let command = Command(name: $0) else {
                throw ValidationError("--as: '\($0)' is not a command: 1 to 12 printable ASCII characters.")
            }
            return command
        }
        self.network = try Self.network(network)
    }

    /// What a file or a pipe means by its contents: hexadecimal digits, or the bytes themselves.
    ///
    /// Raw bytes of a message with its header never are hexadecimal digits and white space only; a bare payload that is
    /// must be given as hexadecimal.
    static func bytes(of input: [UInt8]) -> [UInt8] { (try? hexadecimal(input)) ?? input }

    static func network(_ name: String) throws -> Network {
        guard let known = Network.known.first(where: { $0.name == name }) else {
            throw ValidationError(
                "--network: '\(name)' is not one of \(Network.known.map(\.name).joined(separator: ", ")).")
        }
        return known
    }

    /// Hexadecimal digits; white space, colons, commas and `0x` may stand between bytes.
    static func hexadecimal(_ text: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        var place = 0
        while place < text.count {
            let character = text[place]
            place += 1
            switch character {
            case 0x20, 0x09, 0x0a, 0x0d, 0x3a, 0x2c:
                continue
            case 0x30 where high == nil && place < text.count && text[place] | 0x20 == 0x78:
                place += 1
            default:
                guard let digit = digit(character) else {
                    throw ValidationError("--decode: character \(place) is not a hexadecimal digit.")
                }
                if let first = high {
                    bytes.append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            }
        }
        guard high == nil else { throw ValidationError("--decode: an odd number of hexadecimal digits.") }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }

    private static func readStandardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = read(STDIN_FILENO, &block, block.count)
            if count > 0 { bytes += block.prefix(count) } else if count == 0 || errno != EINTR { break }
        }
        return bytes
    }
}
