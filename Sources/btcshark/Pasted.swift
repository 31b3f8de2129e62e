import ArgumentParser
import BitcoinP2P
import Capture
import Dissector
import Fields
import Glibc

/// The bytes of `--decode`, and what they are.
struct Pasted {
    let bytes: [UInt8]
    let contents: PastedContents
    let network: Network

    static let limit = 64 << 20
    /// A `block` without transactions is a header, which has no type of its own.
    private static let headerNames = ["header", "blockheader", "block-header", "block_header"]

    /// - Parameters:
    ///   - text: As it was pasted; `-` for what standard input has.
    ///   - name: The type of a payload without header; nil where it has one, or shows itself what it is.
    init(_ text: String, as name: String?, network: String) throws {
        let isHeader = name.map { Self.headerNames.contains($0.lowercased()) } == true
        let command = try isHeader ? BareObject.blockHeader.command : name.map(Self.command)
        self.network = try Self.network(network)
        let pasted: PastedText
        do throws(PasteProblem) {
            pasted = try Self.read(text)
        } catch {
            throw ValidationError("--decode: \(error)\(Self.fileHint(text)).")
        }
        let length = BareObject.headerLength
        if isHeader, let name, pasted.bytes.count != length,
            let count = pasted.parts.map(\.count).first(where: { $0 != length }),
            !TransportDetector.beginsWithHeader(pasted.bytes.span.bytes)
        {
            throw ValidationError("--as \(name): a block header has \(length) bytes, these are \(count).")
        }
        bytes = pasted.bytes
        do throws(PasteProblem) {
            contents = try PastedContents(pasted, as: command, network: self.network)
        } catch {
            StandardError.complain("--decode: \(error)\(Self.fileHint(text))")
            throw ExitCode(Status.input.rawValue)
        }
    }

    /// How to read the file that has the text for its name; empty where there is none.
    private static func fileHint(_ text: String) -> String {
        guard text != "-", access(text, R_OK) == 0 else { return "" }
        return "; the file of this name is read by --decode - < \(text.quotedForShell)"
    }

    private static func read(_ text: String) throws(PasteProblem) -> PastedText {
        guard text == "-" else { return try PastedText(Array(text.utf8)) }
        let input: [UInt8]
        do throws(InputFileError) {
            input = try InputFile.read("-", atMost: limit)
        } catch {
            throw PasteProblem(error.description)
        }
        return try PastedText(input: input)
    }

    private static func command(_ name: String) throws -> Command {
        if let command = Command(name: name), MessageTypes.standard[command] != nil { return command }
        let hint = NearestNames.suggestion(for: name, among: MessageTypes.standard.types.map(\.name))
        throw ValidationError("--as: no type of message is called '\(name)'; -G messages lists them.\(hint)")
    }

    /// What a file or a pipe means by its contents: a text, or the bytes themselves.
    ///
    /// Raw bytes of a message with its header never are a text; a bare payload that is must be given as hexadecimal.
    static func bytes(of input: [UInt8]) -> [UInt8] { (try? PastedText(input: input))?.bytes ?? input }

    static func network(_ name: String) throws -> Network {
        guard let known = Network.known.first(where: { $0.name == name }) else {
            throw ValidationError(
                "--network: '\(name)' is not one of \(Network.known.map(\.name).joined(separator: ", ")).")
        }
        return known
    }
}
