import CLinux
import Glibc
import System

/// A child that serves by a socket, its standard input: each request and each answer is a packet. It ends with its
/// owner.
struct SocketChild: ~Copyable {
    private let socket: Descriptor
    /// Declared after the socket: by then that is shut, so that the process ends by itself.
    private let process: Child

    /// Starts the process, with the rights that we have now. Signals do not end it: our own orderly end does.
    ///
    /// - Parameter arguments: Beginning with the program's file.
    init(_ arguments: [String]) throws(SystemFailure) {
        var ends: [Int32] = [-1, -1]
        guard linux_packet_sockets(&ends) == 0 else { throw SystemFailure() }
        let other = try Descriptor(owning: ends[1])
        let own = try Descriptor(owning: ends[0])
        let child = try Child(
            arguments, input: other, output: try Descriptor(creating: "/dev/null"),
            errors: try Descriptor(copying: STDERR_FILENO), hearsEnding: false)
        socket = own
        process = child
    }

    deinit {
        // At this it ends.
        linux_shut_down(socket.number)
    }

    /// By which it is asked; for a sandbox, too, that lets messages through.
    var socketNumber: Int32 { socket.number }
}
