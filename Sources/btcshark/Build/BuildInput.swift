import BitcoinP2P
import Fields
import Glibc
import Output

/// Builds the messages that standard input has as JSON.
struct BuildInput {
    private let builder: MessageBuilder
    private let type: MessageType?
    private let changes: BuildArguments

    /// - Parameters:
    ///   - type: Of payloads that stand alone.
    ///   - changes: Values that every message has instead of its own.
    init(_ builder: MessageBuilder, _ type: MessageType?, _ changes: BuildArguments) {
        self.builder = builder
        self.type = type
        self.changes = changes
    }

    /// Ends at the first message that cannot be built: what follows may rest on it.
    func run(_ output: BuildOutput) -> Status {
        var stream = JSONStream(reading: Self.read)
        var others = 0
        do {
            while let json = try stream.next() {
                let line = stream.lineOfValue
                guard WrittenMessage.isMessage(json) else {
                    others += 1
                    continue
                }
                guard build(json, line, output) else { return .input }
                if output.isFailed { return .input }
            }
            if others > 0 {
                StandardError.complain("\(others) \(others == 1 ? "record is" : "records are") of no message")
            }
            return .success
        } catch {
            StandardError.complain("standard input, \(error)")
            return .input
        }
    }

    private func build(_ json: JSON, _ line: Int, _ output: BuildOutput) -> Bool {
        do {
            var written = try WrittenMessage(json, as: type)
            var builder = builder
            builder.time = written.time
            if !changes.changes.isEmpty {
                let isUsed = builder.uses(written.type, written.values)
                for change in changes.changes { try written.make(change, where: isUsed) }
            }
            let built = try builder.build(written.type, written.values, command: written.command)
            output.write(built.bytes, of: written)
            for problem in built.outdated where problem.isLost { StandardError.complain("line \(line): \(problem)") }
            return true
        } catch let error as BuildError {
            BuildCommand.complain(error, at: line)
            if !builder.updates, error.problems.contains(where: \.isOutdated) {
                StandardError.write("Where the message was changed on purpose, --update makes them again.\n")
            }
        } catch {
            StandardError.complain("line \(line): \(error)")
        }
        return false
    }

    private static func read() throws -> ArraySlice<UInt8> {
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(STDIN_FILENO, &block, block.count)
            if count >= 0 { return block[..<count] }
            if errno != EINTR { throw ReadFailure(code: errno) }
        }
    }

    private struct ReadFailure: Error, CustomStringConvertible {
        let code: Int32
        var description: String { String(cString: strerror(code)) }
    }
}
