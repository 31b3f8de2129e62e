import CLinux
import CPcap
import Glibc

/// What ``RecordingHelper`` asks ``RecordingHelperProcess`` for. It goes over their socket as one packet of three
/// numbers of 64 bits, in this machine's byte order; the answer is an error's number of 32 bits, 0 for none, and with it
/// the open file.
struct RecordingRequest: Equatable {
    enum Action: UInt64 { case create, delete }

    var action: Action
    var name: RecordingName

    init(_ action: Action, _ name: RecordingName) {
        self.action = action
        self.name = name
    }

    /// - Returns: False where nobody listens any more.
    func send(to socket: Int32) -> Bool {
        let words = [action.rawValue, name.number, UInt64(bitPattern: Int64(name.time))]
        return words.withUnsafeBytes { linux_send_with_descriptor(socket, $0.baseAddress, $0.count, -1) == $0.count }
    }

    /// Waits for one; nil where none will come, or what came is none.
    init?(receivedFrom socket: Int32) {
        var words: [UInt64] = [0, 0, 0]
        var isWhole = false
        words.withUnsafeMutableBytes { bytes in
            var count = 0
            repeat { count = recv(socket, bytes.baseAddress, bytes.count, 0) } while count < 0 && errno == EINTR
            isWhole = count == bytes.count
        }
        guard isWhole, let action = Action(rawValue: words[0]) else { return nil }
        self.init(action, RecordingName(number: words[1], time: Int(Int64(bitPattern: words[2]))))
    }

    /// - Parameters:
    ///   - code: 0, or an error's number.
    ///   - file: Is sent with it if it is not negative, and stays open here.
    static func answer(_ code: Int32, _ file: Int32, to socket: Int32) {
        var code = code
        linux_send_with_descriptor(socket, &code, MemoryLayout<Int32>.size, file)
    }

    /// Waits for the answer.
    ///
    /// - Parameter file: Set to the open file, or -1; the caller closes it.
    /// - Returns: The answer's number, or `EPIPE` where there is none.
    static func answer(from socket: Int32, _ file: inout Int32) -> Int32 {
        var code: Int32 = 0
        var received = -1
        repeat {
            received = linux_receive_with_descriptor(socket, &code, MemoryLayout<Int32>.size, &file)
        } while received < 0 && errno == EINTR
        return received == MemoryLayout<Int32>.size ? code : EPIPE
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
