import CLinux
import Glibc

/// A packet of a socket between processes of ours.
enum SocketPacket {
    /// Waits for one.
    ///
    /// - Parameters:
    ///   - bytes: Where it goes; what is longer is cut.
    ///   - file: Set to the open file that came with it, or -1; the caller closes it.
    /// - Returns: How many bytes; 0 or less where none will come.
    static func receive(
        from socket: Int32, into bytes: UnsafeMutableRawBufferPointer, _ file: inout Int32
    ) -> Int {
        var received = -1
        repeat {
            received = linux_receive_with_descriptor(socket, bytes.baseAddress, bytes.count, &file)
        } while received < 0 && errno == EINTR
        return received
    }
}
