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

    private enum Process: ~Copyable {
        case own(Child)
        /// Another process has started it, and gave it this number.
        case helped(InputHelper, UInt64)
    }

    private var process: Process?
    /// All formats need less, but for what was compressed with uncommon windows. Its messages are a file.
    private static let confinement = Confinement(data: 512 << 20, addressSpace: 2 << 30, fileSize: 1 << 20)
    private let compression: Compression

    /// The program's name, for messages.
    var program: String { compression.program }

    /// What the child says on its standard error: a file, not a pipe, so that the child never waits for us to read it.
    private let messages: Descriptor

    /// Starts the program.
    /// - Parameters:
    ///   - input: Read from where it stands; its position is shared with us.
    ///   - output: Set to where the decompressed bytes come out: a pipe whose other end the child alone holds, so that the
    ///     end of input is the child's end.
    static func start(
        _ compression: Compression, reading input: borrowing Descriptor, output: inout Descriptor?
    ) throws(Failure) -> Decompressor {
        do throws(SystemFailure) {
            if let helper = OpenedInputs.helper {
                let (number, end, words) = try helper.decompress(compression, input)
                let messages = try Descriptor(owning: words)
                output = try Descriptor(owning: end)
                return Decompressor(.helped(helper, number), compression, messages)
            }
            // A larger pipe means fewer turns between the two processes.
            let pipe = try Pipe(capacity: 1 << 20)
            let messages = try Descriptor(memoryFileNamed: "messages of \(compression.program)")
            let child = try child(compression, reading: input, writing: pipe.writeEnd, messages: messages)
            output = pipe.keepReadEnd()
            return Decompressor(.own(child), compression, messages)
        } catch {
            throw error.code == ENOENT ? .programMissing : .system(error.message)
        }
    }

    /// Starts the program, confined, as a child of this process.
    static func child(
        _ compression: Compression, reading input: borrowing Descriptor, writing output: borrowing Descriptor,
        messages: borrowing Descriptor
    ) throws(SystemFailure) -> Child {
        try Child(
            confined: [compression.program] + compression.arguments, to: confinement, input: input, output: output,
            errors: messages)
    }

    private init(_ process: consuming Process, _ compression: Compression, _ messages: consuming Descriptor) {
        self.process = .some(process)
        self.compression = compression
        self.messages = messages
    }

    deinit {
        // A child of our own ends by itself as it goes.
        if case .helped(let helper, let number) = process { helper.end(number) }
    }

    /// Waits for the program, which has closed its output, to end.
    /// - Returns: What went wrong, in the program's words; nil where all is well.
    consuming func finish() -> String? {
        let status: Child.End
        switch process.take() {
        case .own(let child): status = child.wait()
        case .helped(let helper, let number): status = helper.finish(number)
        case nil: status = .unknown
        }
        switch status {
        case .exited(let code) where compression.goodStatuses.contains(code): return nil
        case .unknown: return nil
        default: break
        }
        let words = String(decoding: messages.contents(limit: 1_000), as: UTF8.self).singleLine
        return words.isEmpty ? status.description : words
    }
}
