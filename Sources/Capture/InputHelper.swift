import CLinux
import Glibc
import Synchronization
import System

/// A process that opens inputs, and starts what decompresses them, for a process that may no longer do so itself.
///
/// It sees no byte of them. All it can be asked for are the files that it was started for, to decompress, and to take back
/// an output that has stayed empty; it ends when we do.
public final class InputHelper: Sendable {
    /// What the program is started with to be this helper; the arguments after it are ours alone.
    public static let argument = "--input-helper"

    /// Its two ends are a packet each way for each request.
    enum Request: UInt64 {
        /// The paths that can be opened are in the file that comes with it, each ended by a zero; after them that of an
        /// output, or an empty one. Only the first request is this one.
        case begin = 0
        /// A file by its place among the paths.
        case open = 1
        /// Decompresses the file that comes with it; its place among all compressions.
        case decompress
        /// Waits for a decompressor's end.
        case finish
        /// Ends a decompressor.
        case end
        /// Removes the output, if it is still the file that it was and empty.
        case removeOutput
    }

    private let paths: [String: Int]
    private let child: SocketChild
    private let turn = Mutex<Void>(())

    /// Starts the process, with the rights that we have now.
    ///
    /// - Parameters:
    ///   - program: This program's file.
    ///   - paths: What can be opened.
    ///   - output: A file that this process has made, and may have to take back; nil for none.
    public init(
        program: String = "/proc/self/exe", paths: [String], output: String? = nil
    ) throws(CaptureError) {
        var numbers: [String: Int] = [:]
        for path in paths where numbers[path] == nil { numbers[path] = numbers.count }
        self.paths = numbers
        let ordered = numbers.sorted { $0.value < $1.value }.map(\.key)
        do throws(SystemFailure) {
            child = try SocketChild([program, Self.argument])
            // There may be more paths than a program can have arguments.
            let list = try Descriptor(memoryFileNamed: "paths of inputs")
            let text: [UInt8] = (ordered + [output ?? ""]).flatMap { Array($0.utf8) + [0] }
            try list.write(all: text.span.bytes)
            // It has read them when it answers, so that they cannot be changed later.
            let (answer, _) = ask(.begin, UInt64(ordered.count), list.number)
            guard answer == 0 else { throw SystemFailure(code: Int32(clamping: abs(answer))) }
        } catch {
            throw CaptureError(.cannotOpen, path: paths.first ?? "-", detail: "no helper: \(error.message)")
        }
    }

    /// The socket to it, for a sandbox that lets messages through.
    public var socketNumber: Int32 { child.socketNumber }

    // MARK: Requests

    /// Opens one of the files; nil where it is none of them.
    func open(_ path: String) throws(SystemFailure) -> Descriptor? {
        guard let number = paths[path] else { return nil }
        let (answer, file) = turn.withLock { _ in ask(.open, UInt64(number)) }
        guard answer == 0, file >= 0 else { throw SystemFailure(code: answer == 0 ? EIO : Int32(clamping: answer)) }
        return try Descriptor(owning: file)
    }

    /// Starts a decompressor.
    ///
    /// - Returns: Its number, where the decompressed bytes come out, and a file of its messages.
    func decompress(
        _ compression: Compression, _ input: borrowing Descriptor
    ) throws(SystemFailure) -> (number: UInt64, output: Int32, messages: Int32) {
        guard let place = Compression.all.firstIndex(of: compression) else { throw SystemFailure(code: EINVAL) }
        let number = input.number
        return try turn.withLock { _ throws(SystemFailure) in
            let (answer, output) = ask(.decompress, UInt64(place), number)
            // Beside the number comes the pipe, and then the messages.
            guard answer >= 0, output >= 0 else { throw SystemFailure(code: Int32(clamping: -answer)) }
            let (code, messages) = receive()
            guard code == 0, messages >= 0 else {
                close(output)
                throw SystemFailure(code: EIO)
            }
            return (UInt64(answer), output, messages)
        }
    }

    /// Waits for a decompressor's end.
    func finish(_ number: UInt64) -> Child.End {
        let (answer, _) = turn.withLock { _ in ask(.finish, number) }
        return Child.End(code: answer)
    }

    /// Ends a decompressor at once.
    func end(_ number: UInt64) {
        turn.withLock { _ in _ = ask(.end, number) }
    }

    /// Takes back the output.
    func removeOutput() {
        turn.withLock { _ in _ = ask(.removeOutput, 0) }
    }

    /// - Returns: The answer's number, and the open file that came with it, or -1.
    private func ask(_ request: Request, _ value: UInt64, _ file: Int32 = -1) -> (Int64, Int32) {
        let words = [request.rawValue, value]
        let sent = words.withUnsafeBytes {
            linux_send_with_descriptor(socketNumber, $0.baseAddress, $0.count, file)
        }
        return sent == 16 ? receive() : (request == .decompress ? -Int64(EPIPE) : Int64(EPIPE), -1)
    }

    private func receive() -> (Int64, Int32) {
        var answer: Int64 = 0
        var file: Int32 = -1
        let received = withUnsafeMutableBytes(of: &answer) { SocketPacket.receive(from: socketNumber, into: $0, &file) }
        return received == 8 ? (answer, file) : (-Int64(EPIPE), -1)
    }
}

extension Child.End {
    /// As one number: 0 to 255 an exit status, more a signal, less unknown.
    var code: Int64 {
        switch self {
        case .exited(let status): Int64(status)
        case .signalled(let signal): 256 + Int64(signal)
        case .unknown: -1
        }
    }

    init(code: Int64) {
        switch code {
        case 0..<256: self = .exited(Int32(code))
        case 256..<512: self = .signalled(Int32(code - 256))
        default: self = .unknown
        }
    }
}
