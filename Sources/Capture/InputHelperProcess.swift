import CLinux
import Glibc
import System

/// The process that ``InputHelper`` starts. The program that asks may have been taken over by what it read: no other file
/// is opened than those it was begun with, before anything was read, no other program started than those that decompress, and
/// no other file removed than the one output, while it is empty.
public struct InputHelperProcess: ~Copyable {
    /// Nil before they have come.
    private var paths: [String]?
    /// What may be removed.
    private var output: (path: String, identity: FileIdentity)?
    private var decompressors: [UInt64: Holder] = [:]
    private var number: UInt64 = 0

    /// More at once are refused: no reading has as many files open.
    private static let mostDecompressors = 64

    private final class Holder {
        var child: Child?
        init(_ child: consuming Child) { self.child = .some(child) }
    }

    /// - Parameter arguments: Those of the program; nil where they do not begin with ``InputHelper/argument``.
    public init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words == [InputHelper.argument] else { return nil }
    }

    /// Keeps what files of others take to be read and removed, if it has that, and then serves.
    ///
    /// - Returns: The exit status.
    public consuming func runWithFewRights() -> Int32 {
        do throws(PrivilegesError) { try Privileges.keep([.readOthers, .overridePermissions]) } catch { return 1 }
        run()
        return 0
    }

    /// Serves until the other end of a socket, standard input as a rule, is closed.
    public mutating func run(on socket: Int32 = STDIN_FILENO) {
        while true {
            var words: [UInt64] = [0, 0]
            var file: Int32 = -1
            let received = words.withUnsafeMutableBytes { SocketPacket.receive(from: socket, into: $0, &file) }
            let input = file >= 0 ? try? Descriptor(owning: file) : nil
            guard received == 16, let request = InputHelper.Request(rawValue: words[0]),
                (request == .begin) == (paths == nil)
            else { return }
            switch request {
            case .begin:
                guard let input, var begun = Self.paths(words[1], in: input) else { return }
                let last = begun.removeLast()
                output = FileIdentity(of: last).map { (last, $0) }
                paths = begun
                Self.answer(0, -1, socket)
            case .open: open(words[1], socket)
            case .decompress: decompress(words[1], input, socket)
            case .finish:
                let end = decompressors.removeValue(forKey: words[1])?.child.take()?.wait() ?? .unknown
                Self.answer(end.code, -1, socket)
            case .end:
                // Ended as its owner goes.
                decompressors[words[1]] = nil
                Self.answer(0, -1, socket)
            case .removeOutput:
                removeOutput()
                Self.answer(0, -1, socket)
            }
        }
    }

    private func removeOutput() {
        var status = stat()
        guard let output, lstat(output.path, &status) == 0, status.st_size == 0,
            FileIdentity(status) == output.identity
        else { return }
        unlink(output.path)
    }

    /// - Returns: The paths and the output's; nil where these are not `count` paths and one more.
    private static func paths(_ count: UInt64, in list: borrowing Descriptor) -> [String]? {
        var status = stat()
        guard fstat(list.number, &status) == 0 else { return nil }
        let parts = list.contents(limit: Int(clamping: max(0, status.st_size))).split(
            separator: 0, omittingEmptySubsequences: false)
        // After the last zero there is nothing.
        guard let last = parts.last, last.isEmpty, parts.count >= 2, UInt64(parts.count - 2) == count else {
            return nil
        }
        return parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    private func open(_ place: UInt64, _ socket: Int32) {
        guard let index = Int(exactly: place), let paths, paths.indices.contains(index) else {
            return Self.answer(Int64(EACCES), -1, socket)
        }
        do throws(SystemFailure) {
            let file = try Descriptor(file: paths[index])
            Self.answer(0, file.number, socket)
        } catch {
            Self.answer(Int64(error.code), -1, socket)
        }
    }

    private mutating func decompress(_ place: UInt64, _ input: consuming Descriptor?, _ socket: Int32) {
        guard let index = Int(exactly: place), Compression.all.indices.contains(index), let input,
            decompressors.count < Self.mostDecompressors
        else { return Self.answer(-Int64(EINVAL), -1, socket) }
        let compression = Compression.all[index]
        do throws(SystemFailure) {
            // A larger pipe means fewer turns between the two processes.
            let pipe = try Pipe(capacity: 1 << 20)
            let messages = try Descriptor(memoryFileNamed: "messages of \(compression.program)")
            let child = try Decompressor.child(
                compression, reading: input, writing: pipe.writeEnd, messages: messages)
            number &+= 1
            decompressors[number] = Holder(child)
            Self.answer(Int64(number), pipe.readEnd.number, socket)
            Self.answer(0, messages.number, socket)
        } catch {
            Self.answer(-Int64(error.code), -1, socket)
        }
    }

    private static func answer(_ number: Int64, _ file: Int32, _ socket: Int32) {
        var number = number
        linux_send_with_descriptor(socket, &number, 8, file)
    }
}
