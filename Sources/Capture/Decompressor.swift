import Glibc
import System

/// A running child that decompresses an input to a pipe. It is ended, at once and without a word, when its owner goes.
///
/// What it reads is made by strangers: it has no rights beyond any user's, and its memory is limited.
struct Decompressor: ~Copyable {
    /// Why there is no decompressor.
    enum Failure: Error {
        case programMissing
        case system(String)
    }

    /// All formats need less, but for what was compressed with uncommon windows. Its messages are a file.
    private static let confinement = Confinement(data: 512 << 20, addressSpace: 2 << 30, fileSize: 1 << 20)

    private let child: Child
    private let compression: Compression

    /// The program's name, for messages.
    var program: String { compression.program }

    /// What the child says on its standard error: a file, not a pipe, so that the child never waits for us to read it.
    private let messages: Descriptor

    /// Starts the program.
    /// - Parameters:
    ///   - input: Read from where it stands; its position is shared with us.
    ///   - output: Where the decompressed bytes go, as a rule a pipe. The caller closes it afterwards, so that the
    ///     child alone holds it, and the reader's end of input is the child's end.
    init(
        _ compression: Compression, reading input: borrowing Descriptor, writing output: borrowing Descriptor
    ) throws(Failure) {
        let messages: Descriptor
        do {
            messages = try Descriptor(memoryFileNamed: "messages of \(compression.program)")
        } catch {
            throw .system(error.message)
        }
        do throws(SystemFailure) {
            child = try Child(
                confined: [compression.program] + compression.arguments, to: Self.confinement, input: input,
                output: output, errors: messages)
        } catch {
            throw error.code == ENOENT ? .programMissing : .system(error.message)
        }
        self.compression = compression
        self.messages = messages
    }

    /// Waits for the program, which has closed its output, to end.
    /// - Returns: What went wrong, in the program's words; nil where all is well.
    consuming func finish() -> String? {
        let status = child.wait()
        switch status {
        case .exited(let code) where compression.goodStatuses.contains(code): return nil
        case .unknown: return nil
        default: break
        }
        let words = String(decoding: messages.contents(limit: 1_000), as: UTF8.self).singleLine
        return words.isEmpty ? status.description : words
    }
}
