import CLinux
import CPcap
import Glibc

/// What ``RecordingHelper`` asks ``RecordingHelperProcess`` for: the next file, since nothing else can be asked for. It
/// goes over their socket as one packet of one byte.
enum RecordingRequest {
    /// An error's number, 0 for none, and what the file's name is made of: three numbers of 64 bits, in this machine's
    /// byte order. With it comes the open file.
    struct Answer: Equatable {
        var code: Int32
        var name: RecordingName
    }

    private static let next: UInt8 = 1

    /// - Returns: False where nobody listens any more.
    static func send(to socket: Int32) -> Bool {
        var byte = next
        return linux_send_with_descriptor(socket, &byte, 1, -1) == 1
    }

    /// Waits for one; false where none will come, or what came is none.
    static func receive(from socket: Int32) -> Bool {
        // With room for what is too long.
        var bytes: [UInt8] = [0, 0]
        var count = 0
        repeat { count = recv(socket, &bytes, bytes.count, 0) } while count < 0 && errno == EINTR
        return count == 1 && bytes[0] == next
    }
}

extension RecordingRequest.Answer {
    /// - Parameter file: Is sent with it if it is not negative, and stays open here.
    func send(_ file: Int32, to socket: Int32) {
        let words = [UInt64(UInt32(bitPattern: code)), name.number, UInt64(bitPattern: Int64(name.time))]
        _ = words.withUnsafeBytes { linux_send_with_descriptor(socket, $0.baseAddress, $0.count, file) }
    }

    /// Waits for one; nil where none will come, or what came is none.
    ///
    /// - Parameter file: Set to the open file, or -1; the caller closes it.
    init?(from socket: Int32, _ file: inout Int32) {
        var words: [UInt64] = [0, 0, 0]
        let received = words.withUnsafeMutableBytes { SocketPacket.receive(from: socket, into: $0, &file) }
        guard received == 24 else { return nil }
        self.init(
            code: Int32(truncatingIfNeeded: words[0]),
            name: RecordingName(number: words[1], time: Int(Int64(bitPattern: words[2]))))
    }
}

/// One of the files of a ring, by what its name is made of; both 0 where there is one file only.
struct RecordingName: Equatable {
    var number: UInt64 = 0
    /// In seconds since the Unix epoch.
    var time = 0

    /// - Parameter path: The recording's, as it was given.
    func path(in path: String, isRing: Bool) -> String {
        isRing ? RingFileName(path).path(number: number, time: time) : path
    }
}
